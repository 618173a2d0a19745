"""The deliverer: one worker a lane, a verdict for every failure, and claims that outlive nobody."""

from __future__ import annotations

import asyncio
import io
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import structlog

from tests.services.fakes import FakeAdapter, delivery, desk, ids
from tests.services.sending import BOUND, Stage, claimed, middle
from tests.support.bell import Bell
from tests.support.clocks import HandClock
from tests.support.logbook import keeping
from watcher.delivery.pacing import Pacer
from watcher.model.delivery import DeliveryError, DeliveryStatus
from watcher.services.deliver import LEASE, Deliverer
from watcher.services.desk import DeskHolder
from watcher.storage import outbox
from watcher.storage.engine import Database
from watcher.storage.instance import Instance
from watcher.telemetry import Redactor, configure


async def test_what_is_due_is_sent_once_and_marked(tmp_path: Path, db: Database, clock: HandClock) -> None:
    screen = FakeAdapter()
    stage = Stage(tmp_path, db, clock, screen=screen)
    later = delivery(2, due_at=clock.now() + timedelta(minutes=1))
    await stage.put(delivery(1), later)
    await stage.work()
    await stage.work()

    assert ids(screen.sent) == ["dlv_0001"]
    assert (await stage.get(1)).status is DeliveryStatus.SENT
    assert stage.deliverer.tally == {"sent": 1}
    async with db.read() as conn:
        (attempt,) = await outbox.attempts(conn, "dlv_0001")
    assert (attempt.number, attempt.outcome, attempt.detail) == (1, "sent", "taken")
    clock.advance(timedelta(minutes=1))
    await stage.work()
    assert ids(screen.sent) == ["dlv_0001", "dlv_0002"]


async def test_the_gravest_goes_first(tmp_path: Path, db: Database, clock: HandClock) -> None:
    desk_lane = FakeAdapter("slack", pace=1.0)
    stage = Stage(tmp_path, db, clock, screen=desk_lane)
    await stage.put(delivery(1, priority=3), delivery(2, priority=0), delivery(3, priority=1))
    stage.deliverer.kick()
    for _ in range(3):
        await asyncio.wait_for(clock.asleep.wait(), BOUND)
        clock.advance(timedelta(seconds=1))
    assert await stage.deliverer.settle(BOUND)
    assert ids(desk_lane.sent) == ["dlv_0002", "dlv_0003", "dlv_0001"]


async def test_a_paced_lane_takes_one_a_slot(tmp_path: Path, db: Database, clock: HandClock) -> None:
    slow = FakeAdapter("slack", pace=1.0)
    stage = Stage(tmp_path, db, clock, screen=slow)
    await stage.put(*(delivery(number) for number in range(3)))
    stage.deliverer.kick()
    for count in (1, 2, 3):
        await asyncio.wait_for(clock.asleep.wait(), BOUND)
        assert len(slow.sent) == count
        clock.advance(timedelta(seconds=1))
    assert await stage.deliverer.settle(BOUND)
    assert clock.sleeps == [1.0, 1.0, 1.0]


async def test_retry_after_holds_the_whole_lane(tmp_path: Path, db: Database, clock: HandClock) -> None:
    busy = FakeAdapter("slack", pace=1.0)
    busy.answers.append(DeliveryError("slow down", retry_after=timedelta(seconds=60)))
    stage = Stage(tmp_path, db, clock, screen=busy)
    await stage.put(delivery(1), delivery(2))
    stage.deliverer.kick()
    await asyncio.wait_for(clock.asleep.wait(), BOUND)

    assert (len(busy.tried), clock.sleeps) == (1, [60.0])
    held = await stage.get(1)
    assert held.status is DeliveryStatus.RETRY
    assert held.due_at == clock.now() + timedelta(seconds=60)
    clock.advance(timedelta(seconds=60))
    await asyncio.wait_for(clock.asleep.wait(), BOUND)
    clock.advance(timedelta(seconds=1))
    await asyncio.wait_for(clock.asleep.wait(), BOUND)
    clock.advance(timedelta(seconds=1))
    assert await stage.deliverer.settle(BOUND)
    assert sorted(ids(busy.sent)) == ["dlv_0001", "dlv_0002"]


