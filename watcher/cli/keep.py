"""`watcher archive`: how much is kept, and deleting what is out of bounds by hand."""

from __future__ import annotations

import typer

from watcher.cli.archive import with_archive
from watcher.cli.output import Output
from watcher.cli.session import JSON, database, start

archive = typer.Typer(help="Keep the archive of documents within its bounds.", no_args_is_help=True)


def register(cli: typer.Typer) -> None:
    """Add the commands of this module."""
    cli.add_typer(archive, name="archive")


@archive.callback()
def _group() -> None:
    """Makes it a group although it has one command."""


@archive.command("prune")
def prune(
    dry_run: bool = typer.Option(False, "--dry-run", help="Say how many documents would go, and delete nothing."),
    as_json: bool = JSON,
) -> None:
    """Delete documents beyond WATCHER_KEEP_DOCUMENTS and WATCHER_KEEP_SIZE now; the service does so every hour.

    Documents of a story that has an alert stay.
    """
    import asyncio

    from watcher.policies import retention_bounds
    from watcher.services.clock import SystemClock
    from watcher.services.retention import Keeper

    settings, _ = start(log_level="warning")
    with_archive(settings)

    async def work() -> int:
        async with database(settings) as db:
            keeper = Keeper(db, SystemClock(), retention_bounds(settings))
            return await (keeper.prunable() if dry_run else keeper.prune())

    count = asyncio.run(work())
    if as_json:
        Output(True).json({"documents": count, "deleted": not dry_run})
    else:
        documents = "1 document" if count == 1 else f"{count} documents"
        Output().line(f"{documents} to be deleted" if dry_run else f"{documents} deleted")
