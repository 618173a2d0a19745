"""`watcher routes test`: where an alert would go, and why, before there is one."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from watcher.cli.lists import ask
from watcher.cli.named import check_signals
from watcher.cli.output import Output
from watcher.cli.session import JSON, RULES, rulebook, start
from watcher.model.alert import Silence, Subject
from watcher.model.errors import UserError
from watcher.model.match import Assertion
from watcher.model.signal import Severity

if TYPE_CHECKING:
    from watcher.storage.engine import Database

routes = typer.Typer(help="See where alerts go.", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.add_typer(routes, name="routes")


@routes.callback()
def _routes() -> None:
    """Routes are in routes.yaml; docs/routes.md explains them."""


@routes.command("test")
def test_routes(  # noqa: PLR0913, PLR0917 - an option each
    signal: str = typer.Option(..., help="Id of a signal."),
    severity: Severity = typer.Option(Severity.MEDIUM, help="Its severity."),
    assertion: Assertion = typer.Option(Assertion.ASSERTED, help="How the text states it."),
    score: int = typer.Option(80, min=0, max=100),
    source: str = typer.Option("", help="Id of the document's source; its tags and publisher hold too."),
    publisher: str = typer.Option("", help="The document's publisher."),
    language: str = typer.Option("en", help="The document's language."),
    tag: list[str] = typer.Option([], help="A tag of the source or signal; may be given again."),
    at: str = typer.Option("", help="The moment, such as 2026-12-24T22:30:00+01:00 (default: now)."),
    rules: Path | None = RULES,
    as_json: bool = JSON,
) -> None:
    """Show which routes hold for such an alert, what would mute it, where it would go, and when."""
    from watcher.services import routing_trial

    settings, _ = start(rules, log_level="warning")
    book = rulebook(settings)
    check_signals((signal,), (each.id for each in (*book.signals, *(one.signal for one in book.composites))))
    known = book.signal(signal)
    now = _moment(at)
    tags = frozenset(tag) | frozenset(known.tags if known else ())
    if source:
        read_from = next((each for each in book.sources if each.id == source), None)
        if read_from is None:
            raise UserError(f"no source {source[:60]}", "`watcher sources` lists them")
        tags, publisher = tags | frozenset(read_from.tags), publisher or read_from.publisher
    subject = Subject(signal, severity, assertion, score, source, publisher, tags, language, "")

    found = ask(settings, lambda db: _silences(db, now))
    result = routing_trial.trial(book.routing, subject, found, now)
    output = Output(as_json)
    if as_json:
        output.json(result)
    else:
        _show(output, result)
    if not result["goes_to"]:
        raise typer.Exit(1)


async def _silences(db: Database, now: datetime) -> list[Silence]:
    from watcher.storage import silences

    async with db.read() as conn:
        return await silences.active(conn, now)


def _moment(written: str) -> datetime:
    from watcher.services.clock import SystemClock

    if not written:
        return SystemClock().now()
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise UserError(f"--at {written[:40]!r} is no time", "write 2026-12-24T22:30:00+01:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _show(output: Output, result: dict[str, Any]) -> None:
    for row in result["routes"]:
        mark = "→" if row["taken"] else " "
        output.line(f"{mark} route {row['route']} (line {row['line']}) to {', '.join(row['to'])}: {row['why']}")
    for why in result["muted_by"]:
        output.line(f"muted now: {why}", style="yellow")
    for why in result["may_be_muted_by"]:
        output.line(f"may be muted: {why}", style="yellow")
    for one in result["goes_to"]:
        output.line(f"{one['channel']} ({one['kind']}): {one['when']}, by {one['because']}", style="bold")
        for step in one["escalates"]:
            output.line(f"    {step}")
    if not result["goes_to"]:
        output.line("It goes nowhere: no route holds. End routes.yaml with one that has no `when`.", style="red")
