"""Figures that moved: what a match says in numbers, against what was told before. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from watcher.model.alert import ToldFigure
from watcher.model.match import Match, Quantity
from watcher.model.signal import Measure, QuantityRule, Signal


def moved(signal: Signal, match: Match, story_id: str, told: Sequence[ToldFigure]) -> tuple[str, ...]:
    """Why the figures of `match` say more than the story's alert told, in sentences; empty if they do not.

    `told` are figures of this signal, oldest first: all of the story, and the last ones of other stories. A figure has
    moved if it is far enough from every value that the story told; if the story told none, from the last one anywhere.
    """
    found = []
    for quantity, rule in _watched(signal, match):
        same = _same(quantity, told)
        before = [one for one in same if one.story_id == story_id] or same[-1:]
        if before and all(_far(rule, one.value, quantity.value) for one in before):
            was, now = shown(before[-1].value), shown(quantity.value)
            found.append(f"{_label(quantity)} moved from {was} to {now} {quantity.unit}")
    return tuple(found)


def changed(signal: Signal, match: Match, told: Sequence[ToldFigure]) -> tuple[str, ...]:
    """What a first telling adds about its figures: each one that differs from the last value told anywhere."""
    found = []
    for quantity, _ in _watched(signal, match):
        before = _same(quantity, told)[-1:]
        if before and before[0].value != quantity.value:
            last = shown(before[0].value)
            found.append(f"{_label(quantity)} is {shown(quantity.value)} {quantity.unit}, last told as {last}")
    return tuple(found)


def tell(match: Match, story_id: str) -> tuple[ToldFigure, ...]:
    """What a telling of `match` leaves behind for the next one."""
    return tuple(ToldFigure(story_id, one.name, one.subject, one.unit, one.value) for one in match.quantities)


def shown(value: float) -> str:
    """48, 43.5, 3,200,000,000."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _watched(signal: Signal, match: Match) -> list[tuple[Quantity, QuantityRule]]:
    rules = {rule.name: rule for rule in signal.quantities if rule.moves is not None}
    return [(one, rules[one.name]) for one in match.quantities if one.name in rules]


def _same(quantity: Quantity, told: Sequence[ToldFigure]) -> list[ToldFigure]:
    key = (quantity.name, quantity.subject, quantity.unit)
    return [one for one in told if (one.name, one.subject, one.unit) == key]


def _far(rule: QuantityRule, before: float, now: float) -> bool:
    if rule.moves is None:
        return False
    least = rule.moves if rule.measure is Measure.PERCENT else abs(before) * rule.moves / 100
    return now != before and abs(now - before) >= least


def _label(quantity: Quantity) -> str:
    return f"{quantity.name} ({quantity.subject})" if quantity.subject else quantity.name
