"""Points: whole numbers whose ledger adds up to the score exactly. The formula is told in docs/detection.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from watcher.detection.assertion import FACTOR, FACTS
from watcher.detection.fields import Zone
from watcher.model.match import Assertion, LedgerEntry, Match
from watcher.model.signal import Severity, Signal

MAX_SCORE: Final = 100
PATTERN_POINTS: Final = 20
ZONE_PERCENT: Final = {Zone.TITLE: 100, Zone.LEAD: 85, Zone.BODY: 50}
FLOOR: Final = 15  # what scores less is nothing to speak of, and no match
CORROBORATION_POINTS: Final = (0, 0, 4, 7, 10)  # by number of publishers


@dataclass(frozen=True, slots=True)
class GroupPoints:
    """A group found: its weight and the zone that counts."""

    name: str
    weight: int
    zone: Zone


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
) -> tuple[LedgerEntry, ...]:
    """Every reason with its points, in the order in which they are applied. `held` is the zone of the held pattern."""
    entries = [
        LedgerEntry(f"{one.name} in the {one.zone}", _share(one.weight, ZONE_PERCENT[one.zone])) for one in groups
    ]
    if held is not None:
        entries.append(LedgerEntry(f"pattern held in the {held}", _share(PATTERN_POINTS, ZONE_PERCENT[held])))
    _cap(entries)
    if signal.patterns and held is None:
        _below_floor(entries)
    kind, cue = assertion
    _keep(entries, f"{kind}" + (f": “{cue}”" if cue else ""), FACTOR[kind])
    if excluded is not None:
        entries.append(LedgerEntry(f"excluded by “{excluded}”", -total(entries)))
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


def _cap(entries: list[LedgerEntry]) -> None:
    if (over := total(entries) - MAX_SCORE) > 0:
        entries.append(LedgerEntry(f"at most {MAX_SCORE}", -over))


def _keep(entries: list[LedgerEntry], reason: str, percent: int) -> None:
    before = total(entries)
    entries.append(LedgerEntry(reason, _share(before, percent) - before))


def _below_floor(entries: list[LedgerEntry]) -> None:
    if (over := total(entries) - (FLOOR - 1)) > 0:
        entries.append(LedgerEntry("no pattern held: the words are there, but not who does what to whom", -over))
