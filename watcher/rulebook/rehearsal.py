"""A sequence of texts played through stories and alerting, as the service would on a live signal with one route."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from watcher.alerting.figures import tell
from watcher.alerting.memory import AlertMemory
from watcher.model.alert import Destination, Speak, Subject, ToldFigure
from watcher.model.document import Document
from watcher.model.match import Match
from watcher.model.signal import RuleTest, Severity, Signal, Status
from watcher.model.story import Placement, Signature, StoryMember, StoryStatus
from watcher.stories.place import place
from watcher.stories.signature import sign
from watcher.stories.window import Windows

_START: Final = datetime(2026, 1, 1, tzinfo=UTC)
NOWHERE: Final = Destination("screen", "the sequence of a test")


class Rehearsal:
    """Remembers the stories and alerts of one sequence. All texts count as one publisher's."""

    def __init__(self, signal: Signal) -> None:
        self._signal = replace(signal, status=Status.LIVE)  # what would it do, were it live
        self._windows = Windows((signal,))
        self._members: list[StoryMember] = []
        self._alerts = AlertMemory(NOWHERE, lambda _, story_id: story_id)
        self._figures: list[ToldFigure] = []

    def step(self, test: RuleTest, match: Match | None) -> tuple[bool, tuple[str, ...]]:
        """Whether an alert is told at this step, and the reasons of the decision."""
        number = len(self._members) + 1
        document = as_document(test, number)
        signature = sign(document, matches=[match] if match else [])
        placement = placed(test, document, f"story-{number}", self._members, signature, self._windows)
        self._members.append(StoryMember(placement.story_id, signature, placement.status, document.first_seen_at))
        if match is None:
            return False, ()
        now = document.first_seen_at
        about = subject(match, document, placement)
        decision = self._alerts.judge(match, self._signal, document, placement, about, now, self._figures)
        told = decision.speak in (Speak.OPEN, Speak.AGAIN)
        self._figures += tell(match, placement.story_id) if told else ()
        return told, decision.reasons


def placed(
    test: RuleTest,
    document: Document,
    fresh: str,
    members: list[StoryMember],
    signature: Signature,
    windows: Windows,
) -> Placement:
    """The story of a step: the one that the test says, else as the service decides. `fresh` names a new one."""
    if test.same_story is None:
        return place(signature, members, document.first_seen_at, fresh, windows)
    if test.same_story and members:
        return Placement(members[-1].story_id, StoryStatus.UPDATE, ("the test says so",))
    return Placement(fresh, StoryStatus.NEW, ("the test says so",))


def as_document(test: RuleTest, number: int) -> Document:
    """A step as the service would have stored it."""
    content = hashlib.sha256(f"{test.title}\0{test.text}".encode()).hexdigest()
    return Document(
        id=f"step-{number}",
        source_id="test",
        publisher="test",
        guid="",
        url="",
        canonical_url="",
        title=test.title,
        text=test.text,
        language=test.language,
        published_at=None,
        first_seen_at=_START + test.at,
        content_hash=content,
    )


def subject(match: Match, document: Document, placement: Placement) -> Subject:
    """What routes would look at."""
    return Subject(
        signal_id=match.signal_id,
        severity=Severity(match.severity),
        assertion=match.assertion,
        score=match.score,
        source_id=document.source_id,
        publisher=document.publisher,
        tags=frozenset(),
        language=document.language or "",
        story_id=placement.story_id,
    )
