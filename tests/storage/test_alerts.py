"""Alerts, their log, silences and heartbeats."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.storage.examples import MINUTE, NOW, an_alert, place, raise_alert
from watcher.model.alert import AlertStatus, Matcher, Silence
from watcher.model.signal import Severity
from watcher.storage import alerts, heartbeat, silences
from watcher.storage.alerts import AlertEvent
from watcher.storage.engine import Database
from watcher.storage.errors import AmbiguousIdError


async def test_an_alert_comes_back_whole_and_changes_in_place(db: Database) -> None:
    async with db.write() as conn:
        assert await raise_alert(conn) == an_alert()
        louder = an_alert(version=2, severity=Severity.CRITICAL, updated_at=NOW + MINUTE)
        assert await alerts.save(conn, louder) == louder
    async with db.read() as conn:
        known = await alerts.of_stories(conn, ["story-1", "story-2"])
        assert known == {("iraq-militia", "story-1"): louder}


async def test_the_first_to_open_an_alert_names_it(db: Database) -> None:
    async with db.write() as conn:
        await raise_alert(conn)
        second = an_alert(id="other", opened_at=NOW + MINUTE, version=2)
        assert await alerts.save(conn, second) == an_alert(version=2)
        assert len(await alerts.listing(conn)) == 1


async def test_alerts_are_listed_newest_first(db: Database) -> None:
    async with db.write() as conn:
        for number in (1, 2, 3):
            await place(conn, number)
            status = AlertStatus.RESOLVED if number == 3 else AlertStatus.OPEN
            await alerts.save(conn, an_alert(number, updated_at=NOW + number * MINUTE, status=status))
        assert [alert.id for alert in await alerts.listing(conn)] == ["alert-3", "alert-2", "alert-1"]
        assert [alert.id for alert in await alerts.listing(conn, AlertStatus.OPEN)] == ["alert-2", "alert-1"]
        assert [alert.id for alert in await alerts.listing(conn, limit=1)] == ["alert-3"]
        assert [alert.id for alert in await alerts.listing(conn, since=NOW + 2 * MINUTE)] == ["alert-3", "alert-2"]


async def test_an_alert_is_found_by_the_beginning_of_its_id(db: Database) -> None:
    async with db.write() as conn:
        for number, alert_id in ((1, "ab"), (2, "abc"), (3, "abd"), (4, "x%z")):
            await place(conn, number)
            await alerts.save(conn, an_alert(number, id=alert_id))
        whole = await alerts.get(conn, "ab")
        assert whole is not None
        assert whole.id == "ab"
        beginning = await alerts.get(conn, "abc")
        assert beginning is not None
        assert beginning.story_id == "story-2"
        with pytest.raises(AmbiguousIdError, match="more than one alert begins with a;"):
            await alerts.get(conn, "a")
        percent = await alerts.get(conn, "x%")
        assert percent is not None
        assert percent.id == "x%z"
        assert await alerts.get(conn, "%") is None
        assert await alerts.get(conn, "") is None


async def test_the_log_keeps_its_order(db: Database) -> None:
    async with db.write() as conn:
        await raise_alert(conn)
        await alerts.log(conn, "alert-1", "opened", {"score": 80, "reasons": ["it is new"]}, NOW)
        await alerts.log(conn, "alert-1", "acknowledged", {"by": "سارة"}, NOW)
        assert await alerts.events(conn, "alert-1") == [
            AlertEvent("alert-1", "opened", {"score": 80, "reasons": ["it is new"]}, NOW),
            AlertEvent("alert-1", "acknowledged", {"by": "سارة"}, NOW),
        ]


def a_silence(number: int, starts: int, ends: int) -> Silence:
    matchers = (Matcher("signal", "iraq-*"), Matcher("severity", "low", negate=True))
    begin, end = NOW + starts * MINUTE, NOW + ends * MINUTE
    return Silence(f"silence-{number}", matchers, begin, end, "sara", "known", NOW)


async def test_silences_are_active_between_their_times(db: Database) -> None:
    past, present, future = a_silence(1, -5, 0), a_silence(2, 0, 5), a_silence(3, 1, 5)
    async with db.write() as conn:
        for silence in (past, present, future):
            await silences.add(conn, silence)
        assert await silences.active(conn, NOW) == [present]
        assert await silences.listing(conn, NOW) == [present, future]
        assert await silences.listing(conn, NOW, include_expired=True) == [past, present, future]
        assert await silences.get(conn, "silence-2") == present


async def test_a_silence_ends_once(db: Database) -> None:
    async with db.write() as conn:
        await silences.add(conn, a_silence(1, -5, 5))
        assert await silences.expire(conn, "silence-1", NOW)
        assert not await silences.expire(conn, "silence-1", NOW)
        assert not await silences.expire(conn, "silence-2", NOW)
        assert await silences.active(conn, NOW) == []
        assert await silences.listing(conn, NOW, True) == [replace(a_silence(1, -5, 5), ends_at=NOW)]


async def test_the_last_beat_counts(db: Database) -> None:
    async with db.write() as conn:
        assert await heartbeat.last(conn, "collect") is None
        await heartbeat.beat(conn, "collect", NOW, {"polled": 3})
        await heartbeat.beat(conn, "deliver", NOW)
        await heartbeat.beat(conn, "collect", NOW + MINUTE, {"polled": 4})
        assert await heartbeat.last(conn, "collect") == heartbeat.Beat("collect", NOW + MINUTE, {"polled": 4})
