"""Compose: the snapshot of an alert that its deliveries carry, whatever happens to the documents later. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from watcher.alerting.decide import priority
from watcher.model.alert import Alert, AlertStatus, Decision, Destination, Speak
from watcher.model.delivery import Citation, Delivery, DeliveryStatus, Message
from watcher.model.document import Document
from watcher.model.match import Evidence, Match
from watcher.model.signal import Signal


def rfc3339(moment: datetime) -> str:
    """UTC, whole seconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def citation(document: Document) -> Citation:
    """The document as an alert names it."""
    published = rfc3339(document.published_at) if document.published_at else None
    return Citation(document.title, document.url, document.publisher, published)


def highlights(sentence: str, evidence: Sequence[Evidence]) -> tuple[tuple[int, int], ...]:
    """Where the evidence stands in the quoted sentence: (start, end), ascending, not overlapping."""
    spans: list[tuple[int, int]] = []
    for found in sorted(evidence, key=lambda item: -len(item.text)):
        if (span := _whole(sentence, found.text)) and all(span[1] <= start or span[0] >= end for start, end in spans):
            spans.append(span)
    return tuple(sorted(spans))


def _whole(sentence: str, text: str) -> tuple[int, int] | None:
    """Where the text first stands by itself: evidence of the title ("dissolve") is no part of "dissolved"."""
    start = sentence.find(text) if text else -1
    while start >= 0:
        end = start + len(text)
        joined = (start > 0 and sentence[start - 1].isalnum() and text[0].isalnum()) or (
            end < len(sentence) and sentence[end].isalnum() and text[-1].isalnum()
        )
        if not joined:
            return start, end
        start = sentence.find(text, start + 1)
    return None


def message(
    alert: Alert,
    signal: Signal,
    document: Document,
    match: Match,
    decision: Decision,
    *,
    language: str,
    others: Sequence[Citation],
    now: datetime,
) -> Message:
    """What every channel renders of this telling; how it stands in people's hands only if somebody has it, or put it
    off."""
    held = alert.status in {AlertStatus.ACKNOWLEDGED, AlertStatus.SNOOZED}
    until = alert.snoozed_until or alert.ack_until
    return Message(
        kind="alert" if decision.speak is Speak.OPEN else "update",
        alert_id=alert.id,
        signal_id=signal.id,
        signal_title=signal.title,
        story_id=alert.story_id,
        severity=match.severity,
        score=match.score,
        assertion=str(match.assertion),
        document=citation(document),
        sentence=match.sentence,
        highlights=highlights(match.sentence, match.evidence),
        evidence=match.evidence,
        ledger=match.ledger,
        reasons=decision.reasons,
        publishers=alert.publishers,
        others=tuple(others),
        trust=document.trust,
        version=alert.version,
        language=language,
        created_at=rfc3339(now),
        question=signal.question,
        alert_title=alert.title,
        scored_on=str(match.scored_on),
        status=str(alert.status) if held else "",
        owner=alert.owner if held else "",
        until=rfc3339(until) if held and until else "",
    )


def deliveries(
    alert: Alert,
    told: Message,
    destinations: Sequence[Destination],
    targets: Mapping[str, tuple[str, ...]],
    now: datetime,
) -> list[Delivery]:
    """One delivery for each channel and recipient; the same telling always gets the same ids."""
    return [
        replace(
            to_send(told, alert.id, str(alert.version), destination.channel, target, priority(alert.severity), now),
            expires_at=now + destination.expire_after if destination.expire_after else None,
        )
        for destination in destinations
        for target in targets.get(destination.channel, ("",))
    ]


def to_send(
    message: Message,
    alert_id: str | None,
    named: str,
    channel: str,
    target: str,
    rank: int,
    now: datetime,
    about: str = "",
) -> Delivery:
    """A delivery that is due now. What it tells is `named` within its alert, or `about` something else; equal names
    give equal ids, so that the same telling is never written twice. `rank`: see Delivery.priority."""
    return Delivery(
        id=delivery_id(alert_id or about, named, channel, target),
        alert_id=alert_id,
        channel=channel,
        message=message,
        status=DeliveryStatus.PENDING,
        attempts=0,
        priority=rank,
        due_at=now,
        created_at=now,
        target=target,
    )


def delivery_id(alert_id: str, version: int | str, channel: str, target: str) -> str:
    """`dlv_` and 24 hex digits: names one telling to one recipient, and holds no dot."""
    parts = "\x1f".join((alert_id, str(version), channel, target))
    return "dlv_" + hashlib.sha256(parts.encode()).hexdigest()[:24]
