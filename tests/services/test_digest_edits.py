"""Digests through edits of the rules, restarts and changes of clocks: each alert is told once, in one of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.services.fakes import desk, document
from tests.services.test_pipeline import store
from tests.support.clocks import NOON, HandClock
from tests.support.velmar import DAM_FAILS, DOCKERS_STRIKE, TREATY_SIGNED, Report
from watcher.model.delivery import Delivery
from watcher.services.desk import DeskHolder
from watcher.services.gather import Gatherer
from watcher.services.pipeline import Pipeline
from watcher.storage import outbox
from watcher.storage.engine import Database

HOUR = timedelta(hours=1)
DIGEST = {"digest": {"at": ["07:00", "17:00"], "timezone": "Europe/London"}}


class Office:
    """One channel `out`, whose configuration may be edited; every `tick` is a new process."""

    def __init__(self, root: Path, db: Database, clock: HandClock, **channel: Any) -> None:
        self.root, self.db, self.clock, self.edits, self.documents = root, db, clock, 0, 0
        self.edit(**channel)

    def edit(self, name: str = "out", **channel: Any) -> None:
        self.edits += 1
        named: dict[str, Any] = {name: {"kind": "console", **channel}}
        self.holder = DeskHolder(desk(self.root / f"rules-{self.edits}", **named))

    async def read(self, report: Report) -> None:
        self.documents += 1
        now = self.clock.now()
        await store(self.db, document(self.documents, report, published_at=now, first_seen_at=now))
        await Pipeline(self.db, self.holder, self.clock).run_pending()

    async def tick(self) -> int:
        return await Gatherer(self.db, self.holder, self.clock).tick()

    async def until(self, moment: datetime) -> list[datetime]:
        """Tick every quarter of an hour; when something left."""
        left = []
        while self.clock.now() < moment:
            self.clock.advance(HOUR / 4)
            if await self.tick():
                left.append(self.clock.now())
        return left

    async def outbox(self) -> list[Delivery]:
        async with self.db.read() as conn:
            return sorted(await outbox.listing(conn), key=lambda one: one.created_at)


def signals(told: Delivery) -> list[str]:
    return sorted(item.signal_id for item in told.message.items) or [told.message.signal_id]


@pytest.mark.parametrize(
    ("start", "times"),
    [
        (datetime(2026, 10, 24, 12, tzinfo=UTC), ["24 16:00", "25 07:00", "25 17:00"]),  # BST ends in the night
        (datetime(2027, 3, 27, 12, tzinfo=UTC), ["27 17:00", "28 06:00", "28 16:00"]),  # and begins
    ],
)
async def test_digests_go_by_the_clock_on_the_wall(
    tmp_path: Path, db: Database, start: datetime, times: list[str]
) -> None:
    office = Office(tmp_path, db, HandClock(start), **{"digest": {**DIGEST["digest"], "empty": True}})
    await office.tick()
    left = await office.until(start + 30 * HOUR)
    assert [f"{moment:%d %H:%M}" for moment in left] == times
    windows = [(one.message.roundup.since, one.message.roundup.until) for one in await office.outbox()
               if one.message.roundup]  # fmt: skip
    assert all(before[1] == after[0] for before, after in pairwise(windows))


async def test_what_came_between_two_digests_is_in_exactly_one(tmp_path: Path, db: Database, clock: HandClock) -> None:
    office = Office(tmp_path, db, clock, **DIGEST)
    await office.tick()
    await office.read(DAM_FAILS)
    await office.until(NOON + 5 * HOUR)
    await office.read(DOCKERS_STRIKE)  # at 17:00 itself: the next one's
    await office.tick()
    await office.until(NOON + 20 * HOUR)
    assert [signals(one) for one in await office.outbox()] == [["dam-failure"], ["port-strike"]]


async def test_one_digest_makes_up_for_a_stop_of_three_days(tmp_path: Path, db: Database, clock: HandClock) -> None:
    office = Office(tmp_path, db, clock, **DIGEST)
    await office.tick()
    await office.read(DAM_FAILS)
    clock.advance(timedelta(days=3))
    assert await office.tick() == 1
    assert await office.tick() == 0
    (told,) = await office.outbox()
    assert told.message.roundup is not None
    assert (told.message.roundup.since, told.message.roundup.until) == ("2026-11-20T12:00:00Z", "2026-11-23T07:00:00Z")


async def test_a_digest_that_is_taken_away_tells_at_once_what_waited(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    office = Office(tmp_path, db, clock, **DIGEST)
    await office.tick()
    await office.read(DAM_FAILS)
    await office.read(DOCKERS_STRIKE)
    office.edit()
    assert await office.tick() == 1
    await office.read(TREATY_SIGNED)
    assert await office.tick() == 0
    told = await office.outbox()
    assert sorted(map(signals, told)) == [["dam-failure", "port-strike"], ["grain-treaty"]]
    assert [one.message.kind for one in told if one.message.items] == ["summary"]


async def test_a_digest_that_is_added_begins_with_what_comes_then(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    office = Office(tmp_path, db, clock)
    await office.read(DAM_FAILS)
    office.edit(**DIGEST)
    await office.read(DOCKERS_STRIKE)
    await office.tick()
    assert [signals(one) for one in await office.outbox()] == [["dam-failure"]]
    await office.until(NOON + 5 * HOUR)
    assert [signals(one) for one in await office.outbox()] == [["dam-failure"], ["port-strike"]]


async def test_what_waits_for_a_channel_that_is_gone_is_kept_until_it_is_back(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    office = Office(tmp_path, db, clock, **DIGEST)
    await office.tick()
    await office.read(DAM_FAILS)
    office.edit("other")
    await office.until(NOON + 24 * HOUR)
    assert await office.outbox() == []
    office.edit(**DIGEST)
    await office.tick()
    assert [signals(one) for one in await office.outbox()] == [["dam-failure"]]


async def test_other_times_of_day_lose_nothing(tmp_path: Path, db: Database, clock: HandClock) -> None:
    office = Office(tmp_path, db, clock, **DIGEST)
    await office.tick()
    await office.read(DAM_FAILS)
    office.edit(digest={"at": ["23:00"]})
    await office.read(DOCKERS_STRIKE)
    left = await office.until(NOON + 24 * HOUR)
    assert [f"{moment:%H:%M}" for moment in left] == ["23:00"]
    assert [signals(one) for one in await office.outbox()] == [["dam-failure", "port-strike"]]
