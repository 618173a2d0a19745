"""Each step once, and none after somebody has the alert: on both databases, whatever crashes, races or turns back."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.services.fakes import desk, document
from tests.services.test_pipeline import store
from tests.storage.postgres import Postgres, running_postgres
from tests.support.clocks import HandClock
from watcher.alerting.ladder import begin, climb, resettled
from watcher.model.alert import EscalationStep, Hours, Ladder
from watcher.model.delivery import Attempt, DeliveryStatus, Receipt
from watcher.model.life import Act, Actor, Verb
from watcher.services.desk import Desk, DeskHolder
from watcher.services.escalate import Escalator
from watcher.services.pipeline import Pipeline
from watcher.services.respond import Responder
from watcher.storage import alerts, escalations, outbox
from watcher.storage.claiming import claim
from watcher.storage.engine import Database
from watcher.storage.migrate import migrate

MINUTE = timedelta(minutes=1)
CHANNELS: dict[str, Any] = {name: {"kind": "console"} for name in ("desk", "duty", "soc", "boss")}
STEPS = [
    {"after": "0m", "to": ["desk"]},  # told with the alert: it pages nobody
    {"after": "5m", "to": ["duty"]},
    {"after": "10m", "to": ["soc"]},
    {"after": "15m", "to": ["boss", "duty"]},
]
EVERYBODY = {"duty": 2, "soc": 1, "boss": 1}
ADA = Actor("ada", "cli")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def name(postgres: Postgres) -> str:
    """One database for all tests, because a new one costs seconds."""
    return postgres.create()


@pytest.fixture(params=["sqlite", "postgresql"])
async def pair(
    request: pytest.FixtureRequest, tmp_path: Path, template: Path
) -> AsyncIterator[tuple[Database, Database]]:
    """Two processes' connections to one database."""
    if request.param == "sqlite":
        url = f"sqlite:///{shutil.copy(template, tmp_path / 'watch.db')}"
    else:
        server, name = request.getfixturevalue("postgres"), request.getfixturevalue("name")
        url = server.url(name)
    opened = [await Database.open(url) for _ in range(2)]
    if request.param == "postgresql":
        await migrate(opened[0])
        server.wipe(name)
    yield opened[0], opened[1]
    for database in opened:
        await database.close()


class CrashError(Exception):
    """The process is gone."""


class Mortal:
    """A database whose process dies at its n-th write transaction: just before the commit, or just after it."""

    def __init__(self, db: Database, at: int, *, after: bool) -> None:
        self._db, self._left, self._after = db, at, after
        self.read = db.read

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        dies = self._left == 0
        self._left -= 1
        async with self._db.write() as conn:
            yield conn
            if dies and not self._after:
                raise CrashError
        if dies:
            raise CrashError


class Duty:
    """One alert whose ladder is under way."""

    def __init__(self, db: Database, clock: HandClock, over: Desk) -> None:
        self.db, self.clock, self.desk = db, clock, over

    def escalator(self, db: Any = None) -> Escalator:
        return Escalator(db or self.db, DeskHolder(self.desk), self.clock)

    async def alert_id(self) -> str:
        async with self.db.read() as conn:
            (found,) = await alerts.listing(conn)
        return found.id

    async def take(self, verb: Verb = Verb.ACKNOWLEDGE, db: Any = None, **more: Any) -> None:
        act = Act(verb, ADA, self.clock.now(), **more)
        await Responder(db or self.db, self.clock, set).act(await self.alert_id(), act)

    async def pages(self) -> Counter[str]:
        """How often each channel was paged, sent or not, if nobody took it back."""
        async with self.db.read() as conn:
            told = await outbox.listing(conn, limit=1000)
        alive = [one for one in told if one.status is not DeliveryStatus.SUPERSEDED]
        return Counter(one.channel for one in alive if one.message.kind == "escalation")

    async def steps(self) -> list[tuple[int, int]]:
        async with self.db.read() as conn:
            life = await alerts.events(conn, await self.alert_id())
        return [(e.detail["round"], e.detail["step"]) for e in life if e.kind == "escalated"]  # type: ignore[misc]


async def start(root: Path, db: Database, clock: HandClock, ladder: Any = None) -> Duty:
    route = {"to": ["desk"], "escalate": "ladder"}
    over = desk(root / "rules", route=route, ladders={"ladder": ladder or STEPS}, **CHANNELS)
    await store(db, document(1))
    await Pipeline(db, DeskHolder(over), clock).run_pending()
    return Duty(db, clock, over)


ONCE = [(1, 1), (1, 2), (1, 3), (1, 4)]


