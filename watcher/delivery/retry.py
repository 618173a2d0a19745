"""When to try again. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.model.delivery import DeliveryError, DeliveryStatus

DELAYS: tuple[timedelta, ...] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""The wait after the first, second, … failed attempt: the schedule of Standard Webhooks 1.0, three days in all."""

LONGEST = timedelta(hours=24)
SPREAD = 0.2


@dataclass(frozen=True, slots=True)
class Retry:
    """What becomes of the delivery. `due_at` is `now` for a dead one."""

    status: DeliveryStatus
    due_at: datetime


def after_failure(error: Exception, attempts: int, now: datetime, jitter: float) -> Retry:
    """The verdict after the `attempts`-th try (1 is the first) failed with `error`.

    `jitter` in [0, 1) spreads a wait over ±10 %. A Retry-After is never undercut and nothing waits longer than 24 h.
    Exceptions other than DeliveryError count as retryable. After the tenth failure, or a permanent one, it is dead.
    """
    verdict = error if isinstance(error, DeliveryError) else DeliveryError("unexpected")
    if verdict.permanent or attempts > len(DELAYS):
        return Retry(DeliveryStatus.DEAD, now)
    wait = DELAYS[max(attempts, 1) - 1] * (1 - SPREAD / 2 + SPREAD * jitter)
    if verdict.retry_after is not None:
        wait = max(wait, verdict.retry_after)
    status = DeliveryStatus.AMBIGUOUS if verdict.ambiguous else DeliveryStatus.RETRY
    return Retry(status, now + min(wait, LONGEST))
