"""The timetable: a handful of APScheduler jobs. A source's due time is a row, not a job: 10,000 sources are one job.

Later jobs (digests, escalations, retention) join `EVERY`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from watcher.model.errors import UserError

log = structlog.get_logger(__name__)
EVERY = {"poll": 0.5, "deliver": 1.0, "rules": 2.0, "heartbeat": 10.0}
"""Seconds between two runs of each job."""


def build(jobs: Mapping[str, Callable[[], Awaitable[object]]], now: datetime) -> AsyncIOScheduler:
    """A scheduler for `jobs`, first run at `now`, not yet started. Late runs are made up for once, never skipped, never two at a time."""
    scheduler = AsyncIOScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
    )
    for name, job in jobs.items():
        scheduler.add_job(_guarded(name, job), "interval", seconds=EVERY[name], id=name, next_run_time=now)
    return scheduler


def _guarded(name: str, job: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
    """A job whose failure is one log line; the next run tries again."""

    async def run() -> None:
        try:
            await job()
        except UserError as error:
            log.error("job.failed", job=name, error=str(error))  # noqa: TRY400
        except Exception:
            log.exception("job.crashed", job=name)

    return run
