"""`watcher sources`: what is read and how it does; try, add, import, export, and poll now."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from watcher.cli import search
from watcher.cli.listing import Listing
from watcher.cli.lists import ask
from watcher.cli.output import Output
from watcher.cli.session import JSON, RULES, rulebook, start
from watcher.model.document import Health, Item
from watcher.model.errors import UserError
from watcher.model.masking import without_login

if TYPE_CHECKING:
    from watcher.services.probing import Probe

SHOWN = 5
COLUMNS = ("id", "health", "last_success_at", "rhythm", "pause", "next_poll_at", "missed", "moved_to", "reason")

sources = typer.Typer(cls=Listing, help="List the sources with their health; test, add, import, export or poll one.")


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    search.register(sources)
    cli.add_typer(sources, name="sources")


@sources.callback(invoke_without_command=True)
def list_sources(
    context: typer.Context,
    state: list[Health] | None = typer.Option(None, "--state", help="Only sources of this health; may be repeated."),
    rules_dir: Path | None = RULES,
    as_json: bool = JSON,
) -> None:
    """List the sources: health, last success, rhythm, next poll, missed windows, and why."""
    if context.invoked_subcommand:
        return
    from watcher.services import inspect

    settings, _ = start(rules_dir, log_level="warning")
    configured = rulebook(settings).sources
    rows = ask(settings, lambda db: inspect.source_rows(db, configured))
    if state:
        rows = [row for row in rows if row["health"] in set(state)]
    empty = "No source is like that." if state else "No sources: add some to sources.yaml (docs/sources.md)."
    Output(as_json).table(rows, COLUMNS, empty=empty)


@sources.command("test")
def try_source(
    url: str = typer.Argument(help="Of a feed, or of a web page that has one."), as_json: bool = JSON
) -> None:
    """Show what would be read from an address: kind, title, items, rhythm, health, and the line to add."""
    import asyncio

    from watcher.policies import fetch_policy
    from watcher.services.clock import SystemClock
    from watcher.services.probing import probe
    from watcher.sources.fetch import Fetcher

    settings, _ = start(log_level="error")
    clock = SystemClock()

    async def look() -> list[Probe]:
        fetcher = Fetcher(fetch_policy(settings))
        try:
            return await probe(url, fetcher, clock.now())
        finally:
            await fetcher.close()

    found = asyncio.run(look())
    output = Output(as_json)
    if as_json:
        output.json([_probe_row(each) for each in found])
    else:
        for each in found:
            _show(output, each)
    raise typer.Exit(0 if any(each.readable for each in found) else 1)


@sources.command("add")
def add_source(
    url: str = typer.Argument(help="Of the feed, as `watcher sources test` shows it."),
    name: str = typer.Option("", "--id", help="A name in small-letters-and-hyphens (default: made of the address)."),
    tags: str = typer.Option("", "--tags", help="Separated by commas: world,official."),
    every: str = typer.Option("", "--every", help="Time between two polls: 30s, 5m, 2h (default: as in the file)."),
    kind: str = typer.Option("feed", "--kind", help="Kind of source; those that need more keys are written by hand."),
    rules_dir: Path | None = RULES,
) -> None:
    """Append a source to sources.yaml; comments and layout stay, and nothing is written that would not load."""
    from watcher.rulebook.append import NewSource, entry
    from watcher.services import catalogue, rules

    settings, _ = start(rules_dir, log_level="warning")
    wanted = tuple(tag for tag in (part.strip() for part in tags.split(",")) if tag)
    new = catalogue.plan_add(NewSource(name, url, kind, wanted, every), rulebook(settings).sources)
    catalogue.write(settings.rules, [new], rules.read)
    Output().line(f"added to {settings.rules / catalogue.FILE}: {without_login(entry(new))}")


@sources.command("import")
def import_opml(
    file: Path = typer.Argument(help="OPML file of a feed reader."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what would be done, and write nothing."),
    rules_dir: Path | None = RULES,
    as_json: bool = JSON,
) -> None:
    """Append the feeds of an OPML file to sources.yaml; folders become tags, feeds that are there are left out."""
    from watcher.rulebook.append import entry
    from watcher.services import catalogue, rules
    from watcher.sources.opml import MAX_BYTES, OpmlError, read_opml

    settings, _ = start(rules_dir, log_level="warning")
    try:
        with file.open("rb") as opened:
            found = read_opml(opened.read(MAX_BYTES + 1))
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}") from None
    except OpmlError as error:
        raise UserError(f"{file}: {error}") from None
    plan = catalogue.plan_import(found, rulebook(settings).sources)
    if plan.new and not dry_run:
        catalogue.write(settings.rules, plan.new, rules.read)
    output = Output(as_json)
    if as_json:
        added = [{"id": new.id, "url": new.url, "tags": list(new.tags)} for new in plan.new]
        left_out = [{"url": address, "reason": reason} for address, reason in plan.left_out]
        output.json({"added": added, "left_out": left_out, "written": bool(plan.new) and not dry_run})
        return
    for new in plan.new:
        output.line(f"{'would add' if dry_run else 'added'}: {without_login(entry(new))}")
    for address, reason in plan.left_out:
        output.line(f"left out: {without_login(address)}: {reason}")
    output.line(f"{len(plan.new)} {'to add' if dry_run else 'added'}, {len(plan.left_out)} left out")


@sources.command("export")
def export_opml(rules_dir: Path | None = RULES) -> None:
    """Write the feeds as OPML to standard output, each in a folder of its first tag."""
    from watcher.services import catalogue
    from watcher.services.clock import SystemClock

    settings, _ = start(rules_dir, log_level="warning")
    content = catalogue.export(rulebook(settings).sources, SystemClock().now())
    sys.stdout.write(content.decode("utf-8"))


@sources.command("poll")
def poll_now(
    name: str = typer.Argument(metavar="ID", help="Id of the source."),
    rules_dir: Path | None = RULES,
    as_json: bool = JSON,
) -> None:
    """Poll one source at once, by the running service if there is one, and say what came of it; exit 1 if it failed.

    Of a push source, whose documents are sent to us, it says when the last one arrived.
    """
    import asyncio

    from watcher.services import polling
    from watcher.services.clock import SystemClock

    settings, redactor = start(rules_dir, log_level="error")
    configured = {source.id: source for source in rulebook(settings).sources}
    source = configured.get(name)
    if source is None:
        raise UserError(f"no source {name}", "`watcher sources` lists them")
    if not source.enabled:
        raise UserError(f"the source {name} is disabled", "remove `enabled: false` in sources.yaml")
    if source.kind == "push":
        arrived = ask(settings, lambda db: polling.last_arrival(db, name, heard=bool(settings.web_bind)))
        Output(as_json).record(
            arrived if as_json else {**arrived, "last_arrived_at": arrived["last_arrived_at"] or "never"}
        )
        return
    clock, patience = SystemClock(), timedelta(seconds=settings.fetch_timeout + 30)

    outcome = ask(settings, lambda db: polling.ask_service(db, clock, name, patience))
    if outcome is None:
        from watcher.app import App

        async def by_ourselves() -> dict[str, Any]:
            async with App(settings, redactor) as app:
                return await polling.poll_here(app.db, app.collector, name)

        outcome = asyncio.run(by_ourselves())
    Output(as_json).record(outcome)
    raise typer.Exit(1 if outcome["outcome"] == "failed" else 0)


def _show(output: Output, found: Probe) -> None:
    from watcher.rulebook.append import name_for
    from watcher.sources.failure import Reason

    output.line(found.url, style="bold")
    facts = {
        "kind": found.kind, "found": found.found_by, "title": found.title, "health": str(found.health),
        "reason": found.reason, "items": str(len(found.items)), "left out": str(found.dropped or ""),
        "rhythm": found.rhythm, "languages": ", ".join(found.languages),
    }  # fmt: skip
    for name, value in facts.items():
        if value:
            output.line(f"  {name}: {value}")
    for item in found.items[:SHOWN]:
        output.line(f"  - {_date(item) or 'no date'}  {item.title or item.text[:100] or item.url}")
    if found.health is Health.BLOCKED and found.reason.startswith(Reason.BLOCKED_ADDRESS):
        output.line("  to read it all the same, name its network in WATCHER_FETCH_ALLOW_PRIVATE (docs/sources.md)")
    if found.readable:
        name = name_for(found.title, found.url, ())
        output.line(f"  to add it: watcher sources add '{found.url}' --id {name}, or write into sources.yaml:")
        output.line(f"    - {_snippet(found)}")


def _date(item: Item) -> str | None:
    from watcher.services.compose import rfc3339

    return rfc3339(item.published_at) if item.published_at else None


def _snippet(found: Probe) -> str:
    from watcher.rulebook.append import NewSource, entry, name_for

    return entry(NewSource(name_for(found.title, found.url, ()), found.url, found.kind))


def _probe_row(found: Probe) -> dict[str, Any]:
    return {
        "url": found.url,
        "kind": found.kind,
        "found_by": found.found_by,
        "title": found.title,
        "health": str(found.health),
        "reason": found.reason,
        "items": len(found.items),
        "dropped": found.dropped,
        "rhythm": found.rhythm,
        "languages": list(found.languages),
        "newest": [{"title": item.title, "url": item.url, "published_at": _date(item)} for item in found.items[:SHOWN]],
        "readable": found.readable,
        "yaml": f"- {_snippet(found)}" if found.readable else None,
    }
