"""If nobody takes it, the next ones are told: each step once, none after somebody has it, whatever happens between."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.services.fakes import desk, document
from tests.services.test_pipeline import store
from tests.support.clocks import HandClock
from watcher.model.alert import Alert
from watcher.model.delivery import DeliveryStatus
from watcher.model.life import Act, Actor, Verb
from watcher.services.desk import Desk, DeskHolder
from watcher.services.escalate import Escalator
from watcher.services.pipeline import Pipeline
from watcher.services.respond import Responder
from watcher.storage import alerts, escalations, outbox
from watcher.storage.engine import Database

MINUTE = timedelta(minutes=1)
CHANNELS = {name: {"kind": "console"} for name in ("desk", "duty", "soc")}
STEPS = [{"after": "0m", "to": ["desk"]}, {"after": "5m", "to": ["duty"]}, {"after": "20m", "to": ["soc", "desk"]}]
ADA = Actor("ada", "cli")


class Duty:
    """One alert with a ladder, told on `desk`; every tick may be one of a service that was just started."""

    def __init__(self, db: Database, clock: HandClock, over: Desk) -> None:
        self.db, self.clock, self.desk = db, clock, over

    async def alert(self) -> Alert:
        async with self.db.read() as conn:
            (found,) = await alerts.listing(conn)
        return found

    async def tick(self) -> int:
        return await Escalator(self.db, DeskHolder(self.desk), self.clock).tick()

    async def act(self, verb: Verb, **more: Any) -> None:
        responder = Responder(self.db, self.clock, set)
        await responder.act((await self.alert()).id, Act(verb, ADA, self.clock.now(), **more))

    async def clock_tick(self) -> None:
        await Responder(self.db, self.clock, set).tick()

    async def pages(self) -> list[str]:
        async with self.db.read() as conn:
            told = await outbox.listing(conn, limit=1000)
        return sorted(one.channel for one in told if one.message.kind == "escalation")


@pytest.fixture
async def duty(tmp_path: Path, db: Database, clock: HandClock) -> Duty:
    route = {"to": ["desk"], "escalate": "ladder"}
    over = desk(tmp_path / "rules", route=route, ladders={"ladder": STEPS}, **CHANNELS)
    await store(db, document(1))
    await Pipeline(db, DeskHolder(over), clock).run_pending()
    return Duty(db, clock, over)


async def test_each_step_once_whenever_it_is_restarted(duty: Duty) -> None:
    for _ in range(200):
        await duty.tick()
        duty.clock.advance(MINUTE / 4)
    # The first step's channel was told with the alert itself.
    assert await duty.pages() == ["desk", "duty", "soc"]
    async with duty.db.read() as conn:
        life = await alerts.events(conn, (await duty.alert()).id)
    assert [event.kind for event in life] == ["open", "escalated", "escalated", "escalated"]


@pytest.mark.parametrize("verb", [Verb.ACKNOWLEDGE, Verb.SNOOZE, Verb.RESOLVE])
@pytest.mark.parametrize("steps_before", [0, 1, 2])
async def test_nothing_more_once_somebody_has_it(duty: Duty, verb: Verb, steps_before: int) -> None:
    for _ in range(steps_before):
        await duty.tick()
        duty.clock.advance(5 * MINUTE)
    before = await duty.pages()
    await duty.act(verb, until=duty.clock.now() + timedelta(hours=6))
    for _ in range(20):
        await duty.tick()
        duty.clock.advance(5 * MINUTE)
    assert await duty.pages() == before


async def test_pages_that_nobody_has_sent_are_taken_back(duty: Duty) -> None:
    await duty.tick()
    duty.clock.advance(5 * MINUTE)
    await duty.tick()
    await duty.act(Verb.ACKNOWLEDGE)
    async with duty.db.read() as conn:
        told = {one.channel: one for one in await outbox.listing(conn)}
    assert told["duty"].status is DeliveryStatus.SUPERSEDED
    assert "ada has it" in told["duty"].last_error
    assert told["desk"].status is DeliveryStatus.PENDING  # the alert itself is told all the same


async def test_an_acknowledgement_that_runs_out_begins_it_again(duty: Duty) -> None:
    await duty.tick()
    await duty.act(Verb.ACKNOWLEDGE, until=duty.clock.now() + timedelta(hours=1))
    duty.clock.advance(timedelta(hours=1))
    await duty.clock_tick()
    await duty.tick()
    assert await duty.pages() == ["desk"]  # this time the first step speaks: nobody told the desk just now
    duty.clock.advance(5 * MINUTE)
    await duty.tick()
    assert await duty.pages() == ["desk", "duty"]


async def test_an_edit_of_the_ladder_holds_for_the_next_alert(tmp_path: Path, duty: Duty) -> None:
    await duty.tick()
    other = [{"after": "1h", "to": ["soc"]}]
    route = {"to": ["desk"], "escalate": "ladder"}
    duty.desk = desk(tmp_path / "edited", route=route, ladders={"ladder": other}, **CHANNELS)
    duty.clock.advance(5 * MINUTE)
    await duty.tick()
    assert await duty.pages() == ["duty"]


async def test_a_jump_of_the_clock_takes_one_step_not_all(duty: Duty) -> None:
    await duty.tick()
    duty.clock.advance(timedelta(days=2))
    assert await duty.tick() == 1
    assert await duty.tick() == 0
    assert await duty.pages() == ["duty"]


async def test_a_run_comes_back_from_storage_as_it_was(duty: Duty) -> None:
    async with duty.db.read() as conn:
        ((run, told),) = await escalations.of_alert(conn, (await duty.alert()).id)
    assert run.ladder == duty.desk.rulebook.routing.escalations["ladder"]
    assert (run.step, run.round, run.next_at) == (0, 0, duty.clock.now())
    assert told.signal_id == "dam-failure"
