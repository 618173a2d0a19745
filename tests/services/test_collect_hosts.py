"""The collector and hosts: turns, wishes of a whole host, and failures that are our own."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from tests.services.fakes import FakeKind
from tests.support.clocks import HandClock
from tests.support.velmar import Velmar
from watcher.detection.engine import Detector
from watcher.model.document import Health, Outcome, Poll, SourceState
from watcher.net.transport import Outside
from watcher.services import rules
from watcher.services.collect import Collector
from watcher.services.desk import Desk, DeskHolder
from watcher.services.intake import Intake
from watcher.services.screening import Screen
from watcher.sources.fetch import Fetcher
from watcher.sources.policy import FetchPolicy
from watcher.storage import sources
from watcher.storage.engine import Database

LOST = Poll(Outcome.FAILED, error="dns: no such name", health=Health.FAILING, failure="dns")
BUSY = Poll(
    Outcome.FAILED, error="http-status: the server answers 429", health=Health.BLOCKED, failure="429",
    retry_after=timedelta(hours=1),
)  # fmt: skip


class Bench:
    """A collector over sources of these addresses, with a kind that answers from a script."""

    def __init__(self, root: Path, db: Database, clock: HandClock, addresses: dict[str, str]) -> None:
        velmar = Velmar(root)
        velmar.sources(addresses)
        rulebook, findings = rules.read(velmar.root)
        assert rulebook is not None, findings
        self.db, self.kind = db, FakeKind()
        self.kind.gate.set()
        self.fetcher = Fetcher(FetchPolicy(), outside=Outside(clock=clock.monotonic))
        holder = DeskHolder(Desk(rulebook, Detector(rulebook.signals, rulebook.lexicons)))
        numbers = count(1)
        intake = Intake(db, Screen(holder), clock, new_id=lambda: f"doc_{next(numbers):04}", chance=lambda: 0.5)
        self.collector = Collector(
            db, holder, self.fetcher, {"feed": self.kind}, clock, intake, concurrency=8, on_arrival=lambda: None
        )

    async def state(self, name: str) -> SourceState:
        async with self.db.read() as conn:
            return (await sources.states(conn))[name]

    async def make_due(self, clock: HandClock) -> None:
        async with self.db.write() as conn:
            await sources.hasten(conn, (await sources.states(conn)).keys(), clock.now())


@pytest.fixture
async def benches() -> AsyncIterator[list[Bench]]:
    made: list[Bench] = []
    yield made
    for bench in made:
        await bench.collector.abandon()
        await bench.fetcher.close()


async def test_a_host_with_many_due_sources_does_not_starve_the_others(
    tmp_path: Path, db: Database, clock: HandClock, benches: list[Bench]
) -> None:
    addresses = {f"a-{number:03}": f"https://crowd.example/{number}" for number in range(500)}
    addresses |= {f"z-{number}": f"https://z{number}.example/rss" for number in range(3)}
    bench = Bench(tmp_path / "rules", db, clock, addresses)
    benches.append(bench)
    await bench.collector.enrol()
    await bench.make_due(clock)
    await bench.collector.start_due()
    await bench.collector.settle()
    assert sorted(name for name in bench.kind.polled if name.startswith("z")) == ["z-0", "z-1", "z-2"]
    assert len([name for name in bench.kind.polled if name.startswith("a")]) == 1, "the crowd has one turn at a time"


async def test_when_two_addresses_ask_to_wait_the_whole_host_is_spared(
    tmp_path: Path, db: Database, clock: HandClock, benches: list[Bench]
) -> None:
    addresses = {name: f"https://busy.example/{name}" for name in ("one", "two", "three")}
    bench = Bench(tmp_path / "rules", db, clock, addresses | {"other": "https://other.example/rss"})
    benches.append(bench)
    await bench.collector.enrol()
    bench.kind.answers = {"one": deque([BUSY]), "two": deque([BUSY])}
    await bench.collector.poll_all(["one"])
    assert (await bench.state("three")).next_due_at <= clock.now()
    await bench.collector.poll_all(["two"])
    assert (await bench.state("three")).next_due_at == clock.now() + timedelta(hours=1)
    assert (await bench.state("other")).next_due_at <= clock.now()


async def test_failures_of_our_own_network_are_not_counted(
    tmp_path: Path, db: Database, clock: HandClock, benches: list[Bench]
) -> None:
    names = [f"s{number}" for number in range(9)]
    bench = Bench(tmp_path / "rules", db, clock, {name: f"https://{name}.example/rss" for name in names})
    benches.append(bench)
    await bench.collector.enrol()
    await bench.collector.poll_all()
    clock.advance(timedelta(minutes=5))
    bench.kind.answers = {name: deque([LOST] * 4) for name in names}
    for _ in range(4):
        await bench.collector.poll_all()
        clock.advance(timedelta(seconds=10))
    states = [await bench.state(name) for name in names]
    assert {state.health for state in states} == {Health.HEALTHY}
    assert sum(state.failures for state in states) < 9
    assert sum(state.reason.startswith("not counted") for state in states) == 9
    assert bench.collector.outage_since is not None
    await bench.collector.poll_all()
    assert {(await bench.state(name)).failures for name in names} == {0}
    assert bench.collector.outage_since is None
