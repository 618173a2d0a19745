"""What the slots of a pattern name."""

from __future__ import annotations

from collections.abc import Iterator

from watcher.model.signal import Pattern, Slot


def slots_of(pattern: Pattern) -> Iterator[Slot]:
    """Every slot, also those inside parentheses."""
    for slot in pattern.slots:
        yield slot
        yield from slot.inner


def mentioned(slots: tuple[Slot, ...]) -> Iterator[str]:
    """Every group that the slots name."""
    for slot in slots:
        if slot.group:
            yield slot.group
        yield from mentioned(slot.inner)


def needed(slots: tuple[Slot, ...]) -> set[str]:
    """The groups without which the slots cannot hold."""
    return {name for slot in slots if not slot.optional for name in mentioned((slot,))}
