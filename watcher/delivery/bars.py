"""Counts of some days as a small chart: of characters, or of bars. Pure."""

from __future__ import annotations

from collections.abc import Sequence

TICKS = "▁▂▃▄▅▆▇█"
NONE = "·"


def sparkline(counts: Sequence[int], most: int | None = None) -> str:
    """A character for each count: a dot for none, the full block for `most` (the greatest of them unless given)."""
    top = max(most or 0, *counts, 1)
    return "".join(TICKS[round((len(TICKS) - 1) * count / top)] if count > 0 else NONE for count in counts)


def heights(counts: Sequence[int], most: int, tallest: int, least: int) -> tuple[int, ...]:
    """A height for each count: `tallest` for `most`, 1 for none, and at least `least` for one that is not none."""
    top = max(most, *counts, 1)
    return tuple(max(least, round(tallest * count / top)) if count > 0 else 1 for count in counts)
