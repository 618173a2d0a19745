"""What fired so far and what it came to, for one composite: for tests of rules and replays, which have no database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from watcher.alerting.composite import CLOCK_SLACK, Standing, contributions, publishers, stand
from watcher.model.composite import Composite, Contribution, Firing, groups_in
from watcher.model.document import Document
from watcher.model.match import Match
from watcher.model.story import Placement, StoryStatus


class CompositeMemory:
    """`begin` names a new occurrence. Give the moments in ascending order."""

    def __init__(self, composite: Composite, begin: Callable[[Standing], str]) -> None:
        self._composite, self._begin = composite, begin
        self._firings: list[Firing] = []
        self._contributed: list[Contribution] = []
        self.reasons: tuple[str, ...] = ()

    def take(self, fired: Sequence[Firing], now: datetime) -> tuple[Standing, Placement] | None:
        """The occurrence that holds at `now` and rests on something of `fired`; else None, and `reasons` say why."""
        since = now - self._composite.within - CLOCK_SLACK
        self._firings = [one for one in self._firings if one.first_seen_at >= since]
        self._firings += [one for one in fired if one.signal_id in self._composite.named]
        standing = stand(self._composite, self._firings, self._contributed, now)
        self.reasons = standing.reasons
        new = {(one.signal_id, one.story_id) for one in fired}
        if not standing.holds:
            return None
        if not any((one.signal_id, one.story_id) in new for one in standing.stories):
            self.reasons = ("nothing of this text belongs to it",)
            return None
        occurrence = standing.occurrence_id or self._begin(standing)
        self._contributed += contributions(standing, occurrence)
        status = StoryStatus.UPDATE if standing.occurrence_id else StoryStatus.NEW
        return standing, Placement(occurrence, status, standing.reasons, publishers(standing))


def firing(document: Document, placement: Placement, match: Match) -> Firing:
    """A match at or above its threshold, as composites look at it."""
    return Firing(
        signal_id=match.signal_id,
        story_id=placement.story_id,
        document_id=document.id,
        title=document.title,
        publisher=document.publisher,
        published_at=document.published_at,
        first_seen_at=document.first_seen_at,
        score=match.score,
        assertion=match.assertion,
        sentence=match.sentence,
        groups=groups_in(match.sentence, match.evidence),
        tags=frozenset(document.tags),
    )
