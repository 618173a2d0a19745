"""Tables for narrow terminals: empty columns leave; where that is not enough, each row is a small block."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.cells import cell_len

GAP = 2
INDENT = " " * 4
SHORT = 16
UNBROKEN = "\u00a0"
LAST = 24
"""Columns that the last field needs at least, which is folded; no other is ever cut."""


def fits(headings: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> bool:
    """Whether a table of these cells needs no field cut."""
    widths = [max(map(cell_len, column)) for column in zip(headings, *cells, strict=True)]
    return sum(widths[:-1]) + GAP * len(widths) + min(widths[-1], LAST) <= width


def filled(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    """The columns in which any row has something."""
    return [number for number in range(len(headings)) if any(row[number] for row in cells)]


def blocks(headings: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> list[str]:
    """Lines: the first field of each row at the margin, the others that have something below it, with their names."""
    lines = []
    for row in cells:
        lines.append(row[0])
        named = " · ".join(
            f"{heading} {_whole(cell)}" for heading, cell in zip(headings[1:], row[1:], strict=True) if cell
        )
        wrapped = textwrap.wrap(
            named,
            width,
            initial_indent=INDENT,
            subsequent_indent=INDENT,
            break_long_words=False,
            break_on_hyphens=False,
        )
        lines += [line.replace(UNBROKEN, " ") for line in wrapped]
    return lines


def _whole(cell: str) -> str:
    """A short one, such as a time, is not broken."""
    return cell.replace(" ", UNBROKEN) if len(cell) <= SHORT else cell
