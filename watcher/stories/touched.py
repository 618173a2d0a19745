"""Which stories a text on several developments touches: those that its parts belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from watcher.model.story import Placement, Signature, StoryMember, StoryStatus
from watcher.stories.place import place
from watcher.stories.roundup import ROUNDUP
from watcher.stories.window import Windows

MOST = 8
"""Stories that one text may touch."""

PLACED = 16
"""Parts of it that are looked for a place, the first; the others belong nowhere."""


def touched(
    document_id: str,
    parts: Sequence[Signature],
    candidates: Callable[[Signature], Iterable[StoryMember]],
    now: datetime,
    windows: Windows,
) -> dict[int, Placement]:
    """Where the parts belong, by their index; those that belong nowhere are left out.

    `candidates` are what a part may be compared with. The text itself, as it was before, and other round-ups are no
    reports of a development.
    """
    found: dict[int, Placement] = {}
    stories: set[str] = set()
    for index, signature in enumerate(parts[:PLACED]):
        known = [one for one in candidates(signature) if _reports(one.signature, document_id)]
        placement = place(signature, known, now, "", windows)
        if placement.status is StoryStatus.NEW or (len(stories) == MOST and placement.story_id not in stories):
            continue
        found[index] = placement
        stories.add(placement.story_id)
    return found


def home_of(parts: Mapping[int, Placement]) -> Placement:
    """The place of a text that no story takes as a whole: that of its first part that belongs anywhere."""
    first = parts[min(parts)]
    return replace(first, reasons=tuple(f"a part of it: {reason}" for reason in first.reasons))


def _reports(signature: Signature, document_id: str) -> bool:
    return signature.genre != ROUNDUP and signature.document_id != document_id
