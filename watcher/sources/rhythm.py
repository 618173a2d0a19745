"""When a source is polled next, from its own rhythm and what its publisher asks for. Pure: `now` and chance come in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from statistics import median

from watcher.model.document import Health, Item, Outcome, Poll, Source, SourceState
from watcher.sources.health import judged, why

MAX_BACKOFF = timedelta(hours=6)
"""Longest pause of a failing source (unless its own `every` is longer): it is never given up."""

FIRST_WITHIN = timedelta(hours=1)
"""The first poll comes within this, however seldom a source is polled."""

HASTE = timedelta(seconds=30)
"""Polls of a source whose window turns over get no closer together (unless its own `every` is shorter)."""

_FEW = 20
_FIRST_PACE = timedelta(milliseconds=100)
_JITTER = 0.05
_IDLE_SHARE = 0.1
_RHYTHM_SHARE = 0.5
_WEIGHT = 0.3
_MOST_HURRY = 5
_OVERLAP = 0.25
_MAX_REASON = 500


def first_due(source: Source, now: datetime, crowd: int = 1_000_000) -> datetime:
    """When a source that was never polled is due: spread by its id over its interval, an hour at most.

    `crowd` sources begin together: a few are due at once, more are given a tenth of a second each, so that nobody who
    tries this out has to wait.
    """
    return now + min(source.every, FIRST_WITHIN, _FIRST_PACE * max(0, crowd - _FEW)) * _share(source)


def after_poll(
    source: Source,
    state: SourceState,
    poll: Poll,
    now: datetime,
    jitter: float,
    new: int = 0,
    *,
    known: int | None = None,
    held: int = 0,
) -> SourceState:
    """The source's state after a poll. `jitter` is in [0, 1).

    `new` counts the documents that it added, `known` the items that were there already (None: not counted), `held` the
    new ones whose alerts are held back. A failure that is `ours` is not counted.

    Success: due after its interval, moved by at most 5 % towards the source's own place in `every`, so that sources
    that fell due together drift apart. Failure: `every` doubled with each failure in a row, at most MAX_BACKOFF; a
    longer Retry-After is kept. Validators and what is known of the content survive a failure; a remembered move does
    not, so that the next poll asks the configured address.
    """
    same = state.url == source.url
    state = replace(state, last_polled_at=now, polls=state.polls + 1, latency_s=_latency(state, poll))
    if poll.outcome is Outcome.FAILED:
        return _failed(source, state, poll, now, jitter)
    since = state.last_new_at
    rhythm = _rhythm(state, poll.items, now, new)
    missed = same and not poll.pushed and known == 0 and new > 1 and _windowed(state, poll)
    state = replace(
        state,
        url=source.url,
        failures=0,
        failure="",
        etag=poll.etag,
        last_modified=poll.last_modified,
        body_hash=poll.body_hash,
        cursor=state.cursor if poll.cursor is None else poll.cursor,
        last_success_at=now,
        last_new_at=since if since and not new else now,
        rhythm_s=rhythm,
        documents=state.documents + new,
        held=state.held + held,
        moved_to=poll.moved_to,
    )
    if missed:
        state = _missed(state, since, poll.items, now)
    state = judged(state, poll, now, new)
    if poll.pushed:  # what was sent says nothing about when to ask
        return replace(state, reason=why(state, now)[:_MAX_REASON])
    state = replace(state, hurry=_hurry(state, poll, new, known, missed=missed))
    reasons = [*poll.notes, why(state, now)]
    pause = _pause(source, state, poll, now)
    due = max(_steered(source, now, pause), now + (poll.retry_after or timedelta(0)))
    reason = "; ".join(reason for reason in reasons if reason)[:_MAX_REASON]
    return replace(state, reason=reason, pause_s=pause.total_seconds(), next_due_at=due)


def _failed(source: Source, state: SourceState, poll: Poll, now: datetime, jitter: float) -> SourceState:
    asked = poll.retry_after or timedelta(0)
    if poll.ours:
        pause = _varied(source.every, jitter)
        return replace(
            state,
            reason=f"not counted, most hosts fail at once: {poll.error}"[:_MAX_REASON],
            pause_s=pause.total_seconds(),
            next_due_at=now + max(pause, asked),
        )
    failures = state.failures + 1
    state = judged(state, poll, now, 0)
    longest = max(MAX_BACKOFF, source.every)
    pause = min(longest, _varied(_backoff(source, failures, state.health), jitter))
    return replace(
        state,
        failures=failures,
        failure=poll.failure,
        reason=poll.error[:_MAX_REASON],
        moved_to=None,
        pause_s=pause.total_seconds(),
        next_due_at=now + max(pause, asked),
    )


def _pause(source: Source, state: SourceState, poll: Poll, now: datetime) -> timedelta:
    pause = _interval(source, state, now)
    if poll.wish:
        pause = max(pause, min(poll.wish, source.every_max or source.every))
    if state.hurry:
        pause = max(pause / 2**state.hurry, min(HASTE, source.every))
    return pause


def _interval(source: Source, state: SourceState, now: datetime) -> timedelta:
    """Half the source's rhythm, or a tenth of its silence if that is longer, between `every` and `every_max`."""
    if source.every_max is None or state.last_new_at is None:
        return source.every
    usual = timedelta(seconds=min(state.rhythm_s or 0.0, 1e9)) * _RHYTHM_SHARE
    idle = (now - state.last_new_at) * _IDLE_SHARE
    return max(source.every, min(source.every_max, max(usual, idle)))


