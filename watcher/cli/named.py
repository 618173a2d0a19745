"""Signals that are named on the command line: an id that no signal has is wrong usage, and the nearest one is named."""

from __future__ import annotations

from collections.abc import Iterable

import typer


def check_signals(given: Iterable[str], known: Iterable[str], param: str = "--signal") -> None:
    """Raise typer.BadParameter (exit code 2) for ids that are not known, with what may have been meant."""
    from watcher.rulebook.suggest import hint

    names = sorted(known)
    if unknown := sorted(set(given) - set(names)):
        told = "; ".join(f"no signal `{name[:60]}`{hint(name, names, 'signals')}" for name in unknown)
        raise typer.BadParameter(told, param_hint=param)
