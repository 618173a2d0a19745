"""A person asks for a poll: a running service is asked to make it, and what came of it is told."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.support.clocks import HandClock
from watcher.model.document import Health, SourceState
from watcher.model.errors import UserError
from watcher.services import heartbeat
from watcher.services.polling import ask_service, outcome
from watcher.storage import sources
from watcher.storage.engine import Database

PATIENCE = timedelta(seconds=10)


async def test_without_a_service_nobody_is_asked(db: Database, clock: HandClock) -> None:
    assert await ask_service(db, clock, "wire", PATIENCE) is None


async def test_the_service_is_asked_and_its_answer_told(db: Database, clock: HandClock) -> None:
    later = clock.now() + timedelta(hours=1)
    waiting = SourceState("wire", later, polls=3, documents=7)
    async with db.write() as conn:
        await sources.save(conn, waiting)
    await heartbeat.beat(db, clock, {})
    asked = asyncio.create_task(ask_service(db, clock, "wire", PATIENCE))
    await asyncio.wait_for(clock.asleep.wait(), 5)
    async with db.write() as conn:
        assert [state.source_id for state in await sources.due(conn, clock.now(), 5, ["wire"])] == ["wire"]
        now = clock.now()
        polled = replace(waiting, polls=4, documents=9, last_polled_at=now, last_success_at=now, health=Health.HEALTHY)
        await sources.save(conn, polled)
    clock.advance(timedelta(seconds=1))
    told = await asyncio.wait_for(asked, 5)
    assert told is not None
    assert (told["outcome"], told["documents"], told["polled_by"]) == ("new documents", 2, "the running service")


async def test_a_service_that_does_not_come_to_it_is_an_error(db: Database, clock: HandClock) -> None:
    await heartbeat.beat(db, clock, {})
    asked = asyncio.create_task(ask_service(db, clock, "wire", PATIENCE))
    await asyncio.wait_for(clock.asleep.wait(), 5)
    clock.advance(PATIENCE)
    with pytest.raises(UserError, match="has not polled wire within 10 s"):
        await asyncio.wait_for(asked, 5)


def test_outcomes(clock: HandClock) -> None:
    now = clock.now()
    before = SourceState("wire", now, documents=2)
    good = replace(before, last_polled_at=now, last_success_at=now)
    bad = replace(good, last_success_at=now - timedelta(hours=1), reason="dns: no such name")
    assert outcome(before, good, "x")["outcome"] == "nothing new"
    assert outcome(None, good, "x")["documents"] == 2
    assert (outcome(before, bad, "x")["outcome"], outcome(before, bad, "x")["reason"]) == ("failed", bad.reason)
