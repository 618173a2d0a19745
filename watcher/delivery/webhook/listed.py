"""Digests and summaries as JSON: bounded here in number, and in bytes by whoever encodes them. Pure."""

from __future__ import annotations

from watcher.delivery import listing, wording
from watcher.delivery.inert import cut
from watcher.model.delivery import Item, Message

MOST_ITEMS, MOST_ROWS, MOST_REASONS = 40, 20, 20


def items(message: Message) -> list[object]:
    """The strongest first within each signal, in the message's order."""
    return [_item(item) for item in message.items[:MOST_ITEMS]]


def activity(message: Message) -> list[object]:
    """The busiest signals first; `counts` are the last days, oldest first."""
    rows, _ = listing.activity(message, MOST_ROWS)
    return [
        {
            "signal": wording.identifier(row.signal_id),
            "signal_title": cut(row.signal_title, 120),
            "counts": list(row.counts[-31:]),
        }
        for row in rows
    ]


def facts(message: Message) -> dict[str, object]:
    """What a digest tells besides its items."""
    told = message.roundup
    found: dict[str, object] = {
        "severity": cut(message.severity, 20),
        "score": message.score,
        "alerts": len(message.items),
        "headline": listing.strongest(message),
    }
    if told is not None:
        found |= {"why": cut(told.why, 20), "since": cut(told.since, 40), "until": cut(told.until, 40)}
        found["suppressed"] = {cut(reason, 40): count for reason, count in told.suppressed[:MOST_REASONS]}
        found["near_misses"] = told.near_misses
    return found


def _item(item: Item) -> dict[str, object]:
    document = wording.reference(item.document)
    return {
        "kind": cut(item.kind, 20),
        "id": wording.identifier(item.alert_id),
        "version": item.version,
        "signal": wording.identifier(item.signal_id),
        "signal_title": wording.signal_name(item),
        "severity": cut(item.severity, 20),
        "score": item.score,
        "assertion": wording.assertion(item),
        "headline": document.title,
        "url": document.url or None,
        "publisher": document.publisher,
        "published_at": document.published_at or None,
        "publishers": item.publishers,
        "sentence": cut(item.sentence, 280),
    }
