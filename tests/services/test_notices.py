"""Operators are told of a source's change once, through the outbox, wherever routes.yaml says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.services.fakes import FakeAdapter, desk
from tests.support.clocks import NOON, HandClock
from watcher.model.delivery import Delivery
from watcher.model.document import Health, SourceState
from watcher.model.notice import Notice
from watcher.model.signal import Severity
from watcher.services.desk import Desk, DeskHolder
from watcher.services.notices import SINGLY, Teller, operator_channels, post
from watcher.storage import outbox, sources
from watcher.storage.engine import Database

NOTICE = Notice("disk", "The disk is nearly full", "3 % are left.", Severity.HIGH, "disk/2026-11-20")
BROKEN = SourceState(
    "wire", NOON, url="https://wire.example/rss", health=Health.FAILING, health_since=NOON, leaning=Health.FAILING,
    leaning_polls=3, told_health=Health.HEALTHY, failure="dns", reason="dns: no such name", last_success_at=NOON,
)  # fmt: skip


def with_operator(base: Desk, *channels: str) -> Desk:
    routing = replace(base.rulebook.routing, operator=channels)
    return replace(base, rulebook=replace(base.rulebook, routing=routing))


def watching(base: Desk, *names: str) -> Desk:
    """The same desk with sources of these names."""
    one = base.rulebook.sources[0]
    configured = tuple(replace(one, id=name) for name in names)
    return replace(base, rulebook=replace(base.rulebook, sources=configured))


async def written(db: Database) -> list[Delivery]:
    async with db.read() as conn:
        return await outbox.listing(conn)


@pytest.fixture
def base(tmp_path: Path) -> Desk:
    channels: dict[str, Any] = {
        "screen": {"kind": "console"},
        "mail": {"kind": "email", "to": ["a@desk.example", "b@desk.example"]},
    }
    adapters = {"screen": FakeAdapter(), "mail": FakeAdapter()}
    targets = {"screen": ("",), "mail": ("a@desk.example", "b@desk.example")}
    return watching(desk(tmp_path / "rules", adapters, targets, **channels), "wire", *(f"s{n}" for n in range(9)))


def teller(db: Database, base: Desk, clock: HandClock, since: datetime | None = None) -> Teller:
    return Teller(db, DeskHolder(base), clock, lambda: since)


async def test_a_notice_goes_to_every_recipient_of_the_operators_channels_and_only_once(
    db: Database, base: Desk, clock: HandClock
) -> None:
    told = with_operator(base, "mail", "screen")
    for added in (3, 0):
        async with db.write() as conn:
            assert await post(conn, told, NOTICE, clock.now()) == added
    rows = await written(db)
    assert {(row.channel, row.target) for row in rows} == {
        ("mail", "a@desk.example"), ("mail", "b@desk.example"), ("screen", "")
    }  # fmt: skip
    message = rows[0].message
    assert (message.kind, message.alert_title, message.sentence) == ("notice", NOTICE.subject, NOTICE.text)
    assert (rows[0].alert_id, message.severity) == (None, "high")


def test_without_an_operator_the_consoles_are_told(base: Desk) -> None:
    assert operator_channels(base) == ("screen",)
    assert operator_channels(with_operator(base, "mail")) == ("mail",)


async def test_a_change_of_health_is_told_once_and_so_is_its_end(db: Database, base: Desk, clock: HandClock) -> None:
    async with db.write() as conn:
        await sources.save(conn, BROKEN)
    assert [await teller(db, base, clock).tell() for _ in range(3)] == [1, 0, 0], "also after a restart"
    back = replace(BROKEN, told_health=Health.FAILING, health=Health.HEALTHY, leaning=Health.HEALTHY, failure="")
    async with db.write() as conn:
        await sources.save(conn, back)
    assert await teller(db, base, clock).tell() == 1
    assert sorted(row.message.alert_title for row in await written(db)) == [
        "Source wire is failing (dns)", "Source wire is healthy"
    ]  # fmt: skip


async def test_what_has_not_lasted_or_is_not_configured_is_not_told(db: Database, base: Desk, clock: HandClock) -> None:
    async with db.write() as conn:
        await sources.save(conn, replace(BROKEN, leaning_polls=2))
        await sources.save(conn, replace(BROKEN, source_id="removed"))
    assert await teller(db, base, clock).tell() == 0


async def test_many_changes_at_once_are_one_notice(db: Database, base: Desk, clock: HandClock) -> None:
    async with db.write() as conn:
        for number in range(SINGLY + 1):
            await sources.save(conn, replace(BROKEN, source_id=f"s{number}"))
    assert await teller(db, base, clock).tell() == 1
    (row,) = await written(db)
    assert row.message.alert_title == "6 sources have changed: 6 failing"


async def test_our_own_outage_is_told_once(db: Database, base: Desk, clock: HandClock) -> None:
    kept = teller(db, base, clock, NOON - timedelta(minutes=1))
    assert [await kept.tell(), await kept.tell()] == [1, 0]
    (row,) = await written(db)
    assert row.message.alert_title.startswith("Most hosts cannot be reached")
