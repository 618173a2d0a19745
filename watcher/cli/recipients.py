"""`watcher recipients`: who wants no more messages of a channel."""

from __future__ import annotations

import typer

from watcher.cli.listing import Listing
from watcher.cli.lists import ask
from watcher.cli.output import Output
from watcher.cli.session import JSON, start

recipients = typer.Typer(cls=Listing, help="List recipients who are sent nothing, mute one, or let one in again.")
CHANNEL = typer.Argument(help="Name of a channel in routes.yaml.")
TARGET = typer.Argument(help="The recipient: a mail address, as it stands under `to`.")


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.add_typer(recipients, name="recipients")


@recipients.callback(invoke_without_command=True)
def list_muted(context: typer.Context, as_json: bool = JSON) -> None:
    """List who is sent nothing: who followed the link in a mail, or was muted here."""
    if context.invoked_subcommand:
        return
    from watcher.services import recipients as service

    settings, _ = start(log_level="warning")
    columns = ("channel", "target", "since", "via")
    Output(as_json).table(ask(settings, service.rows), columns, empty="Every recipient is sent everything.")


@recipients.command("mute")
def mute(channel: str = CHANNEL, target: str = TARGET) -> None:
    """Send a recipient nothing more of a channel, also not what waits."""
    from watcher.services import recipients as service
    from watcher.services.clock import SystemClock

    settings, _ = start(log_level="warning")
    ask(settings, lambda db: service.mute(db, SystemClock(), channel, target))
    Output().line(f"{target} is sent nothing more of {channel}")


@recipients.command("resume")
def resume(channel: str = CHANNEL, target: str = TARGET) -> None:
    """Let a recipient in again; what was not sent meanwhile stays so."""
    from watcher.services import recipients as service

    settings, _ = start(log_level="warning")
    ask(settings, lambda db: service.resume(db, channel, target))
    Output().line(f"{target} is sent the messages of {channel} again")
