"""Two services on one PostgreSQL database: what both would do is done once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.services.fakes import desk, document
from tests.services.test_pipeline import store
from tests.storage.postgres import Postgres, running_postgres
from tests.support.clocks import HandClock
from tests.support.velmar import DAM_COPY, DAM_FAILS, DOCKERS_STRIKE, TREATY_SIGNED
from watcher.model.life import Act, Actor, Verb
from watcher.services.desk import DeskHolder
from watcher.services.escalate import Escalator
from watcher.services.gather import Gatherer
from watcher.services.pipeline import Pipeline
from watcher.services.respond import Responder
from watcher.storage import alerts, outbox
from watcher.storage.engine import Database
from watcher.storage.migrate import migrate

CHANNELS: dict[str, Any] = {"desk": {"kind": "console"}, "duty": {"kind": "console"}}
LADDER = {"ladder": [{"after": "5m", "to": ["duty"]}]}


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
async def two(postgres: Postgres) -> AsyncIterator[tuple[Database, Database]]:
    """Two processes' connections to one empty database."""
    name = postgres.create()
    opened = [await Database.open(postgres.url(name)) for _ in range(2)]
    await migrate(opened[0])
    yield opened[0], opened[1]
    for database in opened:
        await database.close()
    postgres.drop(name)


async def kinds(db: Database) -> list[tuple[str, str]]:
    async with db.read() as conn:
        told = await outbox.listing(conn, limit=1000)
    return sorted((one.message.kind, one.channel) for one in told)


async def test_two_pipelines_open_each_alert_once_and_tell_copies_as_one(
    tmp_path: Path, two: tuple[Database, Database], clock: HandClock
) -> None:
    reports = [DAM_FAILS, DOCKERS_STRIKE, TREATY_SIGNED, DAM_COPY]
    given = [
        document(number, report, source_id=f"s{number}", publisher=f"p{number}.example")
        for number, report in enumerate(reports)
    ]
    await store(two[0], *given)
    over = DeskHolder(desk(tmp_path / "rules", desk={"kind": "console"}))
    runners = [Pipeline(db, over, clock) for db in two]
    both = [await runner._waiting() for runner in runners]  # each has read what waits before either decides
    await asyncio.gather(*(runner._tell(waiting) for runner, waiting in zip(runners, both, strict=True)))

    assert await kinds(two[0]) == [("alert", "desk")] * 3
    async with two[0].read() as conn:
        found = await alerts.listing(conn)
        events = [event.kind for one in found for event in await alerts.events(conn, one.id)]
    assert len(found) == 3
    assert sorted(events) == ["open"] * 3 + ["suppressed"]  # the copy, once
    assert sum(runner.tally["open"] for runner in runners) == 3


async def test_two_gatherers_let_each_group_and_digest_go_once(
    tmp_path: Path, two: tuple[Database, Database], clock: HandClock
) -> None:
    route = {"group": {"by": "publisher", "wait": "1m"}}
    channels: dict[str, Any] = {
        "desk": {"kind": "console"},
        "morning": {"kind": "console", "digest": {"at": ["17:00"]}},
    }
    over = DeskHolder(desk(tmp_path / "rules", route=route, **channels))
    gatherers = [Gatherer(db, over, clock) for db in two]
    await asyncio.gather(*(each.tick() for each in gatherers))
    await store(two[0], document(1), document(2, DOCKERS_STRIKE))
    await Pipeline(two[0], over, clock).run_pending()
    clock.advance(timedelta(hours=6))
    assert sum(await asyncio.gather(*(each.tick() for each in gatherers))) == 2
    assert await kinds(two[0]) == [("digest", "morning"), ("summary", "desk")]


async def test_two_escalators_take_each_step_once(
    tmp_path: Path, two: tuple[Database, Database], clock: HandClock
) -> None:
    over = DeskHolder(
        desk(tmp_path / "rules", route={"to": ["desk"], "escalate": "ladder"}, ladders=LADDER, **CHANNELS)
    )
    await store(two[0], document(1))
    await Pipeline(two[0], over, clock).run_pending()
    clock.advance(timedelta(minutes=6))
    assert sum(await asyncio.gather(*(Escalator(db, over, clock).tick() for db in two))) == 1
    assert await kinds(two[0]) == [("alert", "desk"), ("escalation", "duty")]


async def test_an_acknowledgement_and_a_step_at_once_never_both_win(
    tmp_path: Path, two: tuple[Database, Database], clock: HandClock
) -> None:
    over = DeskHolder(
        desk(tmp_path / "rules", route={"to": ["desk"], "escalate": "ladder"}, ladders=LADDER, **CHANNELS)
    )
    await store(two[0], document(1))
    await Pipeline(two[0], over, clock).run_pending()
    clock.advance(timedelta(minutes=6))
    async with two[0].read() as conn:
        (alert,) = await alerts.listing(conn)
    act = Act(Verb.ACKNOWLEDGE, Actor("ada", "cli"), clock.now(), external_id="one press")
    responders = [Responder(db, clock, set) for db in two]
    await asyncio.gather(Escalator(two[0], over, clock).tick(), *(each.act(alert.id, act) for each in responders))
    async with two[0].read() as conn:
        history = [event.kind for event in await alerts.events(conn, alert.id)]
        (after,) = await alerts.listing(conn)
        pages = [one for one in await outbox.listing(conn) if one.message.kind == "escalation"]
    assert (after.status, after.owner) == ("acknowledged", "ada")
    assert history.count("acknowledged") == 1
    assert "escalated" not in history[history.index("acknowledged") :]
    assert all(page.status == "superseded" for page in pages)
