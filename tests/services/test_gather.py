"""Alerts that wait: for a digest, for their like, for room. None is lost, none is told twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.services.fakes import desk, document
from tests.services.test_pipeline import store
from tests.support.clocks import HandClock
from tests.support.velmar import DAM_FAILS, DAM_FEARS, DOCKERS_STRIKE, TREATY_SIGNED, Report
from watcher.model.delivery import Delivery
from watcher.services import inspect
from watcher.services.desk import DeskHolder
from watcher.services.gather import Gatherer
from watcher.services.pipeline import Pipeline
from watcher.storage import alerts, outbox
from watcher.storage.engine import Database

MINUTE = timedelta(minutes=1)


class Office:
    """A pipeline and a gatherer over one desk with one channel."""

    def __init__(self, root: Path, db: Database, clock: HandClock, route: dict[str, Any], **channel: Any) -> None:
        over = desk(root, targets={"out": ("a@x.example", "b@x.example") if "digest" in channel else ("",)},
                    route=route, out={"kind": "console", **channel})  # fmt: skip
        self.db, self.told = db, 0
        self.pipeline = Pipeline(db, DeskHolder(over), clock)
        self.gatherer = Gatherer(db, DeskHolder(over), clock, on_told=self._count)

    def _count(self) -> None:
        self.told += 1

    async def read(self, number: int, report: Report) -> None:
        await store(self.db, document(number, report))
        await self.pipeline.run_pending()

    async def outbox(self) -> list[Delivery]:
        async with self.db.read() as conn:
            return sorted(await outbox.listing(conn), key=lambda one: (one.created_at, one.target))


async def test_a_digest_gathers_until_its_time_and_tells_each_recipient_once(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    office = Office(tmp_path / "rules", db, clock, {}, digest={"at": ["17:00"], "timezone": "Europe/London"})
    await office.gatherer.tick()
    await office.read(1, DAM_FAILS)
    await office.read(2, DOCKERS_STRIKE)
    await office.read(3, DAM_FEARS)
    await office.gatherer.tick()
    assert await office.outbox() == []
    async with db.read() as conn:
        waiting = [(await inspect.alert_life(db, one.id))["held"] for one in await alerts.listing(conn)]
    assert [[held["why"] for held in each] for each in waiting] == [["digest"], ["digest"]]

    clock.advance(timedelta(hours=5))  # 12:00 → 17:00 in London in November
    assert await office.gatherer.tick() == 2
    assert await office.gatherer.tick() == 0
    first, second = await office.outbox()
    assert {first.target, second.target} == {"a@x.example", "b@x.example"}
    told = first.message
    assert (told.kind, told.document.title, first.alert_id) == ("digest", "2 alerts", None)
    assert sorted((-item.score, item.signal_id) for item in told.items) == [(-i.score, i.signal_id) for i in told.items]
    assert told.roundup is not None
    assert (told.roundup.since, told.roundup.until) == ("2026-11-20T12:00:00Z", "2026-11-20T17:00:00Z")
    assert told.roundup.near_misses == 1
    assert {each.signal_id: each.counts[-1] for each in told.roundup.activity} == {"dam-failure": 1, "port-strike": 1}
    assert office.told == 1


async def test_an_empty_digest_is_sent_only_if_asked_for(tmp_path: Path, db: Database, clock: HandClock) -> None:
    silent = Office(tmp_path / "a", db, clock, {}, digest={"at": ["13:00"]})
    await silent.gatherer.tick()
    clock.advance(timedelta(days=3))
    assert await silent.gatherer.tick() == 0
    asked = Office(tmp_path / "b", db, clock, {}, digest={"at": ["13:00"], "empty": True})
    clock.advance(timedelta(days=3))
    assert await asked.gatherer.tick() == 2  # one for each recipient, though three were missed
    assert (await asked.outbox())[0].message.document.title == "No alerts"


async def test_alike_alerts_go_as_one_and_a_single_one_as_itself(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    group = {"group": {"by": "publisher", "wait": "1m", "longest": "3m", "interval": "10m"}}
    office = Office(tmp_path / "rules", db, clock, group)
    await office.read(1, DAM_FAILS)
    clock.advance(MINUTE / 2)
    await office.read(2, DOCKERS_STRIKE)
    clock.advance(MINUTE * 0.75)
    assert await office.gatherer.tick() == 0  # half a minute's quiet is not enough
    clock.advance(MINUTE * 0.25)
    assert await office.gatherer.tick() == 1
    (summary,) = await office.outbox()
    assert (summary.message.kind, len(summary.message.items)) == ("summary", 2)
    await office.read(3, TREATY_SIGNED)
    clock.advance(9 * MINUTE)
    assert await office.gatherer.tick() == 0
    clock.advance(MINUTE)
    assert await office.gatherer.tick() == 1
    alone = (await office.outbox())[-1]
    assert (alone.message.kind, alone.message.signal_id) == ("alert", "grain-treaty")
    assert alone.alert_id == alone.message.alert_id


async def test_what_is_over_a_limit_goes_as_one_summary(tmp_path: Path, db: Database, clock: HandClock) -> None:
    office = Office(tmp_path / "rules", db, clock, {}, limit={"most": 1, "per": "1h"})
    for number, report in enumerate((DAM_FAILS, DOCKERS_STRIKE, TREATY_SIGNED), start=1):
        await office.read(number, report)
    assert [one.message.kind for one in await office.outbox()] == ["alert"]
    clock.advance(60 * MINUTE)
    assert await office.gatherer.tick() == 1
    last = (await office.outbox())[-1].message
    assert (last.kind, len(last.items), last.roundup and last.roundup.why) == ("summary", 2, "limit")
