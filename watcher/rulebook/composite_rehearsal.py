"""A sequence of texts played through all signals, stories and a composite, as the service would with one route."""

from __future__ import annotations

from dataclasses import replace

from watcher.alerting.composite import Standing
from watcher.alerting.composite_match import as_match
from watcher.alerting.composite_memory import CompositeMemory, firing
from watcher.alerting.memory import AlertMemory
from watcher.detection.engine import Detection
from watcher.model.alert import Speak
from watcher.model.composite import Composite
from watcher.model.document import Document
from watcher.model.match import Match
from watcher.model.signal import RuleTest, Status
from watcher.model.story import Placement, StoryMember
from watcher.rulebook.rehearsal import NOWHERE, as_document, placed, subject
from watcher.stories.signature import sign
from watcher.stories.window import Windows


class CompositeRehearsal:
    """Remembers what fired in one sequence. All texts count as one publisher's."""

    def __init__(self, composite: Composite, windows: Windows) -> None:
        """`windows` are those of the signals that it rests on."""
        self._windows = windows
        head = replace(composite.signal, status=Status.LIVE)  # what would it do, were it live
        self._composite = replace(composite, signal=head)
        self._memory = CompositeMemory(
            self._composite, lambda standing: f"occurrence-{standing.stories[0].document_id}"
        )
        self._members: list[StoryMember] = []
        self._alerts = AlertMemory(NOWHERE, lambda _, story_id: story_id)

    def step(self, test: RuleTest, detection: Detection) -> tuple[bool, Match | None, tuple[str, ...]]:
        """Whether an alert is told at this step, the composite's match if it holds, and the reasons."""
        number = len(self._members) + 1
        document = as_document(test, number)
        now = document.first_seen_at
        signature = sign(document, detection.language, detection.matches)
        placement = placed(test, document, f"story-{number}", self._members, signature, self._windows)
        self._members.append(StoryMember(placement.story_id, signature, placement.status, now))
        fired = [firing(document, placement, match) for match in detection.matches if match.alert]
        held = self._memory.take(fired, now)
        return self._tell(document, *held) if held else (False, None, self._memory.reasons)

    def _tell(
        self, document: Document, standing: Standing, placement: Placement
    ) -> tuple[bool, Match, tuple[str, ...]]:
        match = as_match(self._composite, standing)
        about = subject(match, document, placement)
        now = document.first_seen_at
        decision = self._alerts.judge(match, self._composite.signal, document, placement, about, now)
        return decision.speak in (Speak.OPEN, Speak.AGAIN), match, decision.reasons
