"""The intake: polls share a transaction, one bad poll costs itself alone, and nothing is stored twice."""

from __future__ import annotations

import asyncio
from itertools import count
from pathlib import Path

import pytest

from tests.services.fakes import desk, item
from tests.support.clocks import HandClock
from tests.support.velmar import DAM_FAILS, FOOTBALL
from watcher.model.document import Outcome, Poll, Source, SourceState
from watcher.services.desk import DeskHolder
from watcher.services.intake import Intake
from watcher.services.screening import Screen
from watcher.storage import documents, sources
from watcher.storage.engine import Database


def source(number: int) -> Source:
    return Source(f"s{number}", "feed", f"https://s{number}.example/rss", "wire.example", "en")


async def ready(db: Database, clock: HandClock, holder: DeskHolder, *numbers: int, fail_at: int = 0) -> Intake:
    """An intake for sources of these numbers; the id of one document cannot be made."""
    ids = count(1)

    def new_id() -> str:
        number = next(ids)
        if number == fail_at:
            raise RuntimeError("a fault of ours")
        return f"doc_{number:04}"

    async with db.write() as conn:
        await sources.ensure(conn, [SourceState(f"s{number}", clock.now()) for number in numbers])
    return Intake(db, Screen(holder), clock, new_id=new_id, chance=lambda: 0.5)


@pytest.fixture
def holder(tmp_path: Path) -> DeskHolder:
    return DeskHolder(desk(tmp_path / "rules"))


async def stored(db: Database) -> tuple[int, int]:
    async with db.read() as conn:
        counts = await documents.counts(conn)
    return counts.total, counts.pending


async def test_what_matches_nothing_is_done_when_it_is_stored(
    db: Database, clock: HandClock, holder: DeskHolder
) -> None:
    intake = await ready(db, clock, holder, 1)
    poll = Poll(Outcome.CHANGED, (item(1, DAM_FAILS), item(2, FOOTBALL)))
    arrivals = await intake.store(source(1), SourceState("s1", clock.now()), poll)
    assert len(arrivals.new) == 2
    assert await stored(db) == (2, 1)
    async with db.read() as conn:
        assert [waiting.title for waiting in await documents.pending(conn, 5)] == [DAM_FAILS.title]


async def test_a_poll_that_trips_us_up_costs_itself_alone(db: Database, clock: HandClock, holder: DeskHolder) -> None:
    intake = await ready(db, clock, holder, *range(10), fail_at=3)
    outcomes = await asyncio.gather(
        *(
            intake.store(source(n), SourceState(f"s{n}", clock.now()), Poll(Outcome.CHANGED, (item(n, FOOTBALL),)))
            for n in range(10)
        ),
        return_exceptions=True,
    )
    failed = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert len(failed) <= 1
    assert (await stored(db))[0] == 10 - len(failed)


async def test_what_somebody_else_stored_meanwhile_is_known(db: Database, clock: HandClock, holder: DeskHolder) -> None:
    intake = await ready(db, clock, holder, 1)
    before = SourceState("s1", clock.now())
    poll = Poll(Outcome.CHANGED, (item(1, FOOTBALL),))
    await intake.store(source(1), before, poll)
    arrivals = await intake.store(source(1), before, poll)  # as if by another process that read the same state
    assert (len(arrivals.new), arrivals.unchanged) == (0, 1)
    assert await stored(db) == (1, 0)


async def test_a_poll_that_is_given_up_while_it_waits_is_not_stored(
    db: Database, clock: HandClock, holder: DeskHolder
) -> None:
    intake = await ready(db, clock, holder, 1, 2)
    async with db.write():
        first = asyncio.create_task(intake.store(source(1), SourceState("s1", clock.now()), Poll(Outcome.UNCHANGED)))
        await asyncio.sleep(0)
        poll = Poll(Outcome.CHANGED, (item(2, FOOTBALL),))
        second = asyncio.create_task(intake.store(source(2), SourceState("s2", clock.now()), poll))
        await asyncio.sleep(0)
        second.cancel()
    await first
    with pytest.raises(asyncio.CancelledError):
        await second
    assert await stored(db) == (0, 0)