async def test_two_services_take_each_step_once(
    tmp_path: Path, pair: tuple[Database, Database], clock: HandClock
) -> None:
    duty = await start(tmp_path, pair[0], clock)
    both = [duty.escalator(db) for db in pair]
    for _ in range(5):
        taken = await asyncio.gather(*(each.tick() for each in both for _ in range(2)))
        assert sum(taken) <= 1
        clock.advance(5 * MINUTE)
    assert await duty.steps() == ONCE
    assert await duty.pages() == EVERYBODY


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
async def test_a_crash_at_every_transaction(
    tmp_path: Path, pair: tuple[Database, Database], clock: HandClock, after: bool
) -> None:
    """Each life of the service dies at its first, second … transaction; the next one begins where it was."""
    duty = await start(tmp_path, pair[0], clock)
    deaths = 0
    for at in (0, 0, 1, 0, 2, 1, 0, 3):
        life = duty.escalator(Mortal(pair[0], at, after=after))
        try:
            for _ in range(3):
                await life.tick()
                clock.advance(MINUTE)
        except CrashError:
            deaths += 1
    for _ in range(8):
        await duty.escalator().tick()
        clock.advance(5 * MINUTE)
    assert deaths >= 4
    assert await duty.steps() == ONCE
    assert await duty.pages() == EVERYBODY


@pytest.mark.parametrize("verb", [Verb.ACKNOWLEDGE, Verb.SNOOZE, Verb.RESOLVE])
async def test_somebody_takes_it_between_what_is_due_and_the_step(
    tmp_path: Path, pair: tuple[Database, Database], clock: HandClock, verb: Verb
) -> None:
    """The act is committed after the escalator has seen what is due, and before its transaction begins."""
    duty = await start(tmp_path, pair[0], clock)
    await duty.escalator().tick()
    clock.advance(5 * MINUTE)

    class Interrupted(Mortal):
        @asynccontextmanager
        async def write(self) -> AsyncIterator[AsyncConnection]:
            await duty.take(verb, pair[1], until=clock.now() + timedelta(hours=6))
            async with self._db.write() as conn:
                yield conn

    escalator = duty.escalator(Interrupted(pair[0], -1, after=False))
    escalator._latest = clock.now()  # it has run before: nothing is to be settled first
    assert await escalator.tick() == 0
    assert await duty.pages() == {}


async def test_acts_and_steps_side_by_side(tmp_path: Path, pair: tuple[Database, Database], clock: HandClock) -> None:
    """Whoever is first: if the step was, its page is taken back."""
    duty = await start(tmp_path, pair[0], clock)
    await duty.escalator().tick()
    clock.advance(5 * MINUTE)
    await asyncio.gather(
        duty.escalator(pair[0]).tick(), duty.take(Verb.ACKNOWLEDGE, pair[1]), duty.escalator(pair[1]).tick()
    )
    assert await duty.pages() == {}
    for _ in range(5):
        clock.advance(5 * MINUTE)
        assert await duty.escalator().tick() == 0
    async with duty.db.read() as conn:
        ((run, _),) = await escalations.of_alert(conn, await duty.alert_id())
    assert run.next_at is None and "ada has it" in run.ended


@pytest.mark.parametrize("arrived", [False, True])
async def test_a_page_that_is_under_way_is_not_tried_again(
    tmp_path: Path, pair: tuple[Database, Database], clock: HandClock, arrived: bool
) -> None:
    duty = await start(tmp_path, pair[0], clock)
    await duty.escalator().tick()
    clock.advance(5 * MINUTE)
    await duty.escalator().tick()
    async with pair[0].write() as conn:
        (page,) = await claim(conn, clock.now(), "me", MINUTE, 9, ["duty"])
    await duty.take(Verb.ACKNOWLEDGE, pair[1])
    attempt = Attempt(page.id, 1, clock.now(), clock.now(), "sent" if arrived else "retry_wait")
    async with pair[0].write() as conn:
        if arrived:
            assert await outbox.finish_sent(conn, page, Receipt("ref"), attempt)
        else:
            later = clock.now() + MINUTE
            assert not await outbox.finish_failed(conn, page, DeliveryStatus.RETRY, later, attempt)
    clock.advance(60 * MINUTE)
    async with pair[0].write() as conn:
        await outbox.release(conn, ["me"], clock.now())
        assert await claim(conn, clock.now(), "me", MINUTE, 9, ["duty", "soc", "boss"]) == []
        ended = await outbox.get(conn, page.id)
        assert len(await outbox.attempts(conn, page.id)) == 1
    assert ended is not None
    assert ended.status is (DeliveryStatus.SENT if arrived else DeliveryStatus.SUPERSEDED)
    assert ended.ambiguous is not arrived


