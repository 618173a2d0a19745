"""Progress of long work, on standard error, and only where a person sits before it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

Advance = Callable[[float, int], None]
"""Called with how far the work is (in units of the total) and the number of documents so far."""


@contextmanager
def meter(total: float | None = None, *, silent: bool = False) -> Iterator[Advance]:
    """A bar towards `total`, or just a count when nobody knows it.

    Nothing at all if `silent`, or when stderr is no terminal.
    """
    columns = (
        SpinnerColumn(),
        BarColumn(),
        TextColumn("{task.fields[documents]} documents"),
        TimeElapsedColumn(),
        *((TimeRemainingColumn(),) if total else ()),
    )
    console = Console(stderr=True)
    hidden = silent or not sys.stderr.isatty()
    with Progress(*columns, console=console, disable=hidden, transient=True) as progress:
        task = progress.add_task("documents", total=total, documents=0)

        def advance(done: float, documents: int) -> None:
            progress.update(task, completed=done, documents=documents)

        yield advance
