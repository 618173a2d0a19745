"""Message → JSON body. Pure; below 20 kB whatever the news says."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from watcher.delivery import wording
from watcher.delivery.inert import cut
from watcher.model.delivery import Delivery, Message
from watcher.model.match import Evidence

MOST_BYTES = 20_000
TYPES = {"alert": "alert.opened", "update": "alert.updated", "test": "test"}
_MOST_EVIDENCE = 10


def render(delivery: Delivery) -> bytes:
    """UTF-8 JSON `{"type", "timestamp", "data"}`; the same bytes at every attempt."""
    message = delivery.message
    data = _data(message)
    lists: dict[str, list[object]] = {
        "ledger": [{"reason": entry.reason, "points": entry.points} for entry in wording.ledger_entries(message)],
        "reasons": list(wording.reasons(message)),
        "evidence": [_evidence(found) for found in message.evidence[:_MOST_EVIDENCE]],
        "others": [
            {"headline": other.title, "url": other.url or None, "publisher": other.publisher}
            for other in wording.others(message)
        ],
    }
    document: dict[str, object] = {
        "type": TYPES.get(message.kind, f"alert.{cut(message.kind, 40)}"),
        "timestamp": cut(message.created_at, 40) or _rfc3339(delivery.created_at),
        "data": {**data, **lists},
    }
    for spare in (lists["others"], lists["evidence"], lists["reasons"]):
        while spare and len(_encoded(document)) >= MOST_BYTES:
            spare.pop()
    return _encoded(document)


def _encoded(document: dict[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _data(message: Message) -> dict[str, object]:
    document = wording.reference(message.document)
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
