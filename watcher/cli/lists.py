"""`watcher alerts`, `watcher deliveries`: what there is, and the whole life of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import typer

from watcher.cli.listing import Listing
from watcher.cli.output import Output
from watcher.cli.session import JSON, database, start
from watcher.model.alert import AlertStatus
from watcher.model.delivery import DeliveryStatus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from watcher.settings import Settings
    from watcher.storage.engine import Database

T = TypeVar("T")
LIMIT = typer.Option(50, "--limit", "-n", min=1, max=10_000, help="How many at most, newest first.")


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    for name, group in (("alerts", alerts), ("deliveries", deliveries)):
        cli.add_typer(group, name=name)


def ask(settings: Settings, question: Callable[[Database], Awaitable[T]]) -> T:
    """Open the database, ask it, close it."""
    import asyncio

    async def inner() -> T:
        async with database(settings) as db:
            return await question(db)

    return asyncio.run(inner())


alerts = typer.Typer(
    cls=Listing, help="List alerts, show the whole life of one, or say what you do about it.", no_args_is_help=False
)


@alerts.callback(invoke_without_command=True)
def list_alerts(
    context: typer.Context,
    status: AlertStatus | None = typer.Option(None, help="Only alerts of this status."),
    limit: int = LIMIT,
    as_json: bool = JSON,
) -> None:
    """List the alerts, the latest change first."""
    if context.invoked_subcommand:
        return
    from watcher.services import inspect

    settings, _ = start(log_level="warning")
    rows = ask(settings, lambda db: inspect.alert_rows(db, limit, status))
    columns = ("id", "signal_id", "status", "owner", "severity", "score", "publishers", "told", "updated_at", "title")
    Output(as_json).table(rows, columns, empty="No alerts yet.")


@alerts.command("show")
def show_alert(alert: str = typer.Argument(help="Id, or its unambiguous beginning."), as_json: bool = JSON) -> None:
    """Tell the whole life of one alert: documents, decisions with their reasons, deliveries."""
    from watcher.services import inspect

    settings, _ = start(log_level="warning")
    Output(as_json).record(ask(settings, lambda db: inspect.alert_life(db, alert)))


deliveries = typer.Typer(cls=Listing, help="List deliveries, show one with its attempts, or retry a dead one.")


@deliveries.callback(invoke_without_command=True)
def list_deliveries(
    context: typer.Context,
    status: DeliveryStatus | None = typer.Option(None, help="Only deliveries of this status, for example dead."),
    limit: int = LIMIT,
    as_json: bool = JSON,
) -> None:
    """List the deliveries, newest first."""
    if context.invoked_subcommand:
        return
    from watcher.services import inspect

    settings, _ = start(log_level="warning")
    rows = ask(settings, lambda db: inspect.delivery_rows(db, limit, status))
    columns = ("id", "channel", "target", "status", "attempts", "due_at", "last_error", "title")
    Output(as_json).table(rows, columns, empty="No deliveries" + (f" with status {status}." if status else " yet."))


@deliveries.command("show")
def show_delivery(
    delivery: str = typer.Argument(help="Id, or its unambiguous beginning."), as_json: bool = JSON
) -> None:
    """Show one delivery with every attempt."""
    from watcher.services import inspect

    settings, _ = start(log_level="warning")
    Output(as_json).record(ask(settings, lambda db: inspect.delivery_life(db, delivery)))


@deliveries.command("retry")
def retry_delivery(delivery: str = typer.Argument(help="Id of a dead delivery, or its unambiguous beginning.")) -> None:
    """Make a dead delivery due again; a running service sends it within a second."""
    from watcher.services import inspect
    from watcher.services.clock import SystemClock

    settings, _ = start(log_level="warning")
    full = ask(settings, lambda db: inspect.retry_delivery(db, SystemClock(), delivery))
    Output().line(f"{full} is due again")
