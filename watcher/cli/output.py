"""What the faces print: data on standard output, everything else on standard error, and text from outside inert."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from watcher.model.masking import without_login

if TYPE_CHECKING:
    from rich.console import Console

# Control characters and bidirectional overrides would steer the terminal; titles come from strangers.
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Accents that strangers pile up over many lines of a terminal; no language needs nine on one letter.
_PILED = re.compile(
    "([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{8})"
    "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_HALF = re.compile("[\ud800-\udfff]")


WIDE = 220
"""Columns of a table that goes to a file or a pipe."""


def inert(text: object) -> str:
    """The text on one line, with nothing in it that steers a terminal."""
    return _PILED.sub(r"\1", _STEERING.sub("�", str(text).replace("\n", " ").replace("\t", " ")))


def dumps(value: Any) -> str:
    """JSON on one line, readable; half surrogates, which no encoding can carry, as escapes."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if text.isascii() or not _HALF.search(text) else json.dumps(value, default=str)


class Output:
    """Tables for people, JSON for programs."""

    def __init__(self, as_json: bool = False, wide: int = WIDE) -> None:
        self.as_json, self.wide = as_json, wide

    @cached_property
    def console(self) -> Console:
        """What lines for people go through; JSON and errors need none."""
        from rich.console import Console

        return Console(file=sys.stdout, highlight=False, markup=False, soft_wrap=True)

    def error(self, line: str) -> None:
        """One line on standard error, without the password of an address that somebody wrote or imported."""
        sys.stderr.write(inert(without_login(line)) + "\n")

    def line(self, text: str = "", style: str | None = None) -> None:
        """One line for people, with its style if the terminal can show it."""
        from rich.text import Text

        self.console.print(Text(inert(text), style=style or ""))

    def json(self, value: Any) -> None:
        """One JSON document on a line of its own."""
        sys.stdout.write(dumps(value) + "\n")

    def table(self, rows: Sequence[dict[str, Any]], columns: Iterable[str], *, empty: str) -> None:
        """Rows as a table of some columns; as a JSON array of whole rows with `--json`."""
        if self.as_json:
            self.json(list(rows))
            return
        if not rows:
            self.line(empty)
            return
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        from watcher.cli.narrow import blocks, filled, fits

        names = list(columns)
        cells = [[_cell(name, row.get(name)) for name in names] for row in rows]
        console = Console(
            file=sys.stdout, markup=False, highlight=False, width=None if sys.stdout.isatty() else self.wide
        )
        headings = [_heading(name) for name in names]
        if not fits(headings, cells, console.width):
            kept = filled(headings, cells)
            headings, cells = [headings[n] for n in kept], [[row[n] for n in kept] for row in cells]
        if not fits(headings, cells, console.width):
            for line in blocks(headings, cells, console.width):
                self.line(line)
            return
        table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
        for heading in headings:
            free = heading == headings[-1]  # the last column takes what room is left; ids and times are never broken
            table.add_column(heading, no_wrap=not free, overflow="fold" if free else "ellipsis")
        for row in cells:
            table.add_row(*map(Text, row))
        console.print(table)

    def record(self, value: dict[str, Any]) -> None:
        """One thing with its fields; what is listed stands below, indented: an entry a line, its own lists below it."""
        if self.as_json:
            self.json(value)
            return
        for key, item in value.items():
            if isinstance(item, list):
                self.line(f"{key}:", style="bold")
                for entry in item:
                    for line in _entry(entry):
                        self.line(f"  {line}")
            else:
                self.line(f"{key}: {_plain(item)}")


def _heading(name: str) -> str:
    return name.removesuffix("_at").removesuffix("_id").replace("_", " ")


def _cell(name: str, value: object) -> str:
    """Times without the year and the seconds: day and time in UTC, which the Z says."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (
        f"{value[5:16].replace('T', ' ')}Z"
        if value and name.endswith("_at") and isinstance(value, str)
        else inert(value)
    )


def _entry(entry: object) -> Iterator[str]:
    """An entry of a list: what it says on one line, then each list within it by its name, one item a line."""
    if not isinstance(entry, dict):
        yield _plain(entry)
        return
    lists = {key: item for key, item in entry.items() if isinstance(item, list | tuple)}
    yield _plain({key: item for key, item in entry.items() if key not in lists})
    for key, items in lists.items():
        if items:
            yield f"  {key}:"
            yield from (f"    {_plain(item)}" for item in items)


def _plain(value: object) -> str:
    """A value without Python's quotes and brackets; fields that say nothing are left out."""
    if isinstance(value, dict):
        return "  ".join(f"{key}={_inner(item)}" for key, item in value.items() if item not in (None, "", [], ()))
    if isinstance(value, list | tuple):
        return ", ".join(map(_plain, value))
    return "" if value is None else str(value)


def _inner(value: object) -> str:
    return f"({_plain(value)})" if isinstance(value, dict) else _plain(value)