async def test_each_failure_has_its_verdict(tmp_path: Path, db: Database, clock: HandClock) -> None:
    screen = FakeAdapter()
    screen.answers.extend(
        [
            DeliveryError("no such channel", permanent=True),
            DeliveryError("busy"),
            DeliveryError("no answer", ambiguous=True),
            ZeroDivisionError("a fault of ours"),
        ]
    )
    stage = Stage(tmp_path, db, clock, screen=screen)
    with keeping(Bell()) as logbook:
        for number in (1, 2, 3, 4):
            await stage.put(delivery(number))
            await stage.work()

    found = [await stage.get(number) for number in (1, 2, 3, 4)]
    assert [one.status for one in found] == ["dead", "retry_wait", "ambiguous", "ambiguous"]
    assert [one.last_error for one in found[:3]] == ["no such channel", "busy", "no answer"]
    assert found[3].last_error == "internal error: ZeroDivisionError"
    assert [one.due_at - clock.now() for one in found[1:]] == [timedelta(seconds=5)] * 3
    assert stage.deliverer.tally == {"dead": 1, "retried": 3}
    assert [line["delivery"] for line in logbook.events("delivery.crashed")] == ["dlv_0004"]


async def test_what_may_have_arrived_is_sent_again_as_such(tmp_path: Path, db: Database, clock: HandClock) -> None:
    screen = FakeAdapter()
    screen.answers.append(DeliveryError("no answer", ambiguous=True))
    stage = Stage(tmp_path, db, clock, screen=screen)
    await stage.put(delivery(1))
    await stage.work()
    clock.advance(timedelta(seconds=5))
    await stage.work()

    assert [one.ambiguous for one in screen.tried] == [False, True]
    assert ids(screen.sent) == ["dlv_0001"]


async def test_a_lane_that_hangs_holds_no_other_up(tmp_path: Path, db: Database, clock: HandClock) -> None:
    stuck, free = FakeAdapter("stuck"), FakeAdapter("free")
    stuck.gate.clear()
    stage = Stage(tmp_path, db, clock, hook=stuck, screen=free)
    await stage.put(delivery(1, "hook"), delivery(2, "screen"))
    stage.deliverer.kick()
    await asyncio.wait_for(stuck.begun.wait(), BOUND)
    await asyncio.wait_for(free.begun.wait(), BOUND)
    await stage.put(delivery(3, "screen"))
    free.begun.clear()
    while len(free.sent) < 2:
        stage.deliverer.kick()
        await asyncio.wait_for(free.begun.wait(), BOUND)
    assert stuck.sent == []
    stuck.gate.set()
    assert await stage.deliverer.settle(BOUND)
    assert ids(stuck.sent) == ["dlv_0001"]


