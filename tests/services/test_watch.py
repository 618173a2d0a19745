"""The watcher watches itself: it beats with its checks, and operators are told of each change once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from tests.services.fakes import FakeAdapter, desk
from tests.storage.examples import a_delivery
from tests.support.clocks import HandClock
from watcher.model.delivery import Delivery
from watcher.services import inspect
from watcher.services.desk import Desk, DeskHolder
from watcher.services.watch import Insight, Watch
from watcher.storage import outbox
from watcher.storage.engine import Database
from watcher.storage.schema import delivery


@pytest.fixture
def base(tmp_path: Path) -> Desk:
    channels: dict[str, Any] = {"screen": {"kind": "console"}, "ops": {"kind": "console"}}
    built = desk(tmp_path / "rules", {"screen": FakeAdapter(), "ops": FakeAdapter()}, {}, **channels)
    routing = replace(built.rulebook.routing, operator=("ops",))
    return replace(built, rulebook=replace(built.rulebook, routing=routing))


def watch(db: Database, base: Desk, clock: HandClock, tmp_path: Path, **insight: Any) -> Watch:
    return Watch(db, DeskHolder(base), clock, tmp_path, Insight(**insight))


async def sentences(db: Database) -> list[str]:
    async with db.read() as conn:
        return [one.message.sentence for one in reversed(await outbox.listing(conn))]


async def notices(db: Database) -> list[tuple[str, str]]:
    async with db.read() as conn:
        found = await outbox.listing(conn)
    told = [one for one in found if one.message.kind == "notice"]
    return [(one.channel, one.message.alert_title) for one in reversed(told)]


async def put(db: Database, *rows: Delivery) -> None:
    async with db.write() as conn:
        await outbox.enqueue(conn, rows)


async def test_a_refused_edit_is_told_once_and_its_end_too_also_across_restarts(
    db: Database, base: Desk, clock: HandClock, tmp_path: Path
) -> None:
    refused: list[str] = ["signals/x.yaml:1: wrong"]
    for expected in (1, 0):
        assert await watch(db, base, clock, tmp_path, refused=lambda: tuple(refused)).round() == expected
        clock.advance(timedelta(seconds=10))
    refused.clear()
    for expected in (1, 0):
        assert await watch(db, base, clock, tmp_path, refused=lambda: tuple(refused)).round() == expected
        clock.advance(timedelta(seconds=10))
    first, second = await notices(db)
    assert first[0] == second[0] == "ops"
    assert first[1].startswith("rules: an edit was refused")
    assert second[1] == "rules: well again"


async def test_a_notice_says_nothing_twice_and_leaves_nothing_out(
    db: Database, base: Desk, clock: HandClock, tmp_path: Path
) -> None:
    short, long = "signals/x.yaml:1: wrong", f"signals/x.yaml:1: {'very ' * 50}wrong"
    for refused in (short, long):
        watching = watch(db, base, clock, tmp_path, refused=lambda told=refused: (told,))
        await watching.round()
        clock.advance(timedelta(hours=2))
        await watch(db, base, clock, tmp_path).round()
    brief, _, full, _ = zip(await notices(db), await sentences(db), strict=True)
    assert (brief[0][1].endswith(short), brief[1]) == (True, "")
    assert len(full[0][1]) == 200
    assert full[1].endswith(long)


async def test_dead_deliveries_of_the_operators_channel_are_told_through_another(
    db: Database, base: Desk, clock: HandClock, tmp_path: Path
) -> None:
    dead = replace(a_delivery(1), channel="ops", alert_id=None)
    await put(db, dead)
    async with db.write() as conn:
        await conn.execute(update(delivery).values(status="dead", finished_at=clock.now()))
    assert await watch(db, base, clock, tmp_path).round() == 1
    ((channel, title),) = await notices(db)
    assert channel == "screen"
    assert title.startswith("dead: given up: 1 for ops")


async def test_what_waits_for_a_channel_that_is_gone_is_told(
    db: Database, base: Desk, clock: HandClock, tmp_path: Path
) -> None:
    await put(db, replace(a_delivery(1), channel="old", alert_id=None))
    assert await watch(db, base, clock, tmp_path).round() == 1
    ((_, title),) = await notices(db)
    assert title.startswith("channels: deliveries wait for channels that")


async def test_what_waits_for_a_channel_that_lacks_something_is_told_through_another(
    db: Database, base: Desk, clock: HandClock, tmp_path: Path
) -> None:
    await put(db, replace(a_delivery(1), channel="ops", alert_id=None))
    assert await watch(db, replace(base, unbuilt=frozenset(["ops"])), clock, tmp_path).round() == 1
    ((channel, title),) = await notices(db)
    assert channel == "screen"
    assert title.startswith("channels: deliveries wait for channels that")
    assert "1 for ops" in title


async def test_status_shows_the_checks_and_knows_what_is_vital(
    db: Database, base: Desk, clock: HandClock, tmp_path: Path
) -> None:
    late: dict[str, timedelta] = {}
    watching = watch(db, base, clock, tmp_path, late=lambda: late)
    await watching.round()
    state = await inspect.status(db, clock)
    assert (state["ok"], state["well"], state["alive"], watching.well) == (True, True, True, True)
    assert [check["check"] for check in state["checks"]][:3] == ["heartbeat", "pipeline", "schedule"]
    late["poll"] = timedelta(minutes=5)
    await watching.round()
    state = await inspect.status(db, clock)
    assert (state["ok"], state["well"], state["alive"], watching.well) == (False, False, True, False)
    clock.advance(timedelta(minutes=2))
    state = await inspect.status(db, clock)
    assert (state["ok"], state["alive"]) == (False, False)
    assert [check["check"] for check in state["checks"]] == ["heartbeat", "dead"]
