"""`watcher status`, `watcher send-test`, `watcher migrate`: what an operator runs."""

from __future__ import annotations

from pathlib import Path

import typer

from watcher.cli.lists import ask
from watcher.cli.output import Output
from watcher.cli.session import JSON, RULES, start


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.command()(status)
    cli.command("send-test")(send_test)
    cli.command()(migrate)


def status(
    alive: bool = typer.Option(False, "--alive", help="Exit 0 if the service lives, whatever else; for health checks."),
    as_json: bool = JSON,
) -> None:
    """Say whether all is well: service, pipeline, schedule, sources, deliveries, disk, rules. Exit 1 if one is not."""
    from watcher.services import inspect
    from watcher.services.clock import SystemClock

    settings, _ = start(log_level="warning")
    state = ask(settings, lambda db: inspect.status(db, SystemClock()))
    output = Output(as_json)
    if as_json:
        output.record(state)
    else:
        rows = [{**check, "ok": "well" if check["ok"] else "NOT WELL"} for check in state.pop("checks")]
        output.table(rows, ("check", "ok", "text"), empty="")
        output.line()
        output.record(state)
    raise typer.Exit(0 if state["alive" if alive else "ok"] else 1)


def send_test(
    channels: list[str] | None = typer.Argument(None, help="Names from routes.yaml (default: all of them)."),
    rules: Path | None = RULES,
    as_json: bool = JSON,
) -> None:
    """Send a message marked as a test to channels, at once and past the outbox; exit 1 if one refuses."""
    import asyncio

    from watcher.app import App
    from watcher.services import trial

    settings, redactor = start(rules, log_level="error")  # the table tells what a channel lacks

    async def inner() -> list[dict[str, str]]:
        async with App(settings, redactor) as app:
            return await trial.send_test(app.holder.current, app.clock, channels or None)

    results = asyncio.run(inner())
    Output(as_json).table(results, ("channel", "target", "outcome", "detail"), empty="No channels in routes.yaml.")
    raise typer.Exit(1 if any(result["outcome"] != "sent" for result in results) else 0)


def migrate(as_json: bool = JSON) -> None:
    """Bring the database up to date. `run` does it at start-up too; this is for doing it beforehand."""
    import asyncio

    from watcher.settings import make_data_dir
    from watcher.storage.engine import Database
    from watcher.storage.migrate import migrate as apply_migrations

    settings, _ = start(log_level="warning")

    async def inner() -> list[str]:
        make_data_dir(settings.data_dir)
        db = await Database.open(settings.resolved_database_url)
        try:
            return await apply_migrations(db)
        finally:
            await db.close()

    applied = asyncio.run(inner())
    if as_json:
        Output(True).json({"applied": applied})
    else:
        Output().line(f"applied {', '.join(applied)}" if applied else "the database is up to date")
