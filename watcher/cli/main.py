"""The command line: one small module for each family of commands, and one place where errors become one clear line.

A command imports what it works with when it runs: `--version` and `--help` would load the whole service otherwise.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from watcher import __version__
from watcher.cli import (
    archive,
    channels,
    compare,
    evaluate,
    keep,
    lists,
    mute,
    reading,
    recipients,
    respond,
    routes,
    rulecheck,
    service,
    slack,
    sources,
    upkeep,
)
from watcher.cli.output import Output
from watcher.model.errors import RulesError, UserError

EPILOG = (
    "Settings come from the environment (WATCHER_RULES, WATCHER_DATABASE_URL …; see .env.example). "
    "Exit codes: 0 good, 1 findings or a failure, 2 wrong usage."
)


class _Commands(TyperGroup):
    """Ends quietly when the reader of our output has gone (`watcher match | head`): that is no error of ours."""

    def invoke(self, ctx: Any) -> object:  # typer's own class of contexts is private
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None


cli = typer.Typer(
    name="watcher",
    cls=_Commands,
    help="Watches news sources for key signals, explains every match, and alerts once.",
    epilog=EPILOG,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode=None,
)
for module in (
    service,
    rulecheck,
    reading,
    evaluate,
    compare,
    archive,
    keep,
    lists,
    channels,
    sources,
    respond,
    routes,
    slack,
    mute,
    recipients,
    upkeep,
):
    module.register(cli)


@cli.callback(invoke_without_command=True)
def _root(
    context: typer.Context, version: bool = typer.Option(False, "--version", help="Print the version and exit.")
) -> None:
    if version:
        typer.echo(f"signal-watch {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the `watcher` command."""
    try:
        cli(args=list(arguments) if arguments is not None else None, prog_name="watcher")
    except RulesError as error:
        for finding in error.findings:
            Output().error(str(finding) if finding.error else f"{finding} (warning)")
        Output().error(f"watcher: {error}: nothing was started; `watcher check` shows the same list")
        raise SystemExit(1) from None
    except UserError as error:
        Output().error(f"watcher: {error}")
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception:  # a fault of ours: its traceback goes through the log, where secrets are masked
        import structlog

        structlog.get_logger(__name__).exception("program.crashed")
        Output().error("watcher: internal error; please report the lines above")
        raise SystemExit(1) from None
