"""`watcher eval`: labelled documents against the rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from watcher.cli.lists import ask
from watcher.cli.named import check_signals
from watcher.cli.output import Output
from watcher.cli.session import JSON, RULES, rulebook, start

if TYPE_CHECKING:
    from watcher.model.rulebook import Rulebook
    from watcher.services.evaluation import Evaluation

COLUMNS = ("signal", "told", "judged", "relevant", "not_relevant", "duplicate", "precision")


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.command("eval")(evaluate)


def evaluate(  # noqa: PLR0917 - an option each
    files: list[Path] | None = typer.Argument(None, help="JSON Lines of labelled documents; - for standard input."),
    signals: list[str] | None = typer.Option(None, "--signal", "-s", help="Only this signal; may be repeated."),
    holdout: int | None = typer.Option(
        None, min=2, help="Report documents whose id ends in a number divisible by N as held out, the others apart."
    ),
    listing: bool | None = typer.Option(
        None, "--list/--no-list", help="List false alarms and misses (default: all but those held out)."
    ),
    gates: bool = typer.Option(False, "--gates", help="Tell at which gates the readings ended (always in --json)."),
    feedback: bool = typer.Option(
        False, "--feedback", help="Instead of files: each signal's precision by what people said of its alerts."
    ),
    stories: bool = typer.Option(
        False, "--stories", help='Instead of alerts: are documents with an equal "story" in one story, and others not?'
    ),
    rules: Path | None = RULES,
    as_json: bool = JSON,
) -> None:
    """Measure the rules on labelled documents: precision, recall, F1 of alerts, the order of scores, every error.

    In: the documents of `match` with "labels": {signal: "fire" | "watch"}. A line that is no labelled document is named
    on standard error, and the exit code is 1.
    """
    from watcher.cli import gated
    from watcher.cli.evaluated import show
    from watcher.cli.files import DocumentFiles
    from watcher.services.evaluation import Evaluation, Labelled, labelled_in
    from watcher.services.feedback import precision

    settings, _ = start(rules, log_level="warning")
    if feedback:
        rows = ask(settings, lambda db: precision(db, None))
        Output(as_json).table(
            rows, COLUMNS, empty="No alert was told yet. `watcher alerts feedback` says what one was worth."
        )
        return
    if not files:
        raise typer.BadParameter("name a file of labelled documents, or ask for --feedback")
    loaded = rulebook(settings, signals_only=True)
    check_signals(signals or (), (signal.id for signal in loaded.signals))
    if stories:
        _stories(loaded, files, holdout, Output(as_json))
    evaluation = Evaluation(loaded, signals or (), holdout)
    documents = DocumentFiles[Labelled](files, labelled_in)
    for entry in documents:
        evaluation.add(entry)
    report = {
        "files": [str(file) for file in files],
        "rules": str(settings.rules),
        "fingerprint": loaded.fingerprint,
        "bad_lines": documents.bad,
        **evaluation.report(),
    }
    _warn(evaluation)
    _leave_out(report, listing)
    output = Output(as_json)
    if as_json:
        output.json(report)
    else:
        show(output, report)
        if gates:
            gated.show(output, report["readings"], report["gates"])
    raise typer.Exit(1 if documents.bad else 0)


def _stories(loaded: Rulebook, files: list[Path], holdout: int | None, output: Output) -> None:
    from watcher.cli.evaluated import show_stories
    from watcher.cli.files import DocumentFiles
    from watcher.services.evaluation import Labelled, labelled_in
    from watcher.services.story_evaluation import StoryEvaluation

    evaluation = StoryEvaluation(loaded, holdout)
    documents = DocumentFiles[Labelled](files, labelled_in)
    for entry in documents:
        evaluation.add(entry)
    if not evaluation.labels:
        Output().error('watcher: no document says to which "story" it belongs: there is nothing to find')
    report = {"files": [str(file) for file in files], "bad_lines": documents.bad, **evaluation.report()}
    if output.as_json:
        output.json(report)
    else:
        show_stories(output, report)
    raise typer.Exit(1 if documents.bad else 0)


def _warn(evaluation: Evaluation) -> None:
    """What the figures do not show."""
    output = Output()
    if evaluation.unknown:
        named = ", ".join(f"{signal_id} ({count})" for signal_id, count in sorted(evaluation.unknown.items()))
        output.error(f"watcher: labels of signals that are not in the rules are counted nowhere: {named}")
    if evaluation.unnumbered:
        output.error(f"watcher: {evaluation.unnumbered} ids end in no number: none of them is held out")
    if not evaluation.labels:
        output.error('watcher: no document says "fire" or "watch": there is nothing to find')


def _leave_out(report: dict[str, Any], listing: bool | None) -> None:
    """Who reads the errors that were held out tunes to them; so they come only when asked for."""
    from watcher.services.evaluation import HELD_OUT

    for kind in ("false_alarms", "misses"):
        listed = [error for error in report[kind] if listing or error["part"] != HELD_OUT]
        report[kind] = [] if listing is False else listed
