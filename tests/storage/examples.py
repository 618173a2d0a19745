"""Small examples of the model, for tests that care about one field of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.alert import Alert, AlertStatus, Decision, Speak
from watcher.model.delivery import Attempt, Citation, Delivery, DeliveryStatus, Message
from watcher.model.document import Document
from watcher.model.match import Assertion, Evidence, LedgerEntry, Match, Quantity
from watcher.model.signal import Severity
from watcher.model.story import Placement, Signature, StoryStatus
from watcher.storage import alerts, documents, stories

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def a_document(number: int = 1, **changes: Any) -> Document:
    document = Document(
        id=f"doc-{number}",
        source_id="world",
        publisher="example.org",
        guid=f"guid-{number}",
        url=f"https://example.org/{number}?utm_source=rss",
        canonical_url=f"https://example.org/{number}",
        title=f"Title {number}",
        text=f"Text {number}.",
        language="en",
        published_at=NOW - MINUTE,
        first_seen_at=NOW,
        content_hash=f"hash-{number}",
        tags=("world", "mideast"),
        trust=0.75,
    )
    return replace(document, **changes)


def a_signature(number: int = 1, **changes: Any) -> Signature:
    signature = Signature(
        document_id=f"doc-{number}",
        publisher="example.org",
        canonical_url=f"https://example.org/{number}",
        content_hash=f"hash-{number}",
        sketch=(1, 5, 2**63 - 1),
        title_tokens=frozenset({"title", "baghdad"}),
        lead_tokens=frozenset({"lead"}),
        numbers=frozenset({"12"}),
        keys=(7, 2**63 - 1),
    )
    return replace(signature, **changes)


def a_match(signal_id: str = "iraq-militia", **changes: Any) -> Match:
    match = Match(
        signal_id=signal_id,
        score=80,
        severity="high",
        assertion=Assertion.ASSERTED,
        alert=True,
        evidence=(Evidence("title", 0, 5, "Title", "actor"),),
        ledger=(LedgerEntry("actor in the title", 80),),
        alert_at=60,
        sentence="Title 1",
        pattern="actor > action",
        cue="",
        missing=("place",),
        quantities=(Quantity("dead", 12.0, "people", "", Evidence("text", 5, 6, "1", "dead")),),
    )
    return replace(match, **changes)


def an_alert(number: int = 1, **changes: Any) -> Alert:
    alert = Alert(
        id=f"alert-{number}",
        signal_id="iraq-militia",
        story_id=f"story-{number}",
        status=AlertStatus.OPEN,
        severity=Severity.HIGH,
        score=80,
        assertion=Assertion.ASSERTED,
        publishers=1,
        version=1,
        told=True,
        opened_at=NOW,
        updated_at=NOW,
        title="Title",
    )
    return replace(alert, **changes)


def a_message(**changes: Any) -> Message:
    message = Message(
        kind="alert",
        alert_id="alert-1",
        signal_id="iraq-militia",
        signal_title="Militia crackdown",
        story_id="story-1",
        severity="high",
        score=80,
        assertion="asserted",
        document=Citation("Title", "https://example.org/1", "example.org", "2026-03-01T12:00:00Z"),
        sentence="Title 1",
    )
    return replace(message, **changes)


def a_delivery(number: int = 1, **changes: Any) -> Delivery:
    delivery = Delivery(
        id=f"delivery-{number:06}",
        alert_id=None,
        channel="desk",
        message=a_message(),
        status=DeliveryStatus.PENDING,
        attempts=0,
        priority=1,
        due_at=NOW,
        created_at=NOW,
    )
    return replace(delivery, **changes)


def an_attempt(delivery: Delivery, outcome: str = "sent", **changes: Any) -> Attempt:
    attempt = Attempt(delivery.id, delivery.attempts, NOW, NOW + MINUTE, outcome)
    return replace(attempt, **changes)


TOLD = Decision(Speak.OPEN, ("it is new",))
QUIET = Decision(Speak.SUPPRESSED, ("the score is below 60",), "below-threshold")


async def place(conn: AsyncConnection, number: int = 1, status: StoryStatus = StoryStatus.NEW) -> Placement:
    """Store document `number` as the anchor of a story of its own."""
    await documents.add(conn, [a_document(number)])
    placement = Placement(f"story-{number}", status, ("it is new",))
    await stories.add_members(conn, [(placement, a_signature(number), f"Title {number}")], NOW)
    return placement


async def raise_alert(conn: AsyncConnection, number: int = 1) -> Alert:
    """Store an alert with the story and the document that it needs."""
    await place(conn, number)
    return await alerts.save(conn, an_alert(number))
