"""`watcher sources search`: stored documents that contain words."""

from __future__ import annotations

import typer

from watcher.cli.archive import since_moment, with_archive
from watcher.cli.lists import LIMIT, ask
from watcher.cli.output import Output
from watcher.cli.session import JSON, start


def register(sources: typer.Typer) -> None:
    """Add the command to `watcher sources`."""
    sources.command("search")(search_documents)


def search_documents(
    words: list[str] = typer.Argument(help='All must be there; "several words" as they stand; word* with any ending.'),
    since: str = typer.Option("", "--since", help="Only what arrived since: 30m, 24h, 7d (default: ever)."),
    source: str = typer.Option("", "--source", help="Only documents of this source."),
    language: str = typer.Option("", "--language", help="Only documents of this language: en, ar, fa."),
    limit: int = LIMIT,
    as_json: bool = JSON,
) -> None:
    """Find stored documents by their words, the newest first, with the place where they stand."""
    from watcher.services import search
    from watcher.services.clock import SystemClock

    settings, _ = start(log_level="warning")
    with_archive(settings)
    moment = since_moment(since, SystemClock().now()) if since else None
    typed = " ".join(f'"{word}"' if " " in word and '"' not in word else word for word in words)
    rows = ask(
        settings,
        lambda db: search.rows(db, typed, limit, since=moment, source_id=source or None, language=language or None),
    )
    if as_json:
        Output(True).json(rows)
        return
    output = Output()
    if not rows:
        output.line("No stored document has all of these words.")
    for row in rows:
        when = row["first_seen_at"][:16].replace("T", " ")
        output.line(f"{when}  {row['source_id']}  {row['title']}", style="bold")
        output.line(f"    {_shown(row['snippet'], row['hits'])}")
        output.line(f"    {row['url'] or row['document_id']}")


def _shown(snippet: str, hits: list[list[int]]) -> str:
    """With the hits in brackets, which a pipe carries too."""
    text, place = "", 0
    for begin, end in hits:
        text += f"{snippet[place:begin]}[{snippet[begin:end]}]"
        place = end
    return text + snippet[place:]
