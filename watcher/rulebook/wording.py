"""Messages that are safe to print: what an editor wrote goes into a terminal and a log again."""

from __future__ import annotations

from typing import Final

_LONGEST: Final = 500


def printable(text: str) -> str:
    """`text` in one line of at most 500 characters, without control characters."""
    line = "".join(char if char.isprintable() else "·" for char in text)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
