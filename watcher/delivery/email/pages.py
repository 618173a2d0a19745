"""What the templates show of a message: words and numbers, all inert. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from watcher.delivery import bars, listing, wording
from watcher.delivery.inert import cut, cut_parts, highlighted
from watcher.delivery.listing import Bounds, Line
from watcher.delivery.moments import stretch, told_at
from watcher.delivery.wording import Reference
from watcher.model.delivery import Activity, Message

COLOURS = {"low": "#3a6ea5", "medium": "#8a6d00", "high": "#b54708", "critical": "#b3261e"}
OTHER = "#5f6368"
_TAKEN = frozenset({"alert", "update", "escalation"})
"""Kinds that somebody may want to take."""
TALLEST, LEAST = 28, 4
"""Pixels of a bar."""


def alert(message: Message, timezone: str) -> dict[str, object]:
    """For alerts, updates, escalations, tests, notices and status messages."""
    document = wording.reference(message.document)
    language = message.language if re.fullmatch(r"[A-Za-z]{2,3}", message.language) else "en"
    return {
        "label": wording.label(message),
        "late": wording.late(message),
        "urgent": _step(message),
        "signal": wording.signal_name(message),
        "document": document,
        "origin": _origin(document, timezone),
        "quote": cut_parts(highlighted(message.sentence, message.highlights), 1_000),
        "score": message.score,
        "assertion": wording.assertion(message),
        "corroboration": wording.corroboration(message),
        "ledger": wording.ledger(message),
        "reasons": wording.reasons(replace(message, late="")),  # that has a place of its own
        "others": wording.others(message),
        "more": wording.more_others(message),
        "signal_id": wording.identifier(message.signal_id),
        "alert_id": wording.identifier(message.alert_id),
        "colour": COLOURS.get(message.severity, OTHER),
        "language": language,
        "preview": _preview(message),
        "until": told_at(message.until, timezone) if message.until else "",
        "written": told_at(message.created_at, timezone),
        "take": f"watcher alerts ack {wording.identifier(message.alert_id)}" if message.kind in _TAKEN else "",
    }


def digest(message: Message, timezone: str, bounds: Bounds) -> dict[str, object]:
    """For digests and summaries."""
    sections = listing.sections(message, bounds)
    roundup = message.roundup
    rows, more_rows = listing.activity(message)
    return {
        "title": listing.title(message),
        "late": wording.late(message),
        "window": stretch(roundup.since, roundup.until, timezone) if roundup else "",
        "because": listing.because(message),
        "sections": [
            {
                "signal": section.signal,
                "signal_id": section.signal_id,
                "total": section.total,
                "lines": [_line(line, timezone) for line in section.lines],
                "more": f"and {section.more} more" if section.more else "",
            }
            for section in sections
        ],
        "left_out": listing.left_out(message, sections),
        "not_told": listing.not_told(message),
        "chart": _chart(rows),
        "more_rows": more_rows,
        "language": "en",
        "preview": f"{listing.counted(message)}. {listing.strongest(message)}".strip(),
    }


def _line(line: Line, timezone: str) -> dict[str, object]:
    return {
        "label": line.label,
        "colour": COLOURS.get(line.severity, OTHER),
        "document": line.document,
        "origin": _origin(line.document, timezone),
        "quote": line.quote,
        "facts": f"Score {line.score} · {line.corroboration} · {line.assertion}",
        "alert_id": line.alert_id,
    }


def _origin(document: Reference, timezone: str) -> str:
    return " · ".join(part for part in (document.publisher, told_at(document.published_at, timezone)) if part)


def _chart(rows: tuple[Activity, ...]) -> list[dict[str, object]]:
    """All signals on one scale, so that the eye may compare them."""
    most = max((count for row in rows for count in row.counts), default=0)
    return [
        {
            "signal": cut(row.signal_title, 120) or wording.identifier(row.signal_id),
            "bars": [
                {"height": height, "count": count}
                for height, count in zip(bars.heights(row.counts, most, TALLEST, LEAST), row.counts, strict=True)
            ],
            "days": len(row.counts),
            "spark": bars.sparkline(row.counts, most),
            "total": sum(row.counts),
            "last": row.counts[-1] if row.counts else 0,
        }
        for row in rows
    ]


def _step(message: Message) -> str:
    """ "step 2 of duty-ladder" of an escalation, else ""."""
    if message.kind != "escalation" or not message.reasons:
        return ""
    return cut(message.reasons[0], 200).removesuffix(": nobody has taken it")


def _preview(message: Message) -> str:
    """What a phone shows beside the subject."""
    if message.kind == "status":
        return wording.life(message)
    return wording.sentence(message)[:200] or wording.summary(message)
