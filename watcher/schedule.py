"""The timetable: a handful of APScheduler jobs. A source's due time is a row, not a job: 10,000 sources are one job.

Later jobs (digests, escalations, retention) join `EVERY`.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from watcher.model.errors import UserError

log = structlog.get_logger(__name__)
EVERY = {
    "poll": 0.5,
    "deliver": 1.0,
    "enrich": 1.0,
    "rules": 2.0,
    "alerts": 1.0,
    "heartbeat": 10.0,
    "monitor": 5.0,
    "subscribe": 5.0,
    "notices": 30.0,
    "unmute": 30.0,
    "archive": 30.0,
}
"""Seconds between two runs of each job."""

Job = Callable[[], Awaitable[object]]


class Timetable:
    """Runs `jobs` (named in `EVERY`) from `now` on. A late run is made up for once and never skipped."""

    def __init__(self, jobs: Mapping[str, Job], now: datetime, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._ended = dict.fromkeys(jobs, monotonic())
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()
        # APScheduler's own default of one second of grace would silently skip late runs.
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler = AsyncIOScheduler(timezone="UTC", job_defaults=defaults)
        for name, job in jobs.items():
            self._scheduler.add_job(
                self._guarded(name, job), "interval", seconds=EVERY[name], id=name, next_run_time=now
            )

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    async def stop(self, timeout_s: float = 3.0) -> None:
        """Start nothing more, let the jobs under way end for so long, and let go: that cancels what is left."""
        self._scheduler.pause()
        await asyncio.sleep(0)  # a job that was handed over in this very moment gets to count itself
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._idle.wait()
        self._scheduler.shutdown(wait=False)

    def late(self) -> dict[str, timedelta]:
        """By how much each job is overdue: since its last run ended, beyond its interval. Zero for those on time."""
        now = self._monotonic()
        return {name: timedelta(seconds=max(0.0, now - at - EVERY[name])) for name, at in self._ended.items()}

    def _guarded(self, name: str, job: Job) -> Job:
        """A job whose failure is one log line; the next run tries again."""

        async def run() -> None:
            self._under_way += 1
            self._idle.clear()
            try:
                await job()
            except UserError as error:
                log.error("job.failed", job=name, error=str(error))  # noqa: TRY400
            except Exception:
                log.exception("job.crashed", job=name)
            finally:
                self._ended[name] = self._monotonic()
                self._under_way -= 1
                if not self._under_way:
                    self._idle.set()

        return run
