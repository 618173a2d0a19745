"""Round-ups: many alerts as one message. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from watcher.model.alert import Speak
from watcher.model.delivery import Activity, Citation, Item, Message, Roundup
from watcher.model.signal import Severity, Signal
from watcher.services.compose import rfc3339

DAYS = 14
"""Days of activity that a digest shows."""


def item(told: Message) -> Item:
    """The message as one line of a round-up."""
    return Item(
        kind=told.kind,
        alert_id=told.alert_id,
        signal_id=told.signal_id,
        signal_title=told.signal_title,
        severity=told.severity,
        score=told.score,
        assertion=told.assertion,
        document=told.document,
        sentence=told.sentence,
        highlights=told.highlights,
        publishers=told.publishers,
        version=told.version,
        created_at=told.created_at,
    )


def items(told: Iterable[Message]) -> tuple[Item, ...]:
    """One item an alert, as it was told last; by signal, strongest first among signals and within each."""
    last = {message.alert_id: item(message) for message in told}
    strongest: dict[str, tuple[int, int]] = {}
    for one in last.values():
        strongest[one.signal_id] = max(strongest.get(one.signal_id, (0, 0)), _strength(one))
    return tuple(
        sorted(
            last.values(),
            key=lambda one: (
                [-part for part in strongest[one.signal_id]],
                one.signal_id,
                [-part for part in _strength(one)],
                one.created_at,
            ),
        )
    )


def roundup_message(kind: str, listed: Sequence[Item], told: Roundup, now: datetime) -> Message:
    """`kind` is digest or summary. Severity and score are the highest listed; no item is a quiet digest."""
    severity = max((Severity(one.severity) for one in listed), key=lambda each: each.rank, default=Severity.LOW)
    signals = {one.signal_id: one.signal_title for one in listed}
    alone = len(signals) == 1
    return Message(
        kind=kind,
        alert_id="",
        signal_id=next(iter(signals)) if alone else "",
        signal_title=next(iter(signals.values())) if alone else f"{len(signals)} signals",
        story_id="",
        severity=str(severity),
        score=max((one.score for one in listed), default=0),
        assertion="",
        document=Citation(_headline(listed), "", ""),
        sentence="",
        created_at=rfc3339(now),
        items=tuple(listed),
        roundup=told,
    )


def activity(
    signals: Iterable[Signal], counted: Mapping[tuple[str, int], int], days: int = DAYS
) -> tuple[Activity, ...]:
    """A row for each signal that matched, the busiest first; `counted` is keyed by (signal id, days before the end)."""
    rows = []
    for signal in signals:
        counts = tuple(counted.get((signal.id, days - 1 - day), 0) for day in range(days))
        if any(counts):
            rows.append(Activity(signal.id, signal.title, counts))
    return tuple(sorted(rows, key=lambda row: (-sum(row.counts), row.signal_id)))


def ranked(suppressed: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Reasons with their counts, most first."""
    counts = Counter({reason or str(Speak.SUPPRESSED): count for reason, count in suppressed.items()})
    return tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _strength(one: Item) -> tuple[int, int]:
    return Severity(one.severity).rank, one.score


def _headline(listed: Sequence[Item]) -> str:
    if not listed:
        return "No alerts"
    return "1 alert" if len(listed) == 1 else f"{len(listed)} alerts"
