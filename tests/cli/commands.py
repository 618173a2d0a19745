"""Every command and sub-command that there is."""

from __future__ import annotations

import typer
from typer.core import TyperGroup

from watcher.cli.main import cli


def commands() -> list[tuple[str, ...]]:
    """("run",), ("deliveries",), ("deliveries", "show") and so on."""
    root = typer.main.get_command(cli)
    assert isinstance(root, TyperGroup)
    return sorted(_below(root, ()))


def _below(group: TyperGroup, name: tuple[str, ...]) -> list[tuple[str, ...]]:
    found = []
    for part, command in group.commands.items():
        found.append((*name, part))
        if isinstance(command, TyperGroup):
            found += _below(command, (*name, part))
    return found
