"""How an evaluation looks: a table for each part of the documents, then the errors, worst first."""

from __future__ import annotations

from typing import Any

from watcher.cli.output import Output

_HEADINGS = {
    "all": "All",
    "tuned_on": "Tuned on (number in the id not divisible by {})",
    "held_out": "Held out (number in the id divisible by {})",
}
_COLUMNS = (
    "signal", "alert at", "precision", "recall", "F1", "fires", "found", "missed", "false alarms", "watch alerts",
    "none alerts", "fire>watch", "watch>none", "not English",
)  # fmt: skip
_STORY_COLUMNS = (
    "signal", "documents", "developments", "precision", "recall", "F1", "pairs found", "pairs wrong", "merged",
)  # fmt: skip


def show(output: Output, report: dict[str, Any]) -> None:
    """Print the report of watcher.services.evaluation for people."""
    for name, part in report["parts"].items():
        heading = _HEADINGS[name].format(report["holdout"])
        output.line(f"{heading}: {part['documents']} documents", style="bold")
        rows = [
            _row(_marked(signal_id, figures["status"]), figures, str(figures["alert_at"]))
            for signal_id, figures in part["signals"].items()
        ]
        output.table([*rows, _row("all (micro)", part["micro"], ""), _macro(part["macro"])], _COLUMNS, empty="")
        bare = part["unlabelled"]
        output.line(f"Without any label: {bare['documents']} documents, {_of(bare['alerts'], bare['documents'])} alert")
        output.line()
    for kind, heading in (("false_alarms", "False alarms"), ("misses", "Misses")):
        if report[kind]:
            output.line(f"{heading}, worst first", style="bold")
            for error in report[kind]:
                _error(output, error)
            output.line()


def show_stories(output: Output, report: dict[str, Any]) -> None:
    """Print the report of watcher.services.story_evaluation for people."""
    for name, part in report["parts"].items():
        heading = _HEADINGS[name].format(report["holdout"])
        output.line(f"{heading}: {part['all']['documents']} documents with a story", style="bold")
        named = [*part["signals"].items(), ("all", part["all"])]
        output.table([_story_row(signal_id, figures) for signal_id, figures in named], _STORY_COLUMNS, empty="")
        copies = part["copies"]
        made = copies["made"]
        output.line(f"Copies made of them: {made}, {_of(copies['folded'], made)} in their story, "
                    f"{_of(copies['duplicates'], made)} seen to be copies")  # fmt: skip
        output.line()


def _story_row(name: str, figures: dict[str, Any]) -> dict[str, str]:
    cells = (
        name,
        str(figures["documents"]),
        str(figures["developments"]),
        *(_share(figures[key]) for key in ("precision", "recall", "f1")),
        f"{figures['pairs_found']} of {figures['pairs_told']}",
        str(figures["pairs_wrong"]),
        str(figures["merged"]),
    )
    return dict(zip(_STORY_COLUMNS, cells, strict=True))


def _error(output: Output, error: dict[str, Any]) -> None:
    cue = f" by “{error['cue']}”" if error["cue"] else ""
    mark = " [held out]" if error["part"] == "held_out" else ""
    output.line(f"  {error['id']}{mark}  {error['signal']}  {error['score']}/{error['alert_at']}  {error['title']}")
    output.line(f"      labelled {error['label']}, {error['assertion']}{cue}: {'; '.join(error['why'])}", style="dim")


def _marked(signal_id: str, status: str) -> str:
    return signal_id if status == "live" else f"{signal_id} ({status})"


def _row(name: str, figures: dict[str, Any], alert_at: str) -> dict[str, str]:
    cells = (
        name,
        alert_at,
        *(_share(figures[key]) for key in ("precision", "recall", "f1")),
        str(figures["fire"]),
        str(figures["fire_alerts"]),
        str(figures["misses"]),
        str(figures["watch_alerts"] + figures["none_alerts"]),
        _of(figures["watch_alerts"], figures["watch"]),
        _of(figures["none_alerts"], figures["none"]),
        _share(figures["fire_over_watch"]),
        _share(figures["watch_over_none"]),
        f"{figures['foreign_found']} of {figures['foreign_fire']}",
    )
    return dict(zip(_COLUMNS, cells, strict=True))


def _macro(means: dict[str, Any]) -> dict[str, str]:
    shares = {"precision": means["precision"], "recall": means["recall"], "F1": means["f1"]}
    return {"signal": "mean (macro)"} | {name: _share(value) for name, value in shares.items()}


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole}" if not whole else f"{part} of {whole} ({part / whole:.0%})"
