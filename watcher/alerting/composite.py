"""Does a composite signal hold on what fired lately, and what does that come to? Pure: firings and `now` in.

An *occurrence* collects the stories that make the composite hold, for one window from the first of them on: it is one
alert, which speaks again by the ordinary rules. Each story belongs to one occurrence at most, so that a crisis that
goes on makes a new alert only when the composite holds on other stories.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from watcher.model.composite import Composite, Contribution, Firing, Part, Together

CLOCK_SLACK = timedelta(minutes=10)
"""How far a date of publication may lie after the first sight and still be believed."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one condition of the composite comes to. `stories` are those that carry it, none if it does not hold."""

    holds: bool
    stories: tuple[Firing, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a composite stands. `stories` has one firing for each signal and story, the earliest first.

    `occurrence_id` is the one that goes on, "" for a new one. `sides` are the conditions that must hold.
    """

    holds: bool
    stories: tuple[Firing, ...]
    sides: tuple[Side, ...]
    reasons: tuple[str, ...]
    occurrence_id: str = ""


def stand(
    composite: Composite, firings: Sequence[Firing], contributed: Sequence[Contribution], now: datetime
) -> Standing:
    """Whether `composite` holds at `now`. `contributed` are the stories of its earlier occurrences. Times are UTC."""
    since = now - composite.within
    current = _current(contributed, since)
    elsewhere = {(one.signal_id, one.story_id) for one in contributed if one.occurrence_id != current}
    recent = [one for one in firings if since < happened_at(one) <= now + CLOCK_SLACK]
    free = [one for one in recent if (one.signal_id, one.story_id) not in elsewhere]
    sides = [_side(one, free, composite.within) for one in composite.when.all]
    if composite.when.any:
        sides.append(_any(composite.when.any, free, composite.within))
    barred = _none(composite.when.none, recent, composite.within)
    holds = bool(sides) and not barred and all(side.holds for side in sides)
    stories = _distinct([one for side in sides for one in side.stories]) if holds else ()
    lacking = (*barred, *(reason for side in sides if not side.holds for reason in side.reasons))
    reasons = tuple(_story(one) for one in stories) if holds else lacking
    return Standing(holds, stories, tuple(sides), reasons, current if holds else "")


def contributions(standing: Standing, occurrence_id: str) -> tuple[Contribution, ...]:
    """What an occurrence rests on, to be remembered."""
    return tuple(
        Contribution(occurrence_id, one.signal_id, one.story_id, one.document_id, happened_at(one))
        for one in standing.stories
    )


def publishers(standing: Standing) -> int:
    """How many publishers tell the stories."""
    return max(1, len({one.publisher for one in standing.stories}))


def happened_at(firing: Firing) -> datetime:
    """The date of publication if it can be believed, else the first sight."""
    published = firing.published_at
    if published is not None and published <= firing.first_seen_at + CLOCK_SLACK:
        return published
    return firing.first_seen_at


def strength(firing: Firing) -> tuple[int, int, str]:
    """The order of firings: score, then assertion; the id only makes it a total one."""
    return firing.score, firing.assertion.strength, firing.document_id


def headline(firing: Firing) -> str:
    """What a person knows the story by."""
    return firing.title or firing.sentence or firing.document_id


def _current(contributed: Sequence[Contribution], since: datetime) -> str:
    """The occurrence that still collects: its first story lies in the window. Of several the latest."""
    began: dict[str, datetime] = {}
    for one in contributed:
        began[one.occurrence_id] = min(one.happened_at, began.get(one.occurrence_id, one.happened_at))
    going_on = [(begin, occurrence) for occurrence, begin in began.items() if begin > since]
    return max(going_on)[1] if going_on else ""


def _side(one: Part | Together, firings: Sequence[Firing], within: timedelta) -> Side:
    if isinstance(one, Part):
        return _part(one, firings, within)
    sides = [_side(inner, firings, within) for inner in one.all]
    if one.any:
        sides.append(_any(one.any, firings, within))
    barred = _none(one.none, firings, within)
    holds = bool(sides) and not barred and all(side.holds for side in sides)
    stories = tuple(story for side in sides for story in side.stories) if holds else ()
    return Side(holds, stories, (*barred, *(reason for side in sides for reason in side.reasons)))


def _any(choice: Collection[Part | Together], firings: Sequence[Firing], within: timedelta) -> Side:
    sides = [_side(one, firings, within) for one in choice]
    stories = tuple(story for side in sides for story in side.stories)
    return Side(any(side.holds for side in sides), stories, (" or ".join(_flat(sides)),))


def _none(barring: Collection[Part | Together], firings: Sequence[Firing], within: timedelta) -> tuple[str, ...]:
    sides = [_side(one, firings, within) for one in barring]
    return tuple(f"barred by {_story(story)}" for side in sides if side.holds for story in side.stories[:1])


def _part(part: Part, firings: Sequence[Firing], within: timedelta) -> Side:
    found = _distinct([one for one in firings if _fits(part, one)])
    reason = f"{part.signal}: {len(found)} of {part.count} needed in the last {_days(within)}"
    holds = len(found) >= part.count
    return Side(holds, found if holds else (), (reason,))


def _fits(part: Part, firing: Firing) -> bool:
    return (
        firing.signal_id == part.signal
        and firing.score >= part.min_score
        and (not part.assertion or firing.assertion in part.assertion)
        and firing.groups.issuperset(part.groups)
        and (not part.tags or not firing.tags.isdisjoint(part.tags))
    )


def _distinct(firings: Sequence[Firing]) -> tuple[Firing, ...]:
    """One firing for each signal and story: the strongest, at the time of the first; earliest first."""
    best: dict[tuple[str, str], Firing] = {}
    first: dict[tuple[str, str], datetime] = {}
    for one in firings:
        key = (one.signal_id, one.story_id)
        first[key] = min(happened_at(one), first.get(key, happened_at(one)))
        best[key] = max(one, best.get(key, one), key=strength)
    dated = [replace(one, published_at=first[key], first_seen_at=first[key]) for key, one in best.items()]
    return tuple(sorted(dated, key=lambda one: (one.first_seen_at, one.signal_id, one.story_id)))


def _story(firing: Firing) -> str:
    date = happened_at(firing).strftime("%Y-%m-%d %H:%M")
    return f"{firing.signal_id}, {date} UTC: “{headline(firing)}” (score {firing.score}, {firing.assertion})"


def _flat(sides: Sequence[Side]) -> list[str]:
    return [reason for side in sides for reason in side.reasons]


def _days(span: timedelta) -> str:
    hours = int(span.total_seconds() // 3600)
    return f"{hours // 24} days" if hours % 24 == 0 and hours >= 48 else f"{hours} hours"
