"""Long lists in pieces: databases bound the parameters of one statement (SQLite 32,766, PostgreSQL 65,535)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TypeVar

Element = TypeVar("Element")

CHUNK = 500


def chunks(elements: Collection[Element], size: int = CHUNK) -> Iterator[list[Element]]:
    """The elements in order, at most `size` at a time; nothing for an empty collection."""
    rest = iter(elements)
    while piece := list(islice(rest, size)):
        yield piece
