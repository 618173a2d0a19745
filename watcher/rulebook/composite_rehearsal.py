"""A sequence of texts played through all signals, stories and a composite, as the service would with one route."""

from __future__ import annotations

from dataclasses import replace

from watcher.alerting.composite import Standing, contributions, publishers, stand
from watcher.alerting.composite_match import as_match
from watcher.alerting.decide import advance, decide
from watcher.detection.engine import Detection
from watcher.model.alert import Alert, Speak
from watcher.model.composite import Composite, Contribution, Firing, groups_in
from watcher.model.document import Document
from watcher.model.match import Match
from watcher.model.signal import RuleTest, Status
from watcher.model.story import Placement, StoryMember, StoryStatus
from watcher.rulebook.rehearsal import NOWHERE, as_document, placed, subject
from watcher.stories.signature import sign


class CompositeRehearsal:
    """Remembers what fired in one sequence. All texts count as one publisher's."""

    def __init__(self, composite: Composite) -> None:
        head = replace(composite.signal, status=Status.LIVE)  # what would it do, were it live
        self._composite = replace(composite, signal=head)
        self._members: list[StoryMember] = []
        self._firings: list[Firing] = []
        self._contributed: list[Contribution] = []
        self._alerts: dict[str, Alert] = {}

    def step(self, test: RuleTest, detection: Detection) -> tuple[bool, Match | None, tuple[str, ...]]:
        """Whether an alert is told at this step, the composite's match if it holds, and the reasons."""
        number = len(self._members) + 1
        document = as_document(test, number)
        placement = placed(test, document, f"story-{number}", self._members)
        self._members.append(StoryMember(placement.story_id, sign(document), placement.status, document.first_seen_at))
        fired = [_firing(document, placement, match) for match in detection.matches if match.alert]
        self._firings += fired
        standing = stand(self._composite, self._firings, self._contributed, document.first_seen_at)
        new = {(one.signal_id, one.story_id) for one in fired}
        if not standing.holds:
            return False, None, standing.reasons
        if not any((one.signal_id, one.story_id) in new for one in standing.stories):
            return False, None, ("nothing of this text belongs to it",)
        return self._tell(document, standing)

    def _tell(self, document: Document, standing: Standing) -> tuple[bool, Match, tuple[str, ...]]:
        occurrence = standing.occurrence_id or f"occurrence-{document.id}"
        status = StoryStatus.UPDATE if standing.occurrence_id else StoryStatus.NEW
        placement = Placement(occurrence, status, standing.reasons, publishers(standing))
        match = as_match(self._composite, standing)
        existing = self._alerts.get(occurrence)
        now = document.first_seen_at
        decision = decide(
            match=match,
            signal=self._composite.signal,
            document=document,
            placement=placement,
            existing=existing,
            subject=subject(match, document, placement),
            silences=(),
            quiet_hours=(),
            destinations=(NOWHERE,),
            now=now,
        )
        self._contributed += contributions(standing, occurrence)
        if decision.speak is not Speak.QUIET:
            self._alerts[occurrence] = advance(
                existing,
                match=match,
                placement=placement,
                decision=decision,
                title=document.title,
                now=now,
                new_id=occurrence,
            )
        return decision.speak in (Speak.OPEN, Speak.AGAIN), match, decision.reasons


def _firing(document: Document, placement: Placement, match: Match) -> Firing:
    return Firing(
        signal_id=match.signal_id,
        story_id=placement.story_id,
        document_id=document.id,
        title=document.title or document.text[:80],
        publisher=document.publisher,
        published_at=document.published_at,
        first_seen_at=document.first_seen_at,
        score=match.score,
        assertion=match.assertion,
        sentence=match.sentence,
        groups=groups_in(match.sentence, match.evidence),
        tags=frozenset(document.tags),
    )
