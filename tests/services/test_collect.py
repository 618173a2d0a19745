"""The collector: what arrives is stored with the source's state, and no source can hold the others up."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests.services.fakes import FakeKind, item
from tests.support.bell import Bell
from tests.support.clocks import HandClock
from tests.support.logbook import keeping
from tests.support.velmar import DOCKERS_STRIKE, Velmar
from watcher.detection.engine import Detector
from watcher.model.document import Health, Outcome, Poll, Source, SourceState
from watcher.services import rules
from watcher.services.collect import Collector
from watcher.services.desk import Desk, DeskHolder
from watcher.services.intake import Intake
from watcher.services.screening import Screen
from watcher.sources.fetch import Fetcher
from watcher.sources.identity import Arrivals
from watcher.sources.policy import FetchPolicy
from watcher.storage import documents, sources
from watcher.storage.engine import Database

NEWS = Poll(Outcome.CHANGED, (item(1), item(2, DOCKERS_STRIKE)), etag='"1"')
BOUND = 5.0
Make = Callable[..., Collector]


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    fetcher = Fetcher(FetchPolicy())
    yield fetcher
    await fetcher.close()


@pytest.fixture
def kind() -> FakeKind:
    kind = FakeKind()
    kind.gate.set()
    return kind


@pytest.fixture
def make(tmp_path: Path, db: Database, clock: HandClock, fetcher: Fetcher, kind: FakeKind) -> Make:
    """A collector for sources of those names."""

    def inner(*names: str, **changes: Any) -> Collector:
        velmar = Velmar(tmp_path / "rules")
        velmar.sources({name: f"https://{name}.example/rss" for name in names})
        rulebook, findings = rules.read(velmar.root)
        assert rulebook is not None, findings
        holder = DeskHolder(Desk(rulebook, Detector(rulebook.signals, rulebook.lexicons)))
        numbers = count(1)
        new_id = changes.pop("new_id", lambda: f"doc_{next(numbers):04}")
        intake = Intake(db, Screen(holder), clock, new_id=new_id, chance=lambda: 0.5)
        return Collector(db, holder, fetcher, {"feed": kind}, clock, intake, **({"concurrency": 4} | changes))

    return inner


async def state(db: Database, name: str) -> SourceState:
    async with db.read() as conn:
        return (await sources.states(conn))[name]


async def stored(db: Database) -> int:
    async with db.read() as conn:
        return (await documents.counts(conn)).total


async def test_what_arrives_is_stored_with_the_state(
    make: Make, db: Database, clock: HandClock, kind: FakeKind
) -> None:
    arrived = []
    collector = make("wire", on_arrival=lambda: arrived.append(1))
    await collector.enrol()
    kind.answers["wire"] = deque([NEWS, NEWS])
    await collector.poll_all()
    await collector.poll_all()

    assert await stored(db) == 2
    known = await state(db, "wire")
    assert (known.documents, known.etag, known.health, known.polls) == (2, '"1"', Health.HEALTHY, 2)
    assert abs(known.next_due_at - clock.now() - timedelta(seconds=1)) <= timedelta(seconds=0.05)
    assert arrived == [1]
    assert collector.tally["documents"] == 2


class FailingHubs:
    """Looks at a stored poll, and fails."""

    def __init__(self, found: Callable[[], object]) -> None:
        self.found = found
        self.seen: list[object] = []

    def paced(self, source: Source) -> Source:
        return source

    async def polled(self, source: Source, poll: Poll, arrivals: Arrivals) -> None:
        self.seen.append(self.found())
        raise ZeroDivisionError


async def test_readers_hear_of_what_is_stored_before_anything_else_is_done_with_it(make: Make, kind: FakeKind) -> None:
    arrived: list[int] = []
    hubs = FailingHubs(arrived.copy)
    collector = make("wire", on_arrival=lambda: arrived.append(1), subscriber=hubs)
    await collector.enrol()
    kind.answers["wire"] = deque([NEWS])
    await collector.poll_all()
    assert (hubs.seen, arrived) == ([[1]], [1])


async def test_a_fault_in_storing_leaves_neither_documents_nor_state_and_the_source_rests(
    make: Make, db: Database, clock: HandClock, kind: FakeKind
) -> None:
    def broken() -> str:
        raise RuntimeError("a fault of ours")

    collector = make("wire", new_id=broken)
    await collector.enrol()
    before = await state(db, "wire")
    kind.answers["wire"] = deque([NEWS])
    with keeping(Bell()) as logbook:
        assert await collector.start_due() == 1
        assert await collector.settle(BOUND)
    assert await stored(db) == 0
    assert await state(db, "wire") == before
    assert collector.tally["polls_not_stored"] == 1
    assert logbook.events("poll.not_stored")
    assert await collector.start_due() == 0
    clock.advance(timedelta(minutes=5))
    assert await collector.start_due() == 1
    assert await collector.settle(BOUND)


async def test_a_kind_that_crashes_makes_its_source_fail_and_back_off(
    make: Make, db: Database, clock: HandClock, kind: FakeKind
) -> None:
    collector = make("wire")
    await collector.enrol()
    kind.answers["wire"] = deque([ZeroDivisionError("a fault of ours"), ZeroDivisionError("again"), NEWS])
    with keeping(Bell()):
        await collector.poll_all()
        await collector.poll_all()
    failing = await state(db, "wire")
    assert (failing.health, failing.failures) == (Health.FAILING, 2)
    assert failing.reason == "internal error: ZeroDivisionError"
    assert failing.next_due_at == clock.now() + timedelta(seconds=2)
    await collector.poll_all()
    assert (await state(db, "wire")).failures == 0
    assert await stored(db) == 2


async def test_no_more_are_polled_at_once_than_there_is_room(make: Make, kind: FakeKind) -> None:
    names = [f"s{number}" for number in range(20)]
    collector = make(*names, concurrency=3)
    await collector.enrol()
    kind.gate.clear()
    kind.crowd = 3
    assert await collector.start_due() == 3
    assert await collector.start_due() == 0
    everything = asyncio.create_task(collector.poll_all())
    await asyncio.wait_for(kind.crowded.wait(), BOUND)
    kind.gate.set()
    await asyncio.wait_for(everything, BOUND)
    assert kind.most_at_once == 3
    assert set(kind.polled) == set(names)


async def test_a_source_that_hangs_is_not_asked_again_and_the_others_go_on(
    make: Make, db: Database, clock: HandClock, kind: FakeKind
) -> None:
    collector = make("slow", "wire", concurrency=2)
    await collector.enrol()
    kind.gate.clear()
    assert await collector.start_due() == 2
    await asyncio.sleep(0)
    clock.advance(timedelta(hours=1))
    assert await collector.start_due() == 0
    assert sorted(kind.polled) == ["slow", "wire"]
    assert not await collector.settle(0)
    await collector.abandon()
    assert (await state(db, "slow")).polls == 0
    kind.gate.set()
    assert await collector.start_due() == 2
    assert await collector.settle(BOUND)


async def test_only_those_that_are_due_are_polled(make: Make, clock: HandClock, kind: FakeKind) -> None:
    collector = make("wire")
    await collector.enrol()
    assert await collector.start_due() == 1
    assert await collector.settle(BOUND)
    assert await collector.start_due() == 0
    clock.advance(timedelta(seconds=2))
    assert await collector.start_due() == 1
    assert await collector.settle(BOUND)


async def test_some_may_be_polled_by_name(make: Make, kind: FakeKind) -> None:
    collector = make("one", "two", "three")
    await collector.enrol()
    await collector.poll_all(only=["two"])
    assert kind.polled == ["two"]
