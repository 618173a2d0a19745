"""Sends side by side in one lane: nothing waits for a look at the clock, or for the slowest of a batch."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.services.fakes import FakeAdapter, delivery, desk, document, ids
from tests.services.sending import Stage
from tests.services.test_pipeline import store
from tests.support.clocks import HandClock
from watcher.model.delivery import Delivery
from watcher.services.desk import DeskHolder
from watcher.services.lane import Lane, Send
from watcher.services.pipeline import Pipeline
from watcher.storage import outbox
from watcher.storage.engine import Database

BOUND = 10.0


class Work:
    """What a lane may send; each send waits until it is let go. `looks` counts how often the lane looked."""

    def __init__(self, room: int = 2) -> None:
        self.waiting: list[Delivery] = []
        self.begun: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.room = room
        self.looks = 0
        self.looked = asyncio.Event()
        self.told: list[list[str]] = []
        self.on_look = lambda: None

    async def begin(self, under_way: list[Delivery]) -> list[Send]:
        self.looks += 1
        self.told.append([one.id for one in under_way])
        free = self.room - len(under_way)
        taken, self.waiting = self.waiting[:free], self.waiting[free:]
        self.on_look()
        self.looked.set()
        for one in taken:
            self.gates[one.id] = asyncio.Event()
        return [(one, self._send(one)) for one in taken]

    async def _send(self, one: Delivery) -> None:
        self.begun.append(one.id)
        await self.gates[one.id].wait()
        if one.message.signal_title == "breaks":
            raise ZeroDivisionError

    async def until_begun(self, count: int) -> None:
        async with asyncio.timeout(BOUND):
            while len(self.begun) < count:
                await asyncio.sleep(0)


def breaking(number: int) -> Delivery:
    one = delivery(number)
    return replace(one, message=replace(one.message, signal_title="breaks"))


async def test_the_next_begins_when_one_has_ended_not_when_all_have() -> None:
    work = Work()
    work.waiting = [delivery(1), delivery(2), delivery(3)]
    running = asyncio.create_task(Lane(work.begin).run())
    await work.until_begun(2)
    work.gates["dlv_0001"].set()
    await work.until_begun(3)
    assert work.begun == ["dlv_0001", "dlv_0002", "dlv_0003"]
    assert work.told[-1] == ["dlv_0002"]
    for gate in work.gates.values():
        gate.set()
    await asyncio.wait_for(running, BOUND)


async def test_what_comes_while_one_hangs_is_sent_beside_it() -> None:
    work = Work()
    work.waiting = [delivery(1)]
    lane = Lane(work.begin)
    running = asyncio.create_task(lane.run())
    await work.until_begun(1)
    work.waiting = [delivery(2)]
    lane.kick()
    await work.until_begun(2)
    assert not work.gates["dlv_0001"].is_set()
    for gate in work.gates.values():
        gate.set()
    await asyncio.wait_for(running, BOUND)


async def test_a_kick_during_the_last_look_is_a_further_look() -> None:
    work = Work()
    lane = Lane(work.begin)

    def arrives() -> None:
        if work.looks == 1:  # the look has found nothing by now
            work.waiting = [delivery(1)]
            lane.kick()

    work.on_look = arrives
    running = asyncio.create_task(lane.run())
    await work.until_begun(1)
    work.gates["dlv_0001"].set()
    await asyncio.wait_for(running, BOUND)


async def test_without_a_kick_an_idle_lane_ends_after_one_look() -> None:
    work = Work()
    await asyncio.wait_for(Lane(work.begin).run(), BOUND)
    assert work.looks == 1


async def test_after_a_fault_nothing_new_begins_and_the_others_end_what_they_began() -> None:
    work = Work()
    work.waiting = [breaking(1), delivery(2), delivery(3)]
    running = asyncio.create_task(Lane(work.begin).run())
    await work.until_begun(2)
    work.gates["dlv_0001"].set()
    await asyncio.wait({running}, timeout=0)
    work.gates["dlv_0002"].set()
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(running, BOUND)
    assert work.begun == ["dlv_0001", "dlv_0002"]


async def test_cancelled_it_cancels_what_it_began() -> None:
    work = Work()
    work.waiting = [delivery(1)]
    running = asyncio.create_task(Lane(work.begin).run())
    await work.until_begun(1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running, BOUND)
    assert len(asyncio.all_tasks()) == 1


async def test_one_alert_is_told_at_a_place_in_order(tmp_path: Path, db: Database, clock: HandClock) -> None:
    hook = FakeAdapter()
    hook.gate.clear()
    stage = Stage(tmp_path, db, clock, screen=hook)
    await store(db, document(1))
    await Pipeline(db, DeskHolder(desk(tmp_path / "rules", {"screen": hook})), clock).run_pending()
    async with db.read() as conn:
        (first,) = await outbox.listing(conn)
    stage.deliverer.kick()
    await asyncio.wait_for(hook.begun.wait(), BOUND)
    hook.begun.clear()
    await stage.put(delivery(2, alert_id=first.alert_id, priority=0), delivery(3))
    stage.deliverer.kick()
    await asyncio.wait_for(hook.begun.wait(), BOUND)
    assert ids(hook.tried) == [first.id, "dlv_0003"]
    hook.gate.set()
    assert await stage.deliverer.settle(BOUND)
    assert ids(hook.tried) == [first.id, "dlv_0003", "dlv_0002"]
