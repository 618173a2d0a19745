"""Mutes that a person sets: what they hold back is kept with the reason, and they end."""

from __future__ import annotations

from datetime import timedelta

from tests.e2e.telling import everywhere
from tests.support.clocks import LaterClock
from tests.support.office import Office
from tests.support.velmar import DAM_FAILS, DOCKERS_STRIKE
from watcher.services import inspect, silencing
from watcher.services.clock import SystemClock
from watcher.services.silencing import Wish


async def test_a_silence_mutes_what_matches_and_keeps_the_reason(office: Office) -> None:
    added = await office.rows("silences", "add", "signal=dam-*", "--for", "1h", "--comment", "drill", "--by", "ada")
    wire = office.feed("wire")
    wire.add(*DAM_FAILS)
    wire.add(*DOCKERS_STRIKE)
    summary = await office.cycle()

    assert office.heard() == everywhere(("alert", "port-strike"))
    assert summary.suppressed == {"silence": 1}
    async with office.database() as db:
        (muted,) = [row for row in await inspect.alert_rows(db, 10) if row["signal_id"] == "dam-failure"]
        life = await inspect.alert_life(db, muted["id"])
    assert muted["told"] is False
    (event,) = life["events"]
    assert event["suppressed_by"] == "silence"
    assert any(added["id"] in reason and "ada" in reason and "drill" in reason for reason in event["reasons"])
    assert life["deliveries"] == []


async def test_a_silence_that_is_over_or_was_ended_mutes_nothing(office: Office) -> None:
    clock = SystemClock()
    async with office.database() as db:
        await silencing.add(db, clock, Wish(["signal=dam-failure"], "10m", "", "ada"))
        ended = await silencing.add(db, clock, Wish(["signal=port-strike"], "2h", "", "ada"))
        await silencing.expire(db, clock, ended["id"])
        assert [row["matchers"] for row in await silencing.rows(db, clock, everything=False)] == ["signal=dam-failure"]
        assert len(await silencing.rows(db, clock, everything=True)) == 2
    wire = office.feed("wire")
    wire.add(*DAM_FAILS)
    wire.add(*DOCKERS_STRIKE)
    await office.cycle(LaterClock(timedelta(minutes=11)))

    assert office.heard() == everywhere(("alert", "dam-failure"), ("alert", "port-strike"))


async def test_what_was_muted_speaks_when_more_is_reported_after_the_end(office: Office) -> None:
    async with office.database() as db:
        await silencing.add(db, SystemClock(), Wish(["signal=dam-failure"], "10m", "drill", "ada"))
    entry = office.feed("wire").add(*DAM_FAILS)
    await office.cycle()
    entry.title += " in the north"
    await office.cycle(LaterClock(timedelta(minutes=11)))

    assert office.heard() == everywhere(("alert", "dam-failure"))
    async with office.database() as db:
        (alert,) = await inspect.alert_rows(db, 10)
        life = await inspect.alert_life(db, alert["id"])
    assert [event["suppressed_by"] for event in life["events"]] == ["silence", ""]
