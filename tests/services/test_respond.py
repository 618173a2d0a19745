"""What people do with alerts: written down once, told where the alert was told."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.services.fakes import desk, document
from tests.services.test_pipeline import store
from tests.support.clocks import HandClock
from watcher.model.alert import Alert, AlertStatus
from watcher.model.errors import UserError
from watcher.model.life import Act, Actor, Feedback, Verb
from watcher.services import inspect
from watcher.services.desk import DeskHolder
from watcher.services.pipeline import Pipeline
from watcher.services.respond import Responder
from watcher.storage import acts, alerts, outbox
from watcher.storage.engine import Database

ADA = Actor("ada", "slack")


@pytest.fixture
async def alert(tmp_path: Path, db: Database, clock: HandClock) -> Alert:
    """One that was told on the channel `screen`."""
    await store(db, document(1))
    await Pipeline(db, DeskHolder(desk(tmp_path / "rules")), clock).run_pending()
    async with db.read() as conn:
        (found,) = await alerts.listing(conn)
    return found


def responder(db: Database, clock: HandClock, told: list[int] | None = None) -> Responder:
    return Responder(db, clock, lambda: {"screen"}, on_told=lambda: told.append(1) if told is not None else None)


def taking(clock: HandClock, external_id: str = "") -> Act:
    return Act(Verb.ACKNOWLEDGE, ADA, clock.now(), external_id=external_id)


async def test_who_takes_it_is_kept_and_told_where_the_alert_was(db: Database, clock: HandClock, alert: Alert) -> None:
    told: list[int] = []
    response = await responder(db, clock, told).act(alert.id, taking(clock))
    assert response.changed and response.alert.status is AlertStatus.ACKNOWLEDGED
    assert told == [1]
    async with db.read() as conn:
        first, second = await outbox.for_alert(conn, alert.id)
        life = await alerts.events(conn, alert.id)
    assert (second.channel, second.message.kind, second.message.status) == ("screen", "status", "acknowledged")
    assert (second.message.owner, second.message.until) == (
        "ada",
        response.alert.ack_until.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    assert second.message.document == first.message.document
    assert [event.kind for event in life] == ["open", "acknowledged"]
    assert life[-1].detail["by"] == "ada"


async def test_the_same_event_counts_once(db: Database, clock: HandClock, alert: Alert) -> None:
    desk_hand = responder(db, clock)
    await desk_hand.act(alert.id, taking(clock, "slack:T1:17.5"))
    again = await desk_hand.act(alert.id, taking(clock, "slack:T1:17.5"))
    assert (again.changed, again.repeated) == (False, True)
    async with db.read() as conn:
        assert len(await outbox.for_alert(conn, alert.id)) == 2


async def test_channels_that_do_not_follow_are_left_alone(db: Database, clock: HandClock, alert: Alert) -> None:
    await Responder(db, clock, set).act(alert.id, taking(clock))
    async with db.read() as conn:
        assert len(await outbox.for_alert(conn, alert.id)) == 1


async def test_feedback_is_counted_and_may_end_it(db: Database, clock: HandClock, alert: Alert) -> None:
    desk_hand = responder(db, clock)
    kept = await desk_hand.say(alert.id, Feedback.RELEVANT, ADA)
    assert kept.changed and kept.alert.status is AlertStatus.OPEN
    ended = await desk_hand.say(alert.id, Feedback.NOT_RELEVANT, ADA, note="a drill")
    assert ended.alert.status is AlertStatus.RESOLVED
    async with db.read() as conn:
        assert await acts.counted(conn) == {alert.signal_id: {Feedback.NOT_RELEVANT: 1}}
        assert await acts.counted(conn, clock.now() + timedelta(hours=1)) == {}
    life = await inspect.alert_life(db, alert.id)
    assert [said["verdict"] for said in life["feedback"]] == ["relevant", "not-relevant"]
    assert [event["kind"] for event in life["events"]] == ["open", "feedback", "feedback", "resolved"]


async def test_time_frees_what_its_owner_forgot(db: Database, clock: HandClock, alert: Alert) -> None:
    desk_hand = responder(db, clock)
    await desk_hand.act(alert.id, taking(clock))
    assert await desk_hand.tick() == 0
    clock.advance(timedelta(hours=12))
    assert await desk_hand.tick() == 1
    assert await desk_hand.tick() == 0
    async with db.read() as conn:
        freed = await alerts.get(conn, alert.id)
        last = (await outbox.for_alert(conn, alert.id))[-1]
    assert freed is not None and (freed.status, freed.owner) == (AlertStatus.OPEN, "")
    assert last.message.status == "open"


async def test_an_alert_that_does_not_exist(db: Database, clock: HandClock) -> None:
    with pytest.raises(UserError, match="no alert alr_nope"):
        await responder(db, clock).act("alr_nope", taking(clock))
