"""Subjects, alerts and decisions for the tests of this room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from watcher.alerting.decide import decide
from watcher.model.alert import (
    Alert,
    AlertStatus,
    Decision,
    Destination,
    Inhibition,
    Matcher,
    QuietHours,
    Silence,
    Subject,
    ToldFigure,
)
from watcher.model.document import Document
from watcher.model.match import Assertion, Match
from watcher.model.signal import QuantityRule, Severity, Signal, Status
from watcher.model.story import Placement, StoryStatus

NOW = datetime(2026, 7, 12, 12, 0, tzinfo=UTC)
CONSOLE = (Destination("screen", "route 1 (line 9)"),)


def subject(**changes: object) -> Subject:
    """An alert about a crackdown, about to be told."""
    known: dict[str, object] = {
        "signal_id": "iraq-militia-crackdown",
        "severity": Severity.HIGH,
        "assertion": Assertion.ASSERTED,
        "score": 80,
        "source_id": "wire-feed",
        "publisher": "wire.example",
        "tags": frozenset({"iraq", "world"}),
        "language": "en",
        "story_id": "story-1",
    }
    return Subject(**(known | changes))  # type: ignore[arg-type]


def match(
    score: int = 80,
    severity: Severity = Severity.HIGH,
    assertion: Assertion = Assertion.ASSERTED,
    alert_at: int = 60,
) -> Match:
    """A match of that signal."""
    return Match("iraq-militia-crackdown", score, severity.value, assertion, score >= alert_at, (), (), alert_at)


def alert(**changes: object) -> Alert:
    """An alert that was told once: high, attributed, by one publisher."""
    known: dict[str, object] = {
        "id": "alert-1",
        "signal_id": "iraq-militia-crackdown",
        "story_id": "story-1",
        "status": AlertStatus.OPEN,
        "severity": Severity.HIGH,
        "score": 78,
        "assertion": Assertion.ATTRIBUTED,
        "publishers": 1,
        "version": 1,
        "told": True,
        "opened_at": NOW - timedelta(hours=3),
        "updated_at": NOW - timedelta(hours=3),
        "title": "Raid in Basra",
    }
    return Alert(**(known | changes))  # type: ignore[arg-type]


def silence(*matchers: Matcher, **changes: object) -> Silence:
    """A silence from an hour ago for two more hours."""
    known: dict[str, object] = {
        "id": "sil-1",
        "matchers": matchers,
        "starts_at": NOW - timedelta(hours=1),
        "ends_at": NOW + timedelta(hours=2),
        "created_by": "ann",
        "comment": "exercise in Basra",
        "created_at": NOW - timedelta(hours=1),
    }
    return Silence(**(known | changes))  # type: ignore[arg-type]


def document(published_at: datetime | None = NOW, first_seen_at: datetime = NOW) -> Document:
    """A document with those times."""
    return Document(
        id="doc-1",
        source_id="wire-feed",
        publisher="wire.example",
        guid="1",
        url="https://wire.example/1",
        canonical_url="https://wire.example/1",
        title="Raid in Basra",
        text="",
        language="en",
        published_at=published_at,
        first_seen_at=first_seen_at,
        content_hash="aa",
    )


def placement(publishers: int = 1, status: StoryStatus = StoryStatus.NEW) -> Placement:
    """A place in story-1."""
    return Placement("story-1", status, ("why",), publishers)


def decided(
    found: Match | None = None,
    existing: Alert | None = None,
    *,
    publishers: int = 1,
    status: Status = Status.LIVE,
    of: Document | None = None,
    silences: Iterable[Silence] = (),
    quiet_hours: Iterable[QuietHours] = (),
    destinations: Sequence[Destination] = CONSOLE,
    now: datetime = NOW,
    previous: Match | None = None,
    watched: Sequence[QuantityRule] = (),
    told: Sequence[ToldFigure] = (),
    inhibitions: Sequence[Inhibition] = (),
    others: Sequence[Alert] = (),
) -> Decision:
    """`decide` with everything that the test does not care about filled in."""
    found = found or match()
    return decide(
        match=found,
        signal=Signal(
            "iraq-militia-crackdown",
            "Militia crackdown",
            (),
            status=status,
            max_age=timedelta(hours=48),
            quantities=tuple(watched),
        ),
        document=of or document(),
        placement=placement(publishers),
        existing=existing,
        subject=subject(severity=Severity(found.severity), assertion=found.assertion, score=found.score),
        silences=silences,
        quiet_hours=quiet_hours,
        destinations=destinations,
        now=now,
        previous=previous,
        told=told,
        inhibitions=inhibitions,
        others=others,
    )
