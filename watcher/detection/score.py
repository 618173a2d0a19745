"""Points: whole numbers whose ledger adds up to the score exactly. The formula is told in docs/detection.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from watcher.detection.assertion import FACTOR, FACTS
from watcher.detection.fields import Zone
from watcher.detection.topic import FULL
from watcher.model.match import Assertion, LedgerEntry, Match
from watcher.model.signal import Fields, Severity, Signal

MAX_SCORE: Final = 100
MAX_RAW: Final = 120  # before assertion: so that what is not stated as fact stays below the usual threshold
PATTERN_POINTS: Final = 20
USUAL: Final = Fields()
ASIDE_PERCENT: Final = 50  # of the weight of a group that the held pattern does not ask for
MAX_ASIDE: Final = 15  # for all of them together
FURTHER_ACT_POINTS: Final = 4  # for each other action stated as fact in title or lead
MAX_FURTHER_ACTS: Final = 3
ABOVE_PERCENT: Final = 50  # of every point above the alert threshold: bands and order must still show at the top
OWN_PERCENT: Final = 8  # of the threshold: what a near miss gains at most for words that few other signals look for
FLOOR: Final = 10  # what scores less is nothing to speak of, and no match
CORROBORATION_POINTS: Final = (0, 0, 4, 7, 10)  # by number of publishers


@dataclass(frozen=True, slots=True)
class GroupPoints:
    """A group found: its weight, the zone that counts, whether the held pattern asks for it, and what zones count."""

    name: str
    weight: int
    zone: Zone
    asked: bool = True
    fields: Fields = USUAL


class Nearness(IntEnum):
    """How near a text without a held pattern comes to the development: percent of the alert threshold."""

    NOTHING = 0
    PART = 14
    IN_THE_BODY = 23
    TOPIC_APART = 25
    TOPIC_TOGETHER = 29
    ALL_APART = 33
    ALL_TOGETHER = 39


_NO_PATTERN: Final = "no pattern held: "
_NEAR_REASON: Final = {
    Nearness.NOTHING: _NO_PATTERN + "the words are there, but far apart",
    Nearness.PART: _NO_PATTERN + "on a part of the topic",
    Nearness.IN_THE_BODY: _NO_PATTERN + "on the topic in a sentence of the body",
    Nearness.TOPIC_APART: _NO_PATTERN + "on the topic in neighbouring sentences, nothing done",
    Nearness.TOPIC_TOGETHER: _NO_PATTERN + "on the topic in one sentence, nothing done",
    Nearness.ALL_APART: _NO_PATTERN + "the words are there in neighbouring sentences, but not who does what to whom",
    Nearness.ALL_TOGETHER: _NO_PATTERN + "the words are there, but not who does what to whom",
}


def zone_percent(fields: Fields, zone: Zone) -> int:
    """Percent of its points that something in the zone counts."""
    if zone is Zone.TITLE:
        return fields.title
    return fields.lead if zone is Zone.LEAD else fields.body


def severity(signal: Signal, score: int) -> Severity:
    """The highest band whose lowest score is reached; low below them all."""
    reached = [band for band, lowest in signal.severity if score >= lowest]
    return max(reached, key=lambda band: band.rank, default=Severity.LOW)


def ledger(
    signal: Signal,
    groups: Sequence[GroupPoints],
    held: Zone | None,
    assertion: tuple[Assertion, str],
    excluded: str | None,
    further_acts: int = 0,
) -> tuple[LedgerEntry, ...]:
    """Every reason with its points, in the order in which they are applied. `held` is the zone of the held pattern."""
    entries = [_of_group(one) for one in groups]
    aside = sum(entry.points for one, entry in zip(groups, entries, strict=True) if not one.asked)
    if aside > MAX_ASIDE:
        entries.append(LedgerEntry(f"what the pattern does not ask for: at most {MAX_ASIDE}", MAX_ASIDE - aside))
    if held is not None:
        percent = zone_percent(signal.fields, held)
        reason = f"pattern held in the {held}{_unusual(percent, held)}"
        entries.append(LedgerEntry(reason, _share(PATTERN_POINTS, percent)))
    if acts := min(further_acts, MAX_FURTHER_ACTS):
        entries.append(LedgerEntry(f"further actions told: {acts}", acts * FURTHER_ACT_POINTS))
    _cap(entries, MAX_RAW)
    kind, cue = assertion
    _keep(entries, f"{kind}" + (f": “{cue}”" if cue else ""), FACTOR[kind])
    _flatten(entries, signal.alert_at)
    _cap(entries, MAX_SCORE)
    _exclude(entries, excluded)
    return tuple(entry for entry in entries if entry.points)


def near_ledger(
    signal: Signal, groups: Sequence[GroupPoints], near: Nearness, own: int, excluded: str | None
) -> tuple[LedgerEntry, ...]:
    """The same where no pattern holds: what is there counts up to a share of the alert threshold.

    `own` are the points of the signal's own topic: the share is larger the more of them there are.
    """
    entries = [_of_group(one) for one in groups]
    gained = _share(signal.alert_at * OWN_PERCENT, min(own, FULL) * 100 // FULL) / 100
    share = round(signal.alert_at * near / 100 + gained) if near else FLOOR - 1
    if (over := total(entries) - share) > 0:
        told = f" ({own} points of its own topic)" if own else ""
        entries.append(LedgerEntry(_NEAR_REASON[near] + told, -over))
    _exclude(entries, excluded)
    return tuple(entry for entry in entries if entry.points)


def total(entries: Sequence[LedgerEntry]) -> int:
    """The score that a ledger adds up to."""
    return sum(entry.points for entry in entries)


def corroborated(match: Match, signal: Signal, publishers: int) -> Match:
    """The match with points for being told by several publishers (2: +4, 3: +7, 4 or more: +10), severity anew.

    What is not stated as fact is not lifted over the alert threshold by being repeated.
    """
    bonus = CORROBORATION_POINTS[max(0, min(publishers, len(CORROBORATION_POINTS) - 1))]
    ceiling = MAX_SCORE if match.alert or (match.assertion in FACTS and match.pattern) else match.alert_at - 1
    points = max(0, min(bonus, ceiling - match.score)) if match.score else 0
    if not points:
        return match
    score = match.score + points
    entry = LedgerEntry(f"told by {publishers} publishers", points)
    return replace(
        match,
        score=score,
        ledger=(*match.ledger, entry),
        severity=severity(signal, score).value,
        alert=score >= match.alert_at,
    )


def _share(points: int, percent: int) -> int:
    return (points * percent + 50) // 100


def _of_group(one: GroupPoints) -> LedgerEntry:
    aside = 100 if one.asked else ASIDE_PERCENT
    percent = zone_percent(one.fields, one.zone)
    reason = f"{one.name} in the {one.zone}{_unusual(percent, one.zone)}"
    return LedgerEntry(reason, _share(one.weight, percent * aside // 100))


def _unusual(percent: int, zone: Zone) -> str:
    """The share, where a signal asks for another than the usual one: who reads the ledger should see why."""
    return "" if percent == zone_percent(USUAL, zone) else f" ({percent} %)"


def _cap(entries: list[LedgerEntry], most: int) -> None:
    if (over := total(entries) - most) > 0:
        entries.append(LedgerEntry(f"at most {most}", -over))


def _keep(entries: list[LedgerEntry], reason: str, percent: int) -> None:
    before = total(entries)
    entries.append(LedgerEntry(reason, _share(before, percent) - before))


def _flatten(entries: list[LedgerEntry], alert_at: int) -> None:
    if (over := total(entries) - alert_at) > 0:
        entries.append(LedgerEntry("above the threshold, every second point", _share(over, ABOVE_PERCENT) - over))


def _exclude(entries: list[LedgerEntry], excluded: str | None) -> None:
    if excluded is not None:
        entries.append(LedgerEntry(f"excluded by “{excluded}”", -total(entries)))
