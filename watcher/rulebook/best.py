"""The best scores that a signal can come to, by the arithmetic of watcher.detection.score."""

from __future__ import annotations

from collections.abc import Collection

from watcher.detection.score import (
    ABOVE_PERCENT,
    ASIDE_PERCENT,
    CORROBORATION_POINTS,
    FURTHER_ACT_POINTS,
    MAX_ASIDE,
    MAX_FURTHER_ACTS,
    MAX_RAW,
    MAX_SCORE,
    PATTERN_POINTS,
)
from watcher.model.signal import Fields, Group, Pattern, Signal, Voice
from watcher.rulebook.slots import mentioned, slots_of


def best_scores(signal: Signal) -> tuple[int, int]:
    """The highest scores that one document can have, and that it can have once many publishers tell the same."""
    if signal.patterns:
        raw = max(_raw(signal, _asked(signal, pattern), pattern) for pattern in signal.patterns)
    else:
        raw = _raw(signal, {group.name for group in signal.groups if group.required is not False})
    raw = min(raw, MAX_RAW)
    over = max(0, raw - signal.alert_at)
    alone = min(MAX_SCORE, raw - over + _share(over, ABOVE_PERCENT))
    lifted = bool(signal.patterns) or alone >= signal.alert_at
    return alone, min(MAX_SCORE, alone + max(CORROBORATION_POINTS)) if lifted else alone


def _raw(signal: Signal, asked: Collection[str], pattern: Pattern | None = None) -> int:
    """Points before assertion, if all that is asked for and all else stands where it counts most."""
    points = sum(_most(signal, group) for group in signal.groups if group.name in asked)
    aside = sum(_share(_most(signal, group), ASIDE_PERCENT) for group in signal.groups if group.name not in asked)
    points += min(aside, MAX_ASIDE) + _share(PATTERN_POINTS, _highest(signal.fields))
    acting = {group.name for group in signal.groups if group.name.startswith("act")}
    acting |= {
        slot.group for one in signal.patterns for slot in slots_of(one) if slot.group and slot.voice is not Voice.ANY
    }
    if pattern is not None and acting.isdisjoint(asked) and any(slot.words for slot in slots_of(pattern)):
        # The pattern's own words stand for the action.
        points += max((_most(signal, group) for group in signal.groups if group.name in acting), default=0)
    return points + (MAX_FURTHER_ACTS * FURTHER_ACT_POINTS if acting else 0)


def _asked(signal: Signal, pattern: Pattern) -> set[str]:
    required = {group.name for group in signal.groups if group.required}
    return {*mentioned(pattern.slots), *pattern.around} | required


def _most(signal: Signal, group: Group) -> int:
    return _share(group.weight, _highest(group.fields or signal.fields))


def _highest(fields: Fields) -> int:
    return max(fields.title, fields.lead, fields.body)


def _share(points: int, percent: int) -> int:
    return (points * percent + 50) // 100
