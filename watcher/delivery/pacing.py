"""How fast a lane may go. A lane is what shares a limit: a Slack channel, a mail server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

MOST_LANES = 1_000


class Pacer:
    """Hands out the slots of each lane in order. `clock` is a monotonic clock in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._next: dict[str, float] = {}

    def wait(self, lane: str) -> float:
        """Seconds until the lane is free, 0.0 if it is; takes nothing."""
        return max(0.0, self._next.get(lane, 0.0) - self._clock())

    def take(self, lane: str, pace: timedelta) -> float:
        """Take the next slot and return the seconds to wait for it. Callers that come together get one slot each."""
        now = self._clock()
        slot = max(now, self._next.get(lane, now))
        self._next[lane] = slot + pace.total_seconds()
        self._forget(now)
        return slot - now

    def delay(self, lane: str, by: timedelta) -> None:
        """Hold the lane (a 429 with Retry-After); a longer hold that is already there stays."""
        until = self._clock() + by.total_seconds()
        self._next[lane] = max(until, self._next.get(lane, until))

    def _forget(self, now: float) -> None:
        if len(self._next) > MOST_LANES:
            self._next = {lane: free for lane, free in self._next.items() if free > now}
