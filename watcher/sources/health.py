"""How a source does: one verdict a poll, and a state that changes only when verdicts last. Pure.

One bad poll says little: servers restart, pages are cut short. So a verdict has to come several times in a row before
it becomes the source's health, and the operator is told of that change once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from watcher.model.document import HELD, Document, Health, Outcome, Poll, SourceState
from watcher.model.notice import Notice
from watcher.model.signal import Severity

FLOOD = 200
"""New documents in one poll from which it counts as flooding; a first poll never does."""

LET_THROUGH = 50
"""Of each poll of a quarantined source, the newest documents that may still raise alerts."""

SLOW_FROM_S, SLOW_UNTIL_S = 8.0, 4.0
"""Usual seconds for an answer: above the first a source becomes slow, below the second it no longer is."""

STALE_LEAST = timedelta(days=3)
"""No silence shorter than this is stale: a ministry rests at weekends."""

STALE_RHYTHMS = 20
"""How many times its own rhythm a source is silent before it is stale."""

STALE_UNKNOWN = timedelta(days=30)
"""The same for a source whose rhythm is not known."""

LASTING = 3
"""Verdicts in a row that make a change for the worse."""

_WITHIN = {Health.STALE: 1, Health.GONE: 2, Health.HEALTHY: 2}
_CALM = 6
"""Calm polls that end a quarantine."""

NAMED = 8
"""Sources of one state that a summary names."""

_URGENT = {Health.FAILING, Health.BLOCKED, Health.GONE, Health.QUARANTINED}


def judged(state: SourceState, poll: Poll, now: datetime, new: int) -> SourceState:
    """The state with the verdict of this poll in it; `state` already holds its times, rhythm and latency."""
    before = state.health is Health.QUARANTINED
    if poll.outcome is Outcome.UNCHANGED and state.leaning is Health.QUARANTINED and not before:
        return state  # between two floods nothing is new: that is no calm yet
    verdict = _verdict(state, poll, now, new)
    proven = Health.HEALTHY is state.health or state.told_health is not Health.NEW or _lasts(state)
    streak = min(state.leaning_polls + 1, 1_000) if verdict is state.leaning else 1
    state = replace(state, leaning=verdict, leaning_polls=streak)
    if verdict is not state.health and (not proven or streak >= _needed(state.health, verdict)):
        state = replace(state, health=verdict, health_since=now)
    return state


def _lasts(state: SourceState) -> bool:
    """Whether the health of a source that nobody was told of yet is confirmed; else the next verdict replaces it."""
    needed = _needed(Health.NEW, state.health)
    return state.health is not Health.NEW and state.leaning is state.health and state.leaning_polls >= needed


def untold(state: SourceState) -> bool:
    """Whether the operator is to hear of this state: it differs from what was told, and has lasted."""
    if state.health in (state.told_health, Health.NEW) or state.leaning is not state.health:
        return False
    if state.told_health is Health.NEW and state.health is Health.HEALTHY:
        return False
    return state.leaning_polls >= _needed(state.told_health, state.health)


def _verdict(state: SourceState, poll: Poll, now: datetime, new: int) -> Health:
    if poll.outcome is Outcome.FAILED or poll.health is Health.EMPTY:
        return poll.health
    if new >= FLOOD and state.documents > new:
        return Health.QUARANTINED
    if silence_too_long(state, now):
        return Health.STALE
    limit = SLOW_UNTIL_S if state.health is Health.SLOW else SLOW_FROM_S
    return Health.SLOW if (state.latency_s or 0.0) > limit else Health.HEALTHY


def _needed(old: Health, new: Health) -> int:
    if old is Health.NEW and new is Health.HEALTHY:
        return 1
    if old is Health.STALE and new is Health.HEALTHY:
        return 1  # a new document is proof enough
    if old is Health.QUARANTINED:
        return _CALM
    return _WITHIN.get(new, LASTING)


def silence_too_long(state: SourceState, now: datetime) -> bool:
    """Whether nothing new came for far longer than this source usually takes."""
    if state.last_new_at is None:
        return False
    return now - state.last_new_at > patience(state)


def patience(state: SourceState) -> timedelta:
    """How long a source may bring nothing new before it is stale."""
    if state.rhythm_s is None:
        return STALE_UNKNOWN
    seconds = min(state.rhythm_s * STALE_RHYTHMS, (STALE_UNKNOWN * 12).total_seconds())
    return max(STALE_LEAST, timedelta(seconds=seconds))


def hold(state: SourceState, new: tuple[Document, ...]) -> tuple[Document, ...]:
    """What a quarantined source brought, with all but its newest marked as held back; of others what it is.

    Newest is by date if all have one, else feeds put the newest first.
    """
    if state.health is not Health.QUARANTINED or len(new) <= LET_THROUGH:
        return new
    dated = [document.published_at for document in new]
    order = list(range(len(new)))
    if all(dated):
        order.sort(key=lambda index: dated[index] or state.next_due_at, reverse=True)
    held = set(order[LET_THROUGH:])
    return tuple(
        replace(document, tags=(*document.tags, HELD)) if index in held else document
        for index, document in enumerate(new)
    )


def why(state: SourceState, now: datetime) -> str:
    """What there is to say of a health that no error explains; "" for the others."""
    if state.health is Health.STALE and state.last_new_at:
        usual = f"; usually every {spell(state.rhythm_s)}" if state.rhythm_s else ""
        return f"nothing new for {spell((now - state.last_new_at).total_seconds())}{usual}"
    if state.health is Health.SLOW and state.latency_s:
        return f"answers after {state.latency_s:.0f} s"
    if state.health is Health.QUARANTINED:
        return f"floods: {FLOOD} and more new documents a poll; only the newest {LET_THROUGH} of each may alert"
    return ""


def notice_of(state: SourceState) -> Notice:
    """What the operator is told of a source whose health has changed."""
    old, new = state.told_health, state.health
    named = f"{new} ({state.failure})" if state.failure and new is Health.FAILING else str(new)
    parts = [f"It was {old}."] if old is not Health.NEW else []
    if new is not Health.HEALTHY:
        parts += [f"{state.reason[:300]}."] if state.reason else []
        last = state.last_success_at
        parts.append(f"Last success {last:%Y-%m-%d %H:%M} UTC." if last else "It never succeeded.")
        parts.append(f"`watcher sources --state {new}` lists it.")
    return Notice(
        kind="source-health",
        subject=f"Source {state.source_id} is {named}",
        text=" ".join(parts),
        severity=_severity(new),
        dedup_key=_key([state]),
    )


def summary_of(states: Sequence[SourceState]) -> Notice:
    """The same of many sources at once: how many are now what, and the first few of each by name."""
    groups: dict[Health, list[str]] = {}
    for state in states:
        groups.setdefault(state.health, []).append(state.source_id)
    lines = []
    for health in sorted(groups):
        ids = sorted(groups[health])
        more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
        lines.append(f"{len(ids)} {health}: {', '.join(ids[:NAMED])}{more}.")
    return Notice(
        kind="source-health",
        subject=f"{len(states)} sources have changed: "
        + ", ".join(f"{len(groups[health])} {health}" for health in sorted(groups)),
        text=" ".join(lines) + " `watcher sources` shows why.",
        severity=max((_severity(health) for health in groups), key=lambda severity: severity.rank),
        dedup_key=_key(states),
    )


def _severity(health: Health) -> Severity:
    return Severity.MEDIUM if health in _URGENT else Severity.LOW


def _key(states: Sequence[SourceState]) -> str:
    """Names the change: the same sources in the same states since the same moments."""
    told = sorted(f"{each.source_id}\x1f{each.health}\x1f{each.health_since}" for each in states)
    return "source-health/" + sha256("\n".join(told).encode()).hexdigest()[:24]


def spell(seconds: float) -> str:
    """A length of time in the largest unit that fits: `45 s`, `12 min`, `3 h`, `9 d`."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
