"""Channels that refuse, hang or vanish: retried with growing pauses, dead letters for a person, and nobody held up."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from tests.support.clocks import LaterClock
from tests.support.loopback import Answer, Hang
from tests.support.office import Office
from tests.support.slack_server import refuse
from tests.support.velmar import DAM_FAILS
from watcher.model.delivery import DeliveryStatus
from watcher.services import inspect
from watcher.services.summary import Summary


async def later(office: Office, ahead: timedelta) -> Summary:
    """One cycle as it will be after that time."""
    return await office.cycle(LaterClock(ahead))


async def delivery(office: Office) -> dict[str, Any]:
    """The only delivery, with its attempts."""
    async with office.database() as db:
        (row,) = await inspect.delivery_rows(db, 50)
        return await inspect.delivery_life(db, row["id"])


async def test_a_channel_that_is_down_is_tried_again_until_it_is_back(office: Office) -> None:
    office.rules.routes(office.channels(), [{"to": ["soc"]}])
    office.feed("wire").add(*DAM_FAILS)
    await office.hook.vanish()
    first = await office.cycle()
    assert (first.sent, first.retried, first.waiting, first.dead) == (0, 1, 1, 0)
    assert (await later(office, timedelta(seconds=3))).retried == 0
    assert (await later(office, timedelta(seconds=6))).retried == 1
    await office.hook.listen()
    assert (await later(office, timedelta(minutes=4))).sent == 0
    assert (await later(office, timedelta(minutes=6))).sent == 1

    assert office.heard()["soc"] == [("alert", "dam-failure")]
    life = await delivery(office)
    assert [attempt["outcome"] for attempt in life["attempts_made"]] == ["retry_wait", "retry_wait", "sent"]
    assert "cannot be reached" in life["attempts_made"][0]["detail"]


async def test_run_once_waits_for_the_first_retry(office: Office) -> None:
    office.rules.routes(office.channels(), [{"to": ["soc"]}])
    office.feed("wire").add(*DAM_FAILS)
    office.hook.script.append(Answer(500))
    async with office.app() as app:
        summary = await app.once()
    assert (summary.retried, summary.sent, summary.waiting) == (1, 1, 0)


async def test_a_refused_delivery_is_dead_until_a_person_retries_it(office: Office) -> None:
    office.rules.routes(office.channels(), [{"to": ["desk", "soc", "duty"]}])
    office.feed("wire").add(*DAM_FAILS)
    office.slack.script.append(refuse("is_archived"))
    ended = await office.command("run", "--once", "--json")
    assert (ended.code, json.loads(ended.out)["dead"]) == (1, 1)

    (dead,) = await office.rows("deliveries", "--status", "dead")
    assert dead["channel"] == "desk"
    assert "is_archived" in dead["last_error"]
    retried = await office.command("deliveries", "retry", dead["id"])
    assert (retried.code, retried.out) == (0, f"{dead['id']} is due again\n")
    again = await office.cycle()
    assert (again.waiting, again.dead) == (0, 0)

    assert [post.delivery_id for post in office.slack.posts] == [dead["id"]]
    assert (len(office.hook.hooks), len(office.pagerduty.events)) == (1, 1)
    async with office.database() as db:
        life = await inspect.delivery_life(db, dead["id"])
    assert [attempt["outcome"] for attempt in life["attempts_made"]] == ["dead", "sent"]


async def test_ten_failures_over_days_end_as_a_dead_letter(office: Office) -> None:
    office.rules.routes(office.channels(), [{"to": ["soc"]}])
    office.feed("wire").add(*DAM_FAILS)
    office.hook.script.extend([Answer(503, "not now")] * 12)
    summaries = [await later(office, timedelta(hours=25 * number)) for number in range(11)]

    assert [summary.dead for summary in summaries] == [0] * 9 + [1, 1]
    assert office.hook.asked == 10
    life = await delivery(office)
    assert life["status"] == "dead"
    assert "answered 503: not now" in life["last_error"]
    assert [attempt["number"] for attempt in life["attempts_made"]] == list(range(1, 11))


async def test_a_channel_without_its_token_is_retried_not_lost(office: Office) -> None:
    office.rules.routes(office.channels(), [{"to": ["desk", "screen"]}])
    office.feed("wire").add(*DAM_FAILS)
    summary = await office.cycle(slack_bot_token="")
    assert (summary.sent, summary.waiting, summary.dead) == (1, 1, 0)
    assert len(office.shown()) == 1

    assert (await later(office, timedelta(hours=1))).sent == 1
    assert office.heard()["desk"] == [("alert", "dam-failure")]


async def test_one_recipient_who_is_refused_neither_loses_nor_repeats_the_other(office: Office) -> None:
    office.rules.routes(office.channels(), [{"to": ["mail"]}])
    office.feed("wire").add(*DAM_FAILS)
    office.smtp.refusals["ada@desk.example"] = "550 5.1.1 no such user"
    summary = await office.cycle()

    assert (summary.sent, summary.dead) == (1, 1)
    assert [mail.recipients for mail in office.smtp.mails] == [["ben@desk.example"]]
    async with office.database() as db:
        (dead,) = await inspect.delivery_rows(db, 50, DeliveryStatus.DEAD)
    assert dead["target"] == "ada@desk.example"
    assert "550" in dead["last_error"]


async def test_one_channel_that_hangs_holds_no_other_up(office: Office) -> None:
    office.rules.routes(office.channels(), [{"to": ["desk", "soc", "duty"]}])
    wire = office.feed("wire")
    wire.add(*DAM_FAILS)
    office.hook.script.append(Hang(taken=False))
    async with office.running("run") as service:
        await office.bell.until(lambda: office.hook.asked == 1 and len(office.slack.posts) == 1)
        wire.add("Port Orsa dockers strike", "Dockers walked out in Port Orsa on Friday over night shifts.")
        await office.bell.until(lambda: len(office.slack.posts) == 2 and len(office.pagerduty.events) == 2)
        await office.bell.until(lambda: len(office.hook.hooks) == 1)
        assert "Port Orsa" in office.hook.hooks[0].body["data"]["headline"]  # what hangs holds up itself alone
        service.kill()
