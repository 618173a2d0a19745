"""Several signals within some days are one alert: once, with the headlines that it rests on, also across a restart."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.support.clocks import LaterClock
from tests.support.office import Office
from tests.support.velmar import DAM_COPY, DAM_FAILS, DAM_FEARS, DOCKERS_STRIKE, TREATY_SIGNED
from watcher.services import inspect

BESIEGED = """\
schema: composite/v1
id: velmar-besieged
title: Velmar is beset from all sides
question: Do disasters and strikes come together?
within: 3d
when:
  all:
    - {signal: dam-failure}
    - any: [{signal: port-strike}, {signal: grain-treaty}]
severity: {medium: 50, high: 68, critical: 95}
alert_at: 40
tests:
  - sequence:
      - {at: 0h, title: "Tarsk dam collapses", text: "The Tarsk dam in Velmar collapsed.", expect: below}
      - {at: 9h, title: "Dockers strike in Port Orsa", text: "Dockers walked out in Port Orsa.", expect: alert}
  - sequence:
      - {at: 0h, title: "Tarsk dam collapses", text: "The Tarsk dam in Velmar collapsed.", expect: below}
      - {at: 90h, title: "Dockers strike in Port Orsa", text: "Dockers walked out in Port Orsa.", expect: below}
"""


def composites(office: Office) -> list[dict[str, Any]]:
    return [line for line in office.shown() if line["signal_id"] == "velmar-besieged"]


async def lives(office: Office) -> list[dict[str, Any]]:
    async with office.database() as db:
        rows = [row for row in await inspect.alert_rows(db, 50) if row["signal_id"] == "velmar-besieged"]
        return [await inspect.alert_life(db, row["id"]) for row in rows]


async def test_two_signals_are_one_more_alert_that_names_them(office: Office) -> None:
    office.rules.signal("velmar-besieged", BESIEGED)
    wire = office.feed("wire")
    wire.add(*DAM_FAILS)
    await office.cycle()
    assert composites(office) == []
    wire.add(*DOCKERS_STRIKE)
    await office.cycle()

    (told,) = composites(office)
    assert told["kind"] == "alert"
    assert told["sentence"] == f"{DOCKERS_STRIKE.title} (port-strike) · {DAM_FAILS.title} (dam-failure)"
    assert sum(entry["points"] for entry in told["ledger"]) == told["score"]
    (life,) = await lives(office)
    assert [one["title"] for one in life["documents"]] == [DOCKERS_STRIKE.title, DAM_FAILS.title]
    (event,) = life["events"]
    assert any(DAM_FAILS.title in reason for reason in event["reasons"])
    assert {delivery["status"] for delivery in life["deliveries"]} == {"sent"}


async def test_it_speaks_once_until_it_grows(office: Office) -> None:
    office.rules.signal("velmar-besieged", BESIEGED)
    wire = office.feed("wire")
    wire.add(*DAM_FAILS)
    wire.add(*DOCKERS_STRIKE)
    await office.cycle()
    wire.add(*DAM_COPY)
    await office.cycle()
    assert [line["kind"] for line in composites(office)] == ["alert"]

    wire.add(*TREATY_SIGNED)
    await office.cycle(LaterClock(timedelta(hours=2)))
    before, after = composites(office)
    assert after["kind"] == "update"
    assert (before["severity"], after["severity"]) == ("medium", "high")
    (life,) = await lives(office)
    assert len(life["documents"]) == 3


async def test_what_lies_further_apart_or_only_might_be_is_none(office: Office) -> None:
    office.rules.signal("velmar-besieged", BESIEGED)
    wire = office.feed("wire")
    wire.add(*DAM_FEARS)
    wire.add(*DOCKERS_STRIKE)
    await office.cycle()
    wire.add(*DAM_FAILS, age=-timedelta(days=4))
    await office.cycle(LaterClock(timedelta(days=4)))
    assert composites(office) == []


async def test_a_new_occurrence_needs_other_stories(office: Office) -> None:
    office.rules.signal("velmar-besieged", BESIEGED)
    wire = office.feed("wire")
    wire.add(*DAM_FAILS)
    await office.cycle()
    wire.add(*DOCKERS_STRIKE, age=-timedelta(days=2))
    await office.cycle(LaterClock(timedelta(days=2)))
    lomna = "The Lomna dam in Velmar burst at noon, and the mills stood under water for a day."
    wire.add("Lomna dam bursts", lomna, age=-timedelta(days=4))
    await office.cycle(LaterClock(timedelta(days=4)))
    assert len(composites(office)) == 1
    wire.add(*TREATY_SIGNED, age=-timedelta(days=4))
    await office.cycle(LaterClock(timedelta(days=4, hours=1)))

    first, second = composites(office)
    assert (first["kind"], second["kind"]) == ("alert", "alert")
    assert first["story_id"] != second["story_id"]


async def test_a_kill_between_the_signals_loses_nothing(office: Office) -> None:
    office.rules.signal("velmar-besieged", BESIEGED)
    office.rules.routes(office.channels(), [{"to": ["soc"]}])
    wire = office.feed("wire")
    wire.add(*DAM_FAILS)
    async with office.running("run") as service:
        await service.logged("match.open")
        service.kill()
        assert await service.ended() == -9
    wire.add(*DOCKERS_STRIKE)
    async with office.running("run") as service:
        await service.logged("match.open", times=2)
        service.kill()
        await service.ended()
    async with office.app(clock=LaterClock(timedelta(hours=26))) as app:
        summary = await app.once()

    assert (summary.waiting, summary.dead) == (0, 0)
    signals = {hook.id: hook.body["data"]["signal"] for hook in office.hook.hooks}
    assert sorted(signals.values()) == ["dam-failure", "port-strike", "velmar-besieged"]


async def test_a_silence_mutes_a_composite_like_any_other(office: Office) -> None:
    office.rules.signal("velmar-besieged", BESIEGED)
    await office.rows("silences", "add", "signal=velmar-*", "--for", "1h", "--comment", "drill", "--by", "ada")
    wire = office.feed("wire")
    wire.add(*DAM_FAILS)
    wire.add(*DOCKERS_STRIKE)
    summary = await office.cycle()
    assert composites(office) == []
    assert summary.suppressed == {"silence": 1}


async def test_the_other_commands_take_no_harm(office: Office) -> None:
    office.rules.signal("velmar-besieged", BESIEGED)
    wire = office.feed("wire")
    wire.add(*DAM_FAILS)
    wire.add(*DOCKERS_STRIKE)
    await office.cycle()
    for arguments in (("check",), ("test",), ("test", "velmar-besieged"), ("explain", "-"), ("near-misses",)):
        ended = await office.command(*arguments)
        assert ended.code == 0, (arguments, ended.out, ended.err)
    report = await office.rows("backtest", "--since", "1d")
    assert (report["told_then"], report["told_then_not_now"]) == (3, 0)
    (shown,) = [row for row in await office.rows("alerts") if row["signal_id"] == "velmar-besieged"]
    assert shown["title"] in (DAM_FAILS.title, DOCKERS_STRIKE.title)
