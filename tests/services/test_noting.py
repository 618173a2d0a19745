"""What was offered and taken is noted at once: what a kill leaves in doubt is as little as can be."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.services.fakes import FakeAdapter, delivery, ids
from tests.services.sending import BOUND, Stage, claimed
from tests.support.clocks import HandClock
from watcher.model.delivery import Delivery, DeliveryStatus, Receipt, Witness
from watcher.services.deliver import LEASE
from watcher.services.noting import Notes, recall
from watcher.storage import outbox
from watcher.storage.claiming import claim
from watcher.storage.engine import Database
from watcher.storage.instance import Instance


async def test_what_a_killed_process_had_sent_and_noted_is_not_sent_again(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    dead, mine = Instance(tmp_path / "data"), Instance(tmp_path / "data")
    await claimed(db, clock, dead.name, 1, 2)
    async with db.read() as conn:
        one = await outbox.get(conn, "dlv_0001")
    assert one is not None
    for receipt, token in (("ref-1", one.lease_token), ("ref-0", "an older claim")):
        said = Notes(dead).statement(replace(one, lease_token=token), clock.now(), clock.now)
        said.taken(Receipt(receipt, "taken"))
    os.write(dead._handle, b'["half a l')
    os.close(dead._handle)

    screen = FakeAdapter()
    stage = Stage(tmp_path, db, clock, mine.name, mine, screen=screen)
    assert await stage.deliverer.recover(mine.is_alive) == 1
    await stage.work()
    assert ids(screen.sent) == ["dlv_0002"]
    assert (await stage.get(1)).status is DeliveryStatus.SENT
    async with db.read() as conn:
        assert [one.outcome for one in await outbox.attempts(conn, "dlv_0001")] == ["sent"]
    assert mine.notes(dead.name) == []
    assert mine.notes(mine.name) == []
    mine.close()


class WitnessedFake(FakeAdapter):
    """Says what it offers, and what was taken."""

    async def send_witnessed(self, delivery: Delivery, witness: Witness) -> Receipt:
        witness.offered()
        receipt = await self.send(delivery)
        witness.taken(receipt)
        return receipt


async def test_of_a_killed_process_only_what_it_had_offered_is_in_doubt(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    dead, mine = Instance(tmp_path / "data"), Instance(tmp_path / "data")
    async with db.write() as conn:
        await outbox.enqueue(conn, [delivery(1), delivery(2), delivery(3, "plain")])
        first, _second, _third = await claim(conn, clock.now(), dead.name, LEASE, 10, ["screen", "plain"])
    Notes(dead).statement(first, clock.now(), clock.now).offered()
    os.close(dead._handle)

    screen, plain = WitnessedFake(), FakeAdapter("other")
    stage = Stage(tmp_path, db, clock, mine.name, mine, screen=screen, plain=plain)
    assert await stage.deliverer.recover(mine.is_alive) == 3
    assert [((await stage.get(n)).status, (await stage.get(n)).attempts) for n in (1, 2, 3)] == [
        ("ambiguous", 0), ("retry_wait", 0), ("ambiguous", 0),
    ]  # fmt: skip
    await stage.work()
    assert {(one.id, one.ambiguous) for one in screen.sent + plain.sent} == {
        ("dlv_0001", True), ("dlv_0002", False), ("dlv_0003", True),
    }  # fmt: skip
    mine.close()


async def test_what_was_taken_is_noted_before_anything_else_and_goes_with_its_commit(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    mine = Instance(tmp_path / "data")
    screen = WitnessedFake()
    screen.gate.clear()
    stage = Stage(tmp_path, db, clock, mine.name, mine, screen=screen)
    await stage.put(delivery(1))
    stage.deliverer.kick()
    await asyncio.wait_for(screen.begun.wait(), BOUND)
    noted = recall(mine.notes(mine.name))
    assert ([id_ for id_, _ in noted.offered], noted.taken) == (["dlv_0001"], {})
    async with db.write():  # nobody can store an outcome
        screen.gate.set()
        while not recall(mine.notes(mine.name)).taken:
            await asyncio.sleep(0)
    assert await stage.deliverer.settle(BOUND)
    assert mine.notes(mine.name) == []
    mine.close()


async def test_what_was_taken_and_could_not_be_stored_is_not_sent_again(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    screen = FakeAdapter()
    stage = Stage(tmp_path, db, clock, screen=screen)
    await stage.put(delivery(1))
    async with db.write() as conn:
        await conn.exec_driver_sql(
            "CREATE TRIGGER locked BEFORE INSERT ON delivery_attempt BEGIN SELECT RAISE(ABORT, 'locked'); END"
        )
    await stage.work()
    assert (ids(screen.sent), (await stage.get(1)).status) == (["dlv_0001"], "sending")
    async with db.write() as conn:
        await conn.exec_driver_sql("DROP TRIGGER locked")
    clock.advance(LEASE + timedelta(seconds=1))
    await stage.work()
    assert (ids(screen.tried), (await stage.get(1)).status) == (["dlv_0001"], "sent")
    async with db.read() as conn:
        assert [one.outcome for one in await outbox.attempts(conn, "dlv_0001")] == ["sent"]


def test_a_process_that_ends_with_something_noted_leaves_it_to_its_successor(tmp_path: Path) -> None:
    ending, other = Instance(tmp_path), Instance(tmp_path)
    ending.note("a line")
    ending.close()
    assert other.notes(ending.name) == ["a line"]
    assert not other.is_alive(ending.name)
    other.close()
    assert not (tmp_path / "instances" / other.name).exists()
