"""What a digest and a summary say, in the same words on every channel: plain, cleaned, bounded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from watcher.delivery import wording
from watcher.delivery.inert import Part, cut, cut_parts, highlighted
from watcher.delivery.wording import Reference
from watcher.model.delivery import Activity, Item, Message

KINDS = frozenset({"digest", "summary"})
"""Kinds of messages that list alerts."""

MOST_SUPPRESSED = 8
_SUPPRESSED = {
    "already-told": "told already",
    "silence": "under a silence",
    "quiet-hours": "in quiet hours",
    "snoozed": "put off by a person",
    "inhibited": "said by another alert",
    "quarantine": "from a source in quarantine",
    "no-route": "with no route",
    "too-old": "too old",
    "shadow": "of a signal on trial",
    "suppressed": "for another reason",
}


@dataclass(frozen=True, slots=True)
class Bounds:
    """At most `each` alerts of a signal and `most` in all are listed, with `quote` characters of each sentence."""

    each: int = 5
    most: int = 40
    quote: int = 280


@dataclass(frozen=True, slots=True)
class Line:
    """One alert, made inert."""

    label: str
    severity: str
    document: Reference
    quote: tuple[Part, ...]
    corroboration: str
    score: int
    assertion: str
    alert_id: str


@dataclass(frozen=True, slots=True)
class Section:
    """The alerts of one signal, strongest first; `more` are not listed."""

    signal: str
    signal_id: str
    lines: tuple[Line, ...]
    more: int

    @property
    def total(self) -> int:
        """All of them."""
        return len(self.lines) + self.more


def sections(message: Message, bounds: Bounds) -> tuple[Section, ...]:
    """The signals in the message's order (strongest first). One for which there is no room left is not among them."""
    left, found = bounds.most, []
    # With many signals each gets less, so that all are seen.
    each = max(1, min(bounds.each, bounds.most // max(1, len({item.signal_id for item in message.items}))))
    for signal_id, group in groupby(message.items, key=lambda item: item.signal_id):
        items = tuple(group)
        shown = items[: min(each, left)]
        if not shown:
            break
        left -= len(shown)
        name = wording.signal_name(items[0])
        lines = tuple(line(item, bounds.quote) for item in shown)
        found.append(Section(name, wording.identifier(signal_id), lines, len(items) - len(shown)))
    return tuple(found)


def line(item: Item, quote: int) -> Line:
    """An alert as one entry of the list."""
    return Line(
        label=wording.label(item),
        severity=item.severity,
        document=wording.reference(item.document),
        quote=cut_parts(highlighted(item.sentence, item.highlights), quote),
        corroboration=wording.corroboration(item),
        score=item.score,
        assertion=wording.assertion(item),
        alert_id=wording.identifier(item.alert_id),
    )


def left_out(message: Message, shown: Iterable[Section]) -> str:
    """ "and 31 alerts of 4 further signals", or "" if each signal has its section."""
    listed = list(shown)
    alerts = len(message.items) - sum(section.total for section in listed)
    signals = len({item.signal_id for item in message.items}) - len(listed)
    return f"and {_many(alerts, 'alert')} of {_many(signals, 'further signal')}" if alerts > 0 else ""


def counted(message: Message) -> str:
    """ "12 alerts, 2 of them critical"."""
    total = len(message.items)
    if not total:
        return "no alerts"
    for severity in ("critical", "high"):
        several = sum(item.severity == severity for item in message.items)
        if several == total:
            return f"{total} {severity} alert{'' if total == 1 else 's'}"
        if several:
            return f"{_many(total, 'alert')}, {several} of them {severity}"
    return _many(total, "alert")


def strongest(message: Message) -> str:
    """The headline of the strongest alert, "" if there is none: the first item, because items are so ordered."""
    return wording.reference(message.items[0].document).title if message.items else ""


def title(message: Message) -> str:
    """ "Digest: 12 alerts, 2 of them critical"."""
    if message.kind == "digest":
        return f"Digest: {counted(message) if message.items else 'all quiet'}"
    return f"Summary: {counted(message)}"


def because(message: Message) -> str:
    """Why these alerts come together, as a sentence."""
    why = message.roundup.why if message.roundup else ""
    if why == "limit":
        return "They came faster than this channel is to be told, so they come together."
    if why == "group":
        return "They are alike, so they come together."
    return "" if message.items else "Nothing was told in this time."


def suppressed(message: Message) -> tuple[str, ...]:
    """ "12 told already", most first; beyond the eighth they are summed up."""
    counts = message.roundup.suppressed if message.roundup else ()
    shown = [f"{count} {_SUPPRESSED.get(reason, cut(reason, 40))}" for reason, count in counts[:MOST_SUPPRESSED]]
    rest = sum(count for _, count in counts[MOST_SUPPRESSED:])
    return (*shown, *((f"{rest} for other reasons",) if rest else ()))


def not_told(message: Message) -> tuple[str, ...]:
    """What the digest knows and did not tell, as sentences: suppressed matches and near misses."""
    roundup = message.roundup
    if roundup is None or message.kind != "digest":
        return ()
    total = sum(count for _, count in roundup.suppressed)
    held = "1 match was" if total == 1 else f"{total} matches were"
    quiet = f"{held} held back: {', '.join(suppressed(message))}." if total else "Nothing was held back."
    near = roundup.near_misses
    missed = f"{_many(near, 'near miss', 'near misses')} stayed below the threshold."
    return quiet, missed if near else "There were no near misses."


def activity(message: Message, most: int = 10) -> tuple[tuple[Activity, ...], str]:
    """The busiest signals, and "and 3 more signals" or ""."""
    rows = message.roundup.activity if message.roundup else ()
    left = len(rows) - most
    return rows[:most], f"and {_many(left, 'more signal')}" if left > 0 else ""


def _many(count: int, name: str, names: str = "") -> str:
    return f"1 {name}" if count == 1 else f"{count} {names or name + 's'}"
