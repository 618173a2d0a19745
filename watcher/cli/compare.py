"""`watcher diff`: two rules directories over one set of documents."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from watcher.cli.archive import since_moment, with_archive
from watcher.cli.output import Output
from watcher.cli.session import JSON, database, rulebook, start

if TYPE_CHECKING:
    from watcher.model.rulebook import Rulebook
    from watcher.services.comparison import Comparison
    from watcher.settings import Settings


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.command()(diff)


def diff(
    old: Path = typer.Argument(help="Rules directory before the change."),
    new: Path = typer.Argument(help="Rules directory after it."),
    docs: list[Path] | None = typer.Option(
        None, "--docs", help="JSON Lines of documents (- for standard input); may be repeated."
    ),
    since: str | None = typer.Option(None, "--since", help="Documents of the archive, so far back: 24h, 7d."),
    min_change: int = typer.Option(5, min=1, max=100, help="By how many points a score must move to be told."),
    limit: int = typer.Option(50, "--limit", "-n", min=0, max=10_000, help="Changes listed of each signal and kind."),
    as_json: bool = JSON,
) -> None:
    """Compare two versions of the rules on documents: alerts gained and lost, scores that moved, largest first.

    Documents come from --docs (as `match` reads them) or, with --since, from the archive. Differences are no failure:
    the exit code is 0.
    """
    import asyncio

    from watcher.cli.files import DocumentFiles
    from watcher.services.clock import SystemClock
    from watcher.services.comparison import Comparison
    from watcher.services.incoming import documents_in

    if bool(docs) == bool(since):
        raise typer.BadParameter("give the documents: either --docs FILE or --since 7d")
    settings, _ = start(log_level="warning")
    loaded = _rules(settings, old), _rules(settings, new)
    comparison = Comparison(*loaded, least=min_change, keep=limit)
    bad = 0
    if since:
        begin = since_moment(since, SystemClock().now())
        with_archive(settings)
        asyncio.run(_compare_archive(settings, comparison, begin))
    else:
        files = DocumentFiles[Any](docs or (), documents_in)
        for document, _raw in files:
            comparison.add(document)
        bad = files.bad
    report = {"old": str(old), "new": str(new), "bad_lines": bad, **comparison.report()}
    output = Output(as_json)
    if as_json:
        output.json(report)
    else:
        _show(output, report)
    raise typer.Exit(1 if bad else 0)


def _rules(settings: Settings, root: Path) -> Rulebook:
    return rulebook(settings.model_copy(update={"rules": root}), signals_only=True)


async def _compare_archive(settings: Settings, comparison: Comparison, since: datetime) -> None:
    from watcher.cli.progress import meter
    from watcher.services import archive

    async with database(settings) as db:
        done = 0
        with meter(await archive.size(db, since)) as advance:
            async for document, _article in archive.stream(db, since):
                comparison.add(document)
                done += 1
                advance(done, done)


def _show(output: Output, report: dict[str, Any]) -> None:
    marks = {"gained": ("+", "green"), "lost": ("-", "red"), "moved": ("~", "yellow")}
    for signal_id, signal in report["signals"].items():
        if not any(signal[kind] for kind in marks) and signal["status_before"] == signal["status_after"]:
            continue
        counts = ", ".join(f"{signal[kind]} {kind}" for kind in marks)
        output.line(f"{signal_id}{_status(signal)}: {counts}", style="bold")
        for row in signal["changes"]:
            mark, style = marks[row["kind"]]
            output.line(f"  {mark} {row['before']:3d} → {row['after']:3d}  {row['id']}  {row['title']}", style=style)
            output.line(f"        {_assertions(row)}{'; '.join(row['why'])}", style="dim")
        output.line()
    totals = report["totals"]
    output.line(
        f"{report['documents']} documents: {totals['gained']} alerts gained, {totals['lost']} lost, "
        f"{totals['moved']} scores moved by {report['min_change']} points or more"
    )


def _status(signal: dict[str, Any]) -> str:
    """What of its status is worth telling: only here, only there, changed, or not live."""
    before, after = signal["status_before"], signal["status_after"]
    if before == after:
        return "" if after == "live" else f" ({after})"
    return f" ({before or 'not in the old rules'} → {after or 'not in the new rules'})"


def _assertions(row: dict[str, Any]) -> str:
    before, after = row["assertion_before"], row["assertion_after"]
    return f"{before} → {after}: " if before and after and before != after else ""