async def test_the_last_step_is_taken_back_too(
    tmp_path: Path, pair: tuple[Database, Database], clock: HandClock
) -> None:
    """The run has ended by then, and its pages wait for a channel that is down."""
    duty = await start(tmp_path, pair[0], clock)
    for _ in range(4):
        await duty.escalator().tick()
        clock.advance(5 * MINUTE)
    assert await duty.pages() == EVERYBODY
    await duty.take()
    assert await duty.pages() == {}


async def test_a_clock_that_goes_forth_and_back(
    tmp_path: Path, pair: tuple[Database, Database], clock: HandClock
) -> None:
    """While it was two days ahead a step was taken; set right, the next one comes after its usual gap."""
    duty = await start(tmp_path, pair[0], clock)
    escalator = duty.escalator()
    await escalator.tick()
    clock.advance(timedelta(days=2))
    assert await escalator.tick() == 1
    clock.advance(-timedelta(days=2))
    assert await escalator.tick() == 0
    clock.advance(4 * MINUTE)
    assert await escalator.tick() == 0
    clock.advance(MINUTE)
    assert await escalator.tick() == 1
    clock.advance(-timedelta(hours=3))
    assert await duty.escalator().tick() == 0, "also after a restart"
    clock.advance(5 * MINUTE)
    assert await duty.escalator().tick() == 1
    assert await duty.steps() == ONCE
    assert await duty.pages() == EVERYBODY


async def test_rounds_are_told_apart(tmp_path: Path, pair: tuple[Database, Database], clock: HandClock) -> None:
    ladder = {"steps": [{"after": "1m", "to": ["duty"]}, {"after": "2m", "to": ["soc"]}], "repeat": 2, "pause": "10m"}
    duty = await start(tmp_path, pair[0], clock, ladder)
    for _ in range(36):
        await asyncio.gather(duty.escalator(pair[0]).tick(), duty.escalator(pair[1]).tick())
        clock.advance(MINUTE)
    assert await duty.steps() == [(1, 1), (1, 2), (2, 1), (2, 2), (3, 1), (3, 2)]
    assert await duty.pages() == {"duty": 3, "soc": 3}


async def test_hours_of_duty_when_the_clocks_change(tmp_path: Path, pair: tuple[Database, Database]) -> None:
    """In London the clocks go forward on 2026-03-29 at 01:00 UTC: 08:00 there is 07:00 UTC from that day on."""
    clock = HandClock(datetime(2026, 3, 28, 17, 50, tzinfo=UTC))
    ladder = {
        "steps": [{"after": "5m", "to": ["duty"]}, {"after": "15m", "to": ["soc"]}],
        "hours": {"from": "08:00", "to": "18:00", "timezone": "Europe/London"},
    }
    duty = await start(tmp_path, pair[0], clock, ladder)
    clock.advance(5 * MINUTE)
    assert await duty.escalator().tick() == 1
    async with duty.db.read() as conn:
        ((run, _),) = await escalations.of_alert(conn, await duty.alert_id())
    assert run.next_at == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)
    taken = []
    for _ in range(14 * 4):
        clock.advance(15 * MINUTE)
        if await duty.escalator().tick():
            taken.append(clock.now())
    assert taken == [datetime(2026, 3, 29, 7, 10, tzinfo=UTC)], "the first look after 07:00"


LONDON = Hours(datetime(2026, 1, 1, 8).time(), datetime(2026, 1, 1, 18).time(), "Europe/London", frozenset(range(5)))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
gaps = st.lists(st.integers(1, 3_000), min_size=1, max_size=5, unique=True).map(sorted)


@settings(max_examples=200, deadline=None)
@given(gaps, moments, moments, st.sampled_from([None, LONDON]), st.integers(0, 2))
def test_no_step_waits_longer_than_its_gap_whatever_the_clock_did(
    minutes: list[int], then: datetime, now: datetime, hours: Hours | None, repeat: int
) -> None:
    steps = tuple(EscalationStep(minute * MINUTE, ("duty",)) for minute in minutes)
    ladder = Ladder("ladder", steps, repeat, 30 * MINUTE, hours)
    run = begin(ladder, "r", "a", then)
    while run.next_at is not None:
        if then <= now:
            assert resettled(run, now) is None, "a clock that never went back changes nothing"
        settled = resettled(run, now) or run
        assert settled.next_at is not None
        assert resettled(settled, now) is None
        assert (settled.step, settled.round, settled.id) == (run.step, run.round, run.id)
        assert settled.next_at <= run.next_at
        run = climb(run, then)
