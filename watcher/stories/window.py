"""How long a story takes documents in: as long as the signals want that its members match."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from watcher.model.signal import STORY_WINDOW, Signal
from watcher.model.story import Signature, StoryMember


class Windows:
    """`story_window` of each signal; STORY_WINDOW for all others."""

    def __init__(self, signals: Iterable[Signal] = ()) -> None:
        self._own = {one.id: one.story_window for one in signals if one.story_window != STORY_WINDOW}
        self.alike = not self._own
        """All signals have the usual window, so that only what is too old for all needs leaving out."""
        self.longest = max([STORY_WINDOW, *self._own.values()])

    def around(self, signature: Signature) -> timedelta:
        """The longest of the signals that alert on a document; of those that nearly do, if none alerts."""
        return self._longest(signature.fired or signature.near)

    def between(self, one: Signature, other: Signature) -> timedelta:
        """How far apart two reports may be seen: the longest window of the signals that both match.

        Signals that both alert on count before those that one nearly matches. Without one in common the shorter of
        their own windows holds.
        """
        if self.alike:
            return STORY_WINDOW
        shared = one.fired & other.fired or (one.fired | one.near) & (other.fired | other.near)
        return self._longest(shared) if shared else min(self.around(one), self.around(other))

    def reach(self, signature: Signature, member: StoryMember, now: datetime) -> bool:
        """Whether the member is recent enough to draw the document into its story."""
        return now - member.seen_at <= self.between(signature, member.signature)

    def _longest(self, signals: frozenset[str]) -> timedelta:
        return max((self._own.get(one, STORY_WINDOW) for one in signals), default=STORY_WINDOW)
