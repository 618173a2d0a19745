"""`watcher match` and `watcher explain`: documents from outside the service, judged by its rules."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.cli.named import check_signals
from watcher.cli.output import Output, dumps
from watcher.cli.session import JSON, RULES, database, rulebook, start

if TYPE_CHECKING:
    from watcher.model.document import Document
    from watcher.settings import Settings


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.command()(match)
    cli.command()(explain)


def match(
    file: Path | None = typer.Argument(None, help="JSON Lines of documents (default, or -: standard input)."),
    gates: bool = typer.Option(False, "--gates", help="Tell on standard error at which gates the readings ended."),
    rules: Path | None = RULES,
) -> None:
    """Match documents (JSON Lines in, JSON Lines out), without sources, database or alerts.

    In: {"id", "source", "publisher"?, "url", "published_at", "language", "title", "text"}. Out, in the same order, one
    line a document: {"id", "language", "matches": [...]} with evidence, ledger and story; docs/commands.md has it all.
    A line that is no document is named on standard error, and the exit code is 1.
    """
    from watcher.cli import gated
    from watcher.cli.files import DocumentFiles
    from watcher.services.gates import READINGS, gates_in
    from watcher.services.incoming import documents_in
    from watcher.services.matching import Matching

    settings, _ = start(rules, log_level="warning")
    matching = Matching(rulebook(settings, signals_only=True))
    entries = DocumentFiles((file or Path("-"),), documents_in, silent=sys.stdout.isatty())
    for document, raw in entries:
        sys.stdout.write(dumps(matching.match(document, raw.get("id"))) + "\n")
    if gates:
        for line in gated.lines(matching.tally[READINGS], gates_in(matching.tally)):
            Output().error(line)
    raise typer.Exit(1 if entries.bad else 0)


async def _find(what: str, settings: Settings) -> Document:
    """Look in the database too, if there is one; asking about a file needs none."""
    import asyncio

    from watcher.policies import fetch_policy
    from watcher.services.explaining import find_text
    from watcher.sources.fetch import Fetcher

    fetcher = Fetcher(fetch_policy(settings))
    try:
        in_database = settings.has_database and not await asyncio.to_thread(Path(what).is_file)
        if not in_database:
            return await find_text(what, None, fetcher)
        async with database(settings) as db:
            return await find_text(what, db, fetcher)
    finally:
        await fetcher.close()


def explain(
    what: str = typer.Argument(
        help="A URL, a file (text, HTML, JSON), a stored document's id, or - for standard input."
    ),
    signals: list[str] | None = typer.Option(None, "--signal", "-s", help="Only this signal; may be repeated."),
    rules: Path | None = RULES,
    as_json: bool = JSON,
) -> None:
    """Say for every signal why a document fires, or by how much and why it does not.

    A stored URL is explained as it was stored; another one is fetched. Of a text file the first line is the title.
    """
    import asyncio

    from watcher.cli.explained import show
    from watcher.services.matching import Matching

    settings, _ = start(rules, log_level="warning")
    loaded = rulebook(settings, signals_only=True)
    check_signals(signals or (), (signal.id for signal in loaded.signals))
    document = asyncio.run(_find(what, settings))
    explanations = Matching(loaded).explain(document, signals or None)
    show(Output(as_json), document, explanations)
