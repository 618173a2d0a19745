"""`watcher run` and `watcher demo`."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from watcher.cli.output import Output
from watcher.cli.session import JSON, RULES, start

if TYPE_CHECKING:
    from watcher.services.summary import Summary


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.command()(run)
    cli.command()(demo)


def run(
    once: bool = typer.Option(
        False, "--once", help="Poll every source once, deliver what is due, print a summary, exit (1 if one is dead)."
    ),
    rules: Path | None = RULES,
    as_json: bool = JSON,
) -> None:
    """Run the service: poll what is due, detect, alert, deliver. Stops in order on SIGTERM or Ctrl-C.

    A changed file in the rules directory goes live within seconds, or is refused while the old rules keep running.
    """
    import asyncio
    import gc

    from watcher.app import App
    from watcher.web.server import serve

    settings, redactor = start(rules)
    output = Output(as_json)

    async def once_only() -> Summary:
        # Whoever reads the summary as JSON should not meet a console channel's alerts in it.
        async with App(settings, redactor, console=sys.stderr if as_json else None) as app:
            gc.freeze()  # as below
            return await app.once()

    async def forever() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        async with App(settings, redactor) as app, serve(settings.web_bind, app):
            # Half a million objects live as long as the rules: looked through for garbage every now and then,
            # they would hold everything up for a third of a second each time.
            await app.run(stop, settled=gc.freeze)

    if not once:
        asyncio.run(forever())
        return
    summary = asyncio.run(once_only())
    show_summary(output, summary)
    raise typer.Exit(1 if summary.dead else 0)


def demo(
    seconds: float = typer.Option(30.0, min=5.0, max=600.0, help="How long the bundled wire plays."),
    as_json: bool = JSON,
) -> None:
    """Watch the real service at work: a bundled newswire over real HTTP, alerts here as they come, then a summary.

    Needs no configuration, no network and no account, and leaves nothing behind.
    """
    import asyncio

    from watcher.demo.run import demo as play

    summary = asyncio.run(play(seconds, sys.stderr if as_json else None))
    output = Output(as_json)
    show_summary(output, summary)
    if not as_json:
        output.line()
        output.line(
            "Next: look at rules/, then `watcher check`, `watcher test`, `make run`. README.md goes on from here."
        )


def show_summary(output: Output, summary: Summary) -> None:
    """The summary for people, or as JSON."""
    from watcher.cli import gated

    if output.as_json:
        output.json(summary.as_dict())
        return
    output.line()
    output.line("Summary", style="bold")
    output.line(f"  sources     {summary.sources} polls, {summary.sources_failed} failed")
    output.line(f"  documents   {summary.documents} new, {summary.revisions} edited, {summary.unchanged} seen before")
    if summary.enriched:
        output.line(f"  enriched    {summary.enriched} by their article, of which {summary.enriched_matched} matched")
    output.line(f"  matches     {summary.matches}, near misses {summary.near_misses}, stories {summary.stories}")
    output.line(f"  alerts      {summary.alerts} opened, {summary.updates} spoke again")
    for reason, count in summary.suppressed.items():
        output.line(f"  suppressed  {count} {reason}")
    if summary.readings:
        gated.show(output, summary.readings, summary.gates)
    output.line(f"  deliveries  {summary.sent} sent, {summary.waiting} waiting, {summary.dead} dead")
    if summary.sources_failed:
        output.line("  `watcher sources` says which failed and why", style="yellow")
    if summary.dead:
        output.line("  `watcher deliveries --status dead` says which and why", style="red")
