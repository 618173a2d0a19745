"""Channels that were down for long, messages that nobody wants any more, recipients who want none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.services.fakes import FakeAdapter, delivery, desk, document, ids
from tests.services.sending import Stage, middle
from tests.services.test_pipeline import store
from tests.support.clocks import HandClock
from tests.support.velmar import DAM_FAILS
from watcher.delivery.pacing import Pacer
from watcher.model.delivery import Delivery, DeliveryError, DeliveryStatus
from watcher.services import inspect
from watcher.services.deliver import Deliverer
from watcher.services.desk import DeskHolder
from watcher.services.pipeline import Pipeline
from watcher.storage import alerts, outbox, recipients
from watcher.storage.engine import Database
from watcher.storage.recipients import Muted

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class Down(FakeAdapter):
    """Refuses for now until it is up."""

    up = False

    async def send(self, delivery: Delivery) -> Any:
        if not self.up:
            self.tried.append(delivery)
            raise DeliveryError("connection refused")
        return await super().send(delivery)


async def pass_time(stage: Stage, span: timedelta, step: timedelta = HOUR) -> None:
    """As the timetable would: look for work at every step."""
    for _ in range(int(span / step)):
        stage.clock.advance(step)
        await stage.work()


async def test_after_two_days_down_all_is_told_the_gravest_first(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    screen = Down()
    stage = Stage(tmp_path, db, clock, screen=screen)
    for number in range(6):
        await stage.put(delivery(number, priority=number % 3, created_at=clock.now(), due_at=clock.now()))
        await stage.work()
        await pass_time(stage, 8 * HOUR)
    for number in range(6):
        assert (await stage.get(number)).status is DeliveryStatus.RETRY
    screen.up = True
    await stage.put(delivery(9, priority=2, created_at=clock.now(), due_at=clock.now()))
    await stage.work()
    await stage.work()
    sent = ids(screen.sent)
    assert sent[0] == "dlv_0009"
    assert sorted(sent[1:]) == [f"dlv_000{number}" for number in range(6)]
    late = {one.id: one.message.late for one in screen.sent}
    assert late == {"dlv_0009": "", "dlv_0000": "2 days", "dlv_0001": "40 hours", "dlv_0002": "32 hours",
                    "dlv_0003": "24 hours", "dlv_0004": "16 hours", "dlv_0005": "8 hours"}  # fmt: skip
    async with db.read() as conn:
        assert await outbox.counts(conn) == {DeliveryStatus.SENT: 7}


async def test_what_was_woken_goes_by_urgency_and_age(tmp_path: Path, db: Database, clock: HandClock) -> None:
    screen = Down(pace=0.001)
    stage = Stage(tmp_path, db, clock, screen=screen)
    for number, rank in enumerate((2, 0, 1, 0)):
        await stage.put(delivery(number, priority=rank, created_at=clock.now(), due_at=clock.now()))
        clock.advance(MINUTE)
    await _paced(stage)
    await pass_time_paced(stage, 10)
    screen.up = True
    await stage.put(delivery(9, priority=3, created_at=clock.now(), due_at=clock.now()))
    await _paced(stage)
    assert ids(screen.sent) == ["dlv_0009", "dlv_0001", "dlv_0003", "dlv_0002", "dlv_0000"]


async def pass_time_paced(stage: Stage, hours: int) -> None:
    for _ in range(hours):
        stage.clock.advance(HOUR)
        await _paced(stage)


async def _paced(stage: Stage) -> None:
    """A lane with a pace waits for the hand-moved clock between two sends."""
    stage.deliverer.kick()
    while not await stage.deliverer.settle(0.02):
        stage.clock.advance(timedelta(seconds=1))


async def test_a_try_that_was_brought_forward_does_not_shorten_the_three_days(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    class Poisoned(FakeAdapter):
        async def send(self, delivery: Delivery) -> Any:
            self.tried.append(delivery)
            if delivery.id == "dlv_0000":
                raise DeliveryError("internal error")
            return await super().send(delivery)

    screen = Poisoned()
    stage = Stage(tmp_path, db, clock, screen=screen)
    await stage.put(delivery(0, created_at=clock.now(), due_at=clock.now()))
    for number in range(1, 70):
        await stage.put(delivery(number, created_at=clock.now(), due_at=clock.now()))
        await stage.work()
        clock.advance(HOUR)
    assert (await stage.get(0)).status is DeliveryStatus.RETRY
    tries = ids(screen.tried).count("dlv_0000")
    assert tries <= 75  # about one an hour
    for number in range(70, 200):
        await stage.put(delivery(number, created_at=clock.now(), due_at=clock.now()))
        await stage.work()
        clock.advance(HOUR)
    assert (await stage.get(0)).status is DeliveryStatus.DEAD


class Office:
    """From a document to the adapter, with one channel `out` that is down."""

    def __init__(self, root: Path, db: Database, clock: HandClock, route: dict[str, Any], **channel: Any) -> None:
        self.out, self.db, self.clock = Down(), db, clock
        over = desk(root, {"out": self.out}, route=route, out={"kind": "console", **channel})
        self.pipeline = Pipeline(db, DeskHolder(over), clock)
        self.deliverer = Deliverer(db, DeskHolder(over), clock, Pacer(clock.monotonic), owner="me", chance=middle)

    async def work(self) -> None:
        await self.pipeline.run_pending()
        self.deliverer.kick()
        assert await self.deliverer.settle(5.0)


@pytest.mark.parametrize(
    ("route", "channel"),
    [({"expire_after": "12h"}, {}), ({}, {"expire_after": "12h"}), ({"expire_after": "12h"}, {"expire_after": "30d"})],
)
async def test_what_is_too_old_is_not_sent_and_the_alert_tells_it(
    tmp_path: Path, db: Database, clock: HandClock, route: dict[str, Any], channel: dict[str, Any]
) -> None:
    office = Office(tmp_path, db, clock, route, **channel)
    await store(db, document(1, DAM_FAILS))
    await office.work()
    for _ in range(26):
        clock.advance(HOUR)
        await office.work()
    office.out.up = True
    clock.advance(24 * HOUR)
    await office.work()
    assert office.out.sent == []
    async with db.read() as conn:
        (alert,) = await alerts.listing(conn)
        (expired,) = await outbox.for_alert(conn, alert.id)
    assert expired.status is DeliveryStatus.EXPIRED
    assert "it was to be told within 12 hours" in expired.last_error
    life = await inspect.alert_life(db, alert.id)
    (event,) = [event for event in life["events"] if event["kind"] == "not-sent"]
    assert (event["channel"], event["status"]) == ("out", "expired")

    await inspect.retry_delivery(db, clock, expired.id)  # a person wants it all the same
    await office.work()
    assert ids(office.out.sent) == [expired.id]


async def test_a_route_may_keep_what_its_channel_would_give_up(tmp_path: Path, db: Database, clock: HandClock) -> None:
    office = Office(tmp_path, db, clock, {"expire_after": "7d"}, expire_after="1h")
    await store(db, document(1, DAM_FAILS))
    await office.work()
    office.out.up = True
    clock.advance(26 * HOUR)
    await office.work()
    (sent,) = office.out.sent
    assert sent.message.late == "26 hours"


async def test_a_recipient_who_wants_no_more_gets_nothing_until_let_in_again(
    tmp_path: Path, db: Database, clock: HandClock
) -> None:
    mail = FakeAdapter()
    stage = Stage(tmp_path, db, clock, screen=mail)
    async with db.write() as conn:
        assert await recipients.mute(conn, Muted("screen", "a@x.example", clock.now(), "link"))
        assert not await recipients.mute(conn, Muted("screen", "a@x.example", clock.now(), "link"))
    await stage.put(delivery(1, target="a@x.example"), delivery(2, target="b@x.example"))
    await stage.work()
    assert ids(mail.sent) == ["dlv_0002"]
    assert (await stage.get(1)).status is DeliveryStatus.SUPERSEDED
    assert "wants no more" in (await stage.get(1)).last_error
    async with db.write() as conn:
        assert await recipients.unmute(conn, "screen", "a@x.example")
    await stage.put(delivery(3, target="a@x.example"))
    await stage.work()
    assert ids(mail.sent) == ["dlv_0002", "dlv_0003"]
