"""What a composite that holds comes to, as a match: score with ledger, evidence, and a sentence of headlines. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from watcher.alerting.composite import Standing, headline, strength
from watcher.model.composite import Composite, Firing
from watcher.model.match import Evidence, LedgerEntry, Match
from watcher.model.signal import Severity

SIGNAL_POINTS: Final = 5
STORY_POINTS: Final = 2
MOST_STORY_POINTS: Final = 10
MAX_SCORE: Final = 100
HEADLINES: Final = 5
"""Headlines that the sentence of an alert lists."""


def as_match(composite: Composite, standing: Standing) -> Match:
    """The match of a composite that holds: as strong as its weakest side, a little more for each further story."""
    ledger = _ledger(standing)
    score = sum(entry.points for entry in ledger)
    best = [max(side.stories, key=strength) for side in standing.sides]
    return Match(
        signal_id=composite.signal.id,
        score=score,
        severity=_band(composite, score).value,
        assertion=min((one.assertion for one in best), key=lambda one: one.strength),
        alert=score >= composite.signal.alert_at,
        evidence=tuple(_evidence(one) for one in standing.stories if one.title),
        ledger=ledger,
        alert_at=composite.signal.alert_at,
        sentence=_sentence(standing.stories),
    )


def _ledger(standing: Standing) -> tuple[LedgerEntry, ...]:
    weakest = min((max(side.stories, key=strength) for side in standing.sides), key=strength)
    entries = [LedgerEntry(f"the weakest side: {weakest.signal_id}, “{headline(weakest)}”", weakest.score)]
    sides = len(standing.sides)
    signals = len({one.signal_id for one in standing.stories}) - sides
    stories = len({one.story_id for one in standing.stories}) - sides
    if signals > 0:
        entries.append(LedgerEntry(f"{signals} more signals join in", SIGNAL_POINTS * signals))
    if stories > 0:
        entries.append(LedgerEntry(f"{stories} more stories", min(MOST_STORY_POINTS, STORY_POINTS * stories)))
    if (over := sum(entry.points for entry in entries) - MAX_SCORE) > 0:
        entries.append(LedgerEntry(f"at most {MAX_SCORE}", -over))
    return tuple(entries)


def _band(composite: Composite, score: int) -> Severity:
    reached = [band for band, lowest in composite.signal.severity if score >= lowest]
    return max(reached, key=lambda band: band.rank, default=Severity.LOW)


def _evidence(firing: Firing) -> Evidence:
    return Evidence("title", 0, len(firing.title), firing.title, firing.signal_id)


def _sentence(stories: Sequence[Firing]) -> str:
    """The headlines, the newest first: an update shows what is new."""
    shown = [f"{headline(one)} ({one.signal_id})" for one in reversed(stories)]
    more = len(shown) - HEADLINES
    return " · ".join(shown[:HEADLINES]) + (f" · and {more} more" if more > 0 else "")
