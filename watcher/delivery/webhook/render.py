"""Message → JSON body. Pure; below 20 kB whatever the news says."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from watcher.delivery import listing, wording
from watcher.delivery.inert import cut
from watcher.delivery.webhook import listed
from watcher.model.delivery import Delivery, Message
from watcher.model.match import Evidence

MOST_BYTES = 20_000
TYPES = {
    "alert": "alert.opened",
    "update": "alert.updated",
    "status": "alert.changed",
    "escalation": "alert.escalated",
    "digest": "digest",
    "summary": "summary",
    "notice": "notice",
    "test": "test",
}
LIFE = {
    "open": "alert.reopened",
    "acknowledged": "alert.acknowledged",
    "snoozed": "alert.snoozed",
    "resolved": "alert.resolved",
    "expired": "alert.expired",
}
"""The type of a change of an alert's life, by its status afterwards."""
_MOST_EVIDENCE = 10


def render(delivery: Delivery) -> bytes:
    """UTF-8 JSON `{"type", "timestamp", "data"}`; the same bytes at every attempt, but for `late`."""
    message = delivery.message
    if message.kind in listing.KINDS:
        data, lists = listed.facts(message), {"items": listed.items(message), "activity": listed.activity(message)}
        spare = [lists["activity"], lists["items"]]
    else:
        data, lists = _data(message), _lists(message)
        spare = [lists["others"], lists["evidence"], lists["reasons"]]
    if message.late:
        data["late"] = cut(message.late, 20)
    document: dict[str, object] = {
        "type": _type(message),
        "timestamp": cut(message.created_at, 40) or _rfc3339(delivery.created_at),
        "data": {**data, **lists},
    }
    for some in spare:
        while some and len(_encoded(document)) >= MOST_BYTES:
            some.pop()
    return _encoded(document)


def _type(message: Message) -> str:
    if message.kind == "status" and message.status in LIFE:
        return LIFE[message.status]
    return TYPES.get(message.kind, f"alert.{cut(message.kind, 40)}")


def _lists(message: Message) -> dict[str, list[object]]:
    return {
        "ledger": [{"reason": entry.reason, "points": entry.points} for entry in wording.ledger_entries(message)],
        "reasons": list(wording.reasons(message)),
        "evidence": [_evidence(found) for found in message.evidence[:_MOST_EVIDENCE]],
        "others": [
            {"headline": other.title, "url": other.url or None, "publisher": other.publisher}
            for other in wording.others(message)
        ],
    }


def _encoded(document: dict[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _data(message: Message) -> dict[str, object]:
    document = wording.reference(message.document)
    life = {"status": cut(message.status, 20), "owner": cut(message.owner, 80), "until": cut(message.until, 40)}
    return {
        "id": wording.identifier(message.alert_id),
        "version": message.version,
        "signal": wording.identifier(message.signal_id),
        "signal_title": wording.signal_name(message),
        "story": wording.identifier(message.story_id),
        "severity": cut(message.severity, 20),
        "score": message.score,
        "assertion": wording.assertion(message),
        "scored_on": cut(message.scored_on, 20),
        "headline": document.title,
        "url": document.url or None,
        "publisher": document.publisher,
        "published_at": document.published_at or None,
        "publishers": message.publishers,
        "language": cut(message.language, 20),
        "sentence": cut(wording.sentence(message), 500),
        **{name: value for name, value in life.items() if value},
    }


def _evidence(found: Evidence) -> dict[str, object]:
    return {
        "field": cut(found.field, 20),
        "start": found.start,
        "end": found.end,
        "text": cut(found.text, 100),
        "group": cut(found.group, 60),
    }


def _rfc3339(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
