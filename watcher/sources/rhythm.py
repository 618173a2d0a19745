"""When a source is polled next, and what is known of its health. Pure: `now` and chance are passed in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from watcher.model.document import Health, Outcome, Poll, Source, SourceState

MAX_BACKOFF = timedelta(hours=6)
"""Longest pause of a failing source (unless its own `every` is longer): it is never given up."""

_SPREAD = timedelta(seconds=60)
_JITTER = 0.05
_IDLE_SHARE = 0.1
_MAX_REASON = 500


def first_due(source: Source, now: datetime) -> datetime:
    """When a source that was never polled is due: spread by its id, within a minute, so that a new user sees something.

    Sources with `every` of a minute or less are due at once.
    """
    if source.every <= _SPREAD:
        return now
    share = int.from_bytes(sha256(source.id.encode()).digest()[:4], "big") / 2**32
    return now + _SPREAD * share


def after_poll(
    source: Source, state: SourceState, poll: Poll, now: datetime, jitter: float, new: int = 0
) -> SourceState:
    """The source's state after a poll. `jitter` is in [0, 1); `new` counts the documents that the poll added.

    Success: due after `every`, give or take 5 %; if the source has `every_max`, a tenth of the time since its last new
    document, between the two. Failure: `every` doubled with each failure in a row, at most MAX_BACKOFF; a longer
    Retry-After is kept. Validators and what is known of the content survive a failure.
    """
    state = replace(state, last_polled_at=now, polls=state.polls + 1, health=poll.health)
    if poll.outcome is Outcome.FAILED:
        failures = state.failures + 1
        longest = max(MAX_BACKOFF, source.every)
        pause = min(longest, _varied(_backoff(source, failures, poll.health), jitter))
        return replace(
            state,
            failures=failures,
            reason=poll.error[:_MAX_REASON],
            next_due_at=now + max(pause, poll.retry_after or timedelta(0)),
        )
    last_new = now if new else state.last_new_at
    return replace(
        state,
        failures=0,
        reason="; ".join(poll.notes)[:_MAX_REASON],
        etag=poll.etag,
        last_modified=poll.last_modified,
        body_hash=poll.body_hash,
        cursor=state.cursor if poll.cursor is None else poll.cursor,
        last_success_at=now,
        last_new_at=last_new,
        documents=state.documents + new,
        moved_to=poll.moved_to,
        next_due_at=now + max(_varied(_interval(source, last_new, now), jitter), poll.retry_after or timedelta(0)),
    )


def _interval(source: Source, last_new: datetime | None, now: datetime) -> timedelta:
    if source.every_max is None or last_new is None:
        return source.every
    return max(source.every, min(source.every_max, (now - last_new) * _IDLE_SHARE))


def _backoff(source: Source, failures: int, health: Health) -> timedelta:
    longest = max(MAX_BACKOFF, source.every)
    if health is Health.GONE:
        return longest
    # 2**30 seconds is longer than any pause; without a bound the number would outgrow a timedelta.
    return min(longest, source.every * 2 ** min(failures - 1, 30)) if source.every < longest else source.every


def _varied(pause: timedelta, jitter: float) -> timedelta:
    return pause * (1 + _JITTER * (2 * jitter - 1))
