"""The timetable: each job runs at once and again, a failure is logged and comes round again, none beside itself."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from tests.support.bell import Bell
from tests.support.logbook import Logbook, keeping
from watcher.model.errors import UserError
from watcher.schedule import EVERY, Timetable


class Job:
    """Counts its runs; `act` is what it does."""

    def __init__(self, bell: Bell, act: Callable[[], Awaitable[None]]) -> None:
        self._bell, self._act = bell, act
        self.runs = 0

    async def __call__(self) -> None:
        self.runs += 1
        self._bell.ring()
        await self._act()


async def fine() -> None:
    """Nothing to do."""


async def refused() -> None:
    raise UserError("the disk is full", "free some space")


async def broken() -> None:
    raise ZeroDivisionError("a fault of ours")


async def run(bell: Bell, jobs: dict[str, Job], enough: Callable[[], bool]) -> Logbook:
    timetable = Timetable(jobs, datetime.now(UTC))
    with keeping(bell) as logbook:
        timetable.start()
        try:
            await bell.until(enough)
        finally:
            await timetable.stop()
    return logbook


async def test_jobs_run_at_once_and_again() -> None:
    bell = Bell()
    poll = Job(bell, fine)
    await run(bell, {"poll": poll}, lambda: poll.runs >= 2)


async def test_a_job_that_fails_is_one_line_and_runs_again_beside_the_others() -> None:
    bell = Bell()
    poll, deliver, beat = Job(bell, refused), Job(bell, broken), Job(bell, fine)
    jobs = {"poll": poll, "deliver": deliver, "heartbeat": beat}
    logbook = await run(bell, jobs, lambda: poll.runs >= 2 and deliver.runs >= 2 and beat.runs >= 1)

    failed = logbook.events("job.failed")
    assert failed[0] == {"event": "job.failed", "job": "poll", "error": "the disk is full; free some space"}
    crashed = logbook.events("job.crashed")
    assert crashed[0]["job"] == "deliver"
    assert crashed[0]["exc_info"]


async def test_a_job_that_takes_long_is_not_started_a_second_time_and_is_waited_for() -> None:
    bell, release, ended = Bell(), asyncio.Event(), asyncio.Event()

    async def long() -> None:
        await release.wait()
        ended.set()

    poll, deliver = Job(bell, long), Job(bell, fine)
    timetable = Timetable({"poll": poll, "deliver": deliver}, datetime.now(UTC))
    timetable.start()
    await bell.until(lambda: deliver.runs >= 2)
    assert poll.runs == 1
    stopping = asyncio.create_task(timetable.stop())
    await asyncio.sleep(0)
    assert not stopping.done()
    release.set()
    await asyncio.wait_for(stopping, 5)
    assert ended.is_set()


async def test_a_job_without_a_place_in_the_timetable_is_refused() -> None:
    with pytest.raises(KeyError):
        Timetable({"unheard-of": fine}, datetime.now(UTC))


def test_every_interval_is_shorter_than_what_depends_on_it() -> None:
    assert EVERY["heartbeat"] * 3 < 60  # services.heartbeat.STALE_AFTER
    assert EVERY["poll"] <= 1  # the shortest `every` of a source
