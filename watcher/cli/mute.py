"""`watcher silences`: a person's mutes, each with matchers and an end."""

from __future__ import annotations

import typer

from watcher.cli.listing import Listing
from watcher.cli.lists import ask
from watcher.cli.output import Output
from watcher.cli.person import user_name
from watcher.cli.session import JSON, start

silences = typer.Typer(cls=Listing, help="List, add or end silences: mutes with matchers that always expire.")


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.add_typer(silences, name="silences")


@silences.callback(invoke_without_command=True)
def list_silences(
    context: typer.Context,
    everything: bool = typer.Option(False, "--all", help="Also those that have ended."),
    as_json: bool = JSON,
) -> None:
    """List the silences in force."""
    if context.invoked_subcommand:
        return
    from watcher.services import silencing
    from watcher.services.clock import SystemClock

    settings, _ = start(log_level="warning")
    rows = ask(settings, lambda db: silencing.rows(db, SystemClock(), everything))
    Output(as_json).table(rows, ("id", "matchers", "every", "ends_at", "created_by", "comment"), empty="No silences.")


@silences.command("add")
def add_silence(
    matchers: list[str] = typer.Argument(
        help="All must hold: signal=iraq-*  severity=medium  publisher!=example.org  tag=…  source=…  story=…"
    ),
    lasts: str = typer.Option(..., "--for", help="How long: 30m, 2h, 7d."),
    comment: str = typer.Option("", "--comment", "-c", help="Why; shown with everything that it mutes."),
    every: str = typer.Option("", "--every", help="Mute only at these hours: 22:00-06:00, or 'mon-fri 09:00-12:30'."),
    timezone: str = typer.Option("UTC", "--timezone", help="Whose clock --every goes by, such as Europe/London."),
    author: str = typer.Option("", "--by", help="Who mutes (default: the user name)."),
    as_json: bool = JSON,
) -> None:
    """Mute alerts that match, for a while. What is muted is kept with the silence as the reason."""
    from watcher.services import silencing
    from watcher.services.clock import SystemClock

    settings, _ = start(log_level="warning")
    wish = silencing.Wish(matchers, lasts, comment, author or user_name(), every, timezone)
    row = ask(settings, lambda db: silencing.add(db, SystemClock(), wish))
    if as_json:
        Output(True).json(row)
    else:
        hours = f" at {row['every']}" if row["every"] else ""
        Output().line(f"{row['id']} mutes {row['matchers']}{hours} until {row['ends_at']}")


@silences.command("expire")
def expire_silence(silence: str = typer.Argument(help="Id of a silence.")) -> None:
    """End a silence now."""
    from watcher.services import silencing
    from watcher.services.clock import SystemClock

    settings, _ = start(log_level="warning")
    ask(settings, lambda db: silencing.expire(db, SystemClock(), silence))
    Output().line(f"{silence} has ended")
