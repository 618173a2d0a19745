"""`watcher channels`: where alerts can go, which of these places is closed, and opening it again."""

from __future__ import annotations

from pathlib import Path

import typer

from watcher.cli.listing import Listing
from watcher.cli.lists import ask
from watcher.cli.output import Output
from watcher.cli.session import JSON, RULES, rulebook, start

channels = typer.Typer(
    cls=Listing, help="List the channels with what waits for each, or open one again that its receiver closed."
)


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.add_typer(channels, name="channels")


@channels.callback(invoke_without_command=True)
def list_channels(context: typer.Context, rules: Path | None = RULES, as_json: bool = JSON) -> None:
    """List the channels of routes.yaml: kind, whether it is open, how many messages wait, and why it is closed."""
    if context.invoked_subcommand:
        return
    from watcher.services import endpoints

    settings, _ = start(rules, log_level="warning")
    configured = rulebook(settings).routing.channels
    rows = ask(settings, lambda db: endpoints.rows(db, configured))
    columns = ("name", "kind", "state", "waiting", "closed_at", "reason")
    Output(as_json).table(rows, columns, empty="No channels in routes.yaml.")


@channels.command("open")
def open_again(channel: str = typer.Argument(help="Name of a channel that its receiver closed (HTTP 410).")) -> None:
    """Send to a closed channel again: what waited for it goes within a second. Exit 1 if it was not closed."""
    from watcher.services import endpoints

    settings, _ = start(log_level="warning")
    was_closed = ask(settings, lambda db: endpoints.reopen(db, channel))
    Output().line(f"{channel} is open again" if was_closed else f"{channel} was not closed")
    raise typer.Exit(0 if was_closed else 1)
