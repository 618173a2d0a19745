"""Who sits at this terminal, for the history of what was done."""

from __future__ import annotations

import getpass

import typer

BY = typer.Option("", "--by", help="Who does it (default: the user name).")


def user_name() -> str:
    """The user's name at this machine, or "unknown"."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