def _rhythm(state: SourceState, items: Sequence[Item], now: datetime, new: int) -> float | None:
    """Seconds between two new documents, smoothed; at first as the dates of the items tell, which it soon forgets."""
    if state.last_new_at is None or not state.documents:
        return _dated_rhythm(items, now)
    if not new:
        return state.rhythm_s
    gap = max(0.0, (now - state.last_new_at).total_seconds()) / new
    return gap if state.rhythm_s is None else state.rhythm_s + _WEIGHT * (gap - state.rhythm_s)


def _dated_rhythm(items: Sequence[Item], now: datetime) -> float | None:
    dates = sorted(item.published_at for item in items if item.published_at and item.published_at <= now)[-21:]
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(dates)]
    return median(gaps) if len(gaps) >= 2 else None


def _windowed(state: SourceState, poll: Poll) -> bool:
    """Whether items that are all new mean that others may have come and gone since the last poll.

    Not for kinds that read on from where they were (`cursor`), nor for pages whose every change is new.
    """
    whole = poll.outcome is Outcome.CHANGED and poll.cursor is None and state.cursor is None
    return whole and state.documents > 0 and not any(item.guid_only for item in poll.items)


def _missed(state: SourceState, since: datetime | None, items: Sequence[Item], now: datetime) -> SourceState:
    """The gap reaches from the last news to the oldest item, if its date is to be believed, else until now."""
    oldest = min((item.published_at for item in items if item.published_at), default=now)
    until = oldest if since and since < oldest < now else now
    return replace(state, windows_missed=state.windows_missed + 1, missed_from=since, missed_until=until)


def _hurry(state: SourceState, poll: Poll, new: int, known: int | None, *, missed: bool) -> int:
    """Twice as often with each missed window; as before, step by step, once a good part of what comes is known."""
    if Health.QUARANTINED in (state.leaning, state.health):
        return 0
    if missed:
        return min(_MOST_HURRY, state.hurry + 1)
    overlaps = poll.outcome is Outcome.UNCHANGED or (known or 0) > _OVERLAP * new
    return max(0, state.hurry - 1) if overlaps else state.hurry


def _latency(state: SourceState, poll: Poll) -> float | None:
    if poll.seconds is None or poll.outcome is Outcome.FAILED:
        return state.latency_s
    before = state.latency_s
    return poll.seconds if before is None else before + _WEIGHT * (poll.seconds - before)


def _backoff(source: Source, failures: int, health: Health) -> timedelta:
    longest = max(MAX_BACKOFF, source.every)
    if health is Health.GONE:
        return longest
    # 2**30 seconds is longer than any pause; without a bound the number would outgrow a timedelta.
    return min(longest, source.every * 2 ** min(failures - 1, 30)) if source.every < longest else source.every


def _varied(pause: timedelta, jitter: float) -> timedelta:
    return pause * (1 + _JITTER * (2 * jitter - 1))


def _steered(source: Source, now: datetime, pause: timedelta) -> datetime:
    """`now + pause`, moved by at most 5 % towards the source's own place in the grid of its `every`."""
    grid = source.every.total_seconds()
    due = now + pause
    off = (due.timestamp() - _share(source) * grid) % grid
    off = off - grid if off > grid / 2 else off
    most = _JITTER * pause.total_seconds()
    return due - timedelta(seconds=max(-most, min(most, off)))


def _share(source: Source) -> float:
    """A number in [0, 1) that stays with the source."""
    return int.from_bytes(sha256(source.id.encode()).digest()[:4], "big") / 2**32
