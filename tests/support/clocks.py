"""Clocks for tests: one that a test moves by hand, and the real one moved ahead."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from watcher.services.clock import SystemClock

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class HandClock:
    """Stands still until `advance`, which wakes whoever has slept enough. `sleeps` are all waits asked for."""

    def __init__(self, start: datetime = NOON) -> None:
        self.start = start
        self.elapsed = 0.0
        self.sleeps: list[float] = []
        self.asleep = asyncio.Event()
        self._waiting: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        return self.elapsed

    async def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        waking: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((self.elapsed + seconds, waking))
        self.asleep.set()
        await waking

    def advance(self, by: timedelta) -> None:
        """Move on and wake whoever has slept enough."""
        self.elapsed += by.total_seconds()
        for until, waking in self._waiting:
            if until <= self.elapsed and not waking.done():
                waking.set_result(None)
        self._waiting = [(until, waking) for until, waking in self._waiting if not waking.done()]
        if not self._waiting:
            self.asleep.clear()


class LaterClock(SystemClock):
    """The real clock, as it will be after `ahead`: what waits for a retry is due."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return super().now() + self._ahead