async def test_stop_lets_a_send_under_way_end_and_claims_nothing_more(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    screen = FakeAdapter("slack", pace=1.0)
    screen.gate.clear()
    stage = Stage(tmp_path, db, clock, screen=screen)
    await stage.put(delivery(1), delivery(2))
    stage.deliverer.kick()
    await asyncio.wait_for(screen.begun.wait(), BOUND)
    stopping = asyncio.create_task(stage.deliverer.stop(BOUND))
    await asyncio.sleep(0)
    screen.gate.set()
    await stopping
    stage.deliverer.kick()
    assert await stage.deliverer.settle(BOUND)

    assert (ids(screen.sent), len(screen.tried)) == (["dlv_0001"], 1)
    assert [(await stage.get(number)).status for number in (1, 2)] == ["sent", "pending"]


async def test_what_does_not_end_in_time_is_sent_after_the_restart(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    stuck = FakeAdapter()
    stuck.gate.clear()
    stage = Stage(tmp_path, db, clock, "first", screen=stuck)
    await stage.put(delivery(1))
    stage.deliverer.kick()
    await asyncio.wait_for(stuck.begun.wait(), BOUND)
    await stage.deliverer.stop(0.0)
    assert (await stage.get(1)).status is DeliveryStatus.SENDING

    screen = FakeAdapter()
    again = Stage(tmp_path, db, clock, "second", screen=screen)
    assert await again.deliverer.recover(_nobody) == 1
    await again.work()
    assert [(one.id, one.ambiguous) for one in screen.sent] == [("dlv_0001", True)]


def _nobody(_owner: str) -> bool:
    return False


async def test_the_claims_of_a_dead_process_are_free_at_once_and_those_of_a_living_one_are_not(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    dead, living, mine = (Instance(tmp_path / "data") for _ in range(3))
    await claimed(db, clock, dead.name, 1)
    await claimed(db, clock, living.name, 2)
    await claimed(db, clock, "another-place.0123", 3)
    os.close(dead._handle)  # as the kernel does when a process dies; the file stays
    screen = FakeAdapter()
    stage = Stage(tmp_path, db, clock, mine.name, screen=screen)
    assert await stage.deliverer.recover(mine.is_alive) == 1
    await stage.work()

    assert ids(screen.sent) == ["dlv_0001"]
    assert [(await stage.get(number)).status for number in (2, 3)] == ["sending", "sending"]
    clock.advance(LEASE + timedelta(seconds=1))
    await stage.work()
    assert sorted(ids(screen.sent)) == ["dlv_0001", "dlv_0002", "dlv_0003"]
    living.close()
    mine.close()


async def test_two_processes_never_send_the_same_delivery(tmp_path: Path, db: Database, clock: HandClock) -> None:
    one, other = FakeAdapter(), FakeAdapter()
    first = Stage(tmp_path, db, clock, "first", screen=one)
    second = Stage(tmp_path, db, clock, "second", screen=other)
    await first.put(*(delivery(number) for number in range(40)))
    await asyncio.gather(first.work(), second.work())

    sent = ids(one.sent) + ids(other.sent)
    assert sorted(sent) == [f"dlv_{number:04}" for number in range(40)]


async def test_drain_waits_for_a_retry_within_its_grace_and_no_longer(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    screen = FakeAdapter()
    screen.answers.extend([DeliveryError("busy"), DeliveryError("busy")])
    stage = Stage(tmp_path, db, clock, screen=screen)
    await stage.put(delivery(1))
    draining = asyncio.create_task(stage.deliverer.drain(timedelta(seconds=10)))
    await asyncio.wait_for(clock.asleep.wait(), BOUND)
    assert clock.sleeps == [5.0]
    clock.advance(timedelta(seconds=5))
    await asyncio.wait_for(draining, BOUND)

    assert len(screen.tried) == 2
    assert (await stage.get(1)).due_at == clock.now() + timedelta(minutes=5)


async def test_a_channel_that_was_taken_out_is_left_alone(tmp_path: Path, db: Database, clock: HandClock) -> None:
    stage = Stage(tmp_path, db, clock, screen=FakeAdapter())
    await stage.put(delivery(1, "long-gone"))
    await stage.work()
    await asyncio.wait_for(stage.deliverer.drain(timedelta(seconds=10)), BOUND)
    assert (await stage.get(1)).status is DeliveryStatus.PENDING


async def test_what_is_for_a_channel_that_lacks_something_waits_untried(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    built = replace(desk(tmp_path / "rules", {"screen": FakeAdapter()}), unbuilt=frozenset(["screen"]))
    deliverer = Deliverer(db, DeskHolder(built), clock, Pacer(clock.monotonic), owner="me", chance=middle)
    async with db.write() as conn:
        await outbox.enqueue(conn, [delivery(1)])
    await asyncio.wait_for(deliverer.drain(timedelta(seconds=10)), BOUND)
    async with db.read() as conn:
        waiting = await outbox.get(conn, "dlv_0001")
    assert waiting is not None
    assert (waiting.status, waiting.attempts) == (DeliveryStatus.PENDING, 0)
    assert clock.sleeps == []


async def test_a_crash_in_an_adapter_is_logged_without_the_secret(
    tmp_path: Path, db: Database, clock: HandClock, restore_logging: None
) -> None:
    log = io.StringIO()
    configure("json", "debug", Redactor(["m4rked-secret"]), log)
    screen = FakeAdapter()
    screen.answers.append(RuntimeError("cannot post to https://hooks.example/m4rked-secret"))
    stage = Stage(tmp_path, db, clock, screen=screen)
    await stage.put(delivery(1))
    await stage.work()

    assert "Traceback" in log.getvalue()
    assert "RuntimeError: cannot post to https://hooks.example/[redacted]" in log.getvalue()
    assert "m4rked-secret" not in log.getvalue()
    assert structlog.is_configured()
