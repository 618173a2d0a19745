"""What people press in Slack, from the request over the real web server to the edited message at the stand-in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.support.clocks import HandClock
from tests.support.office import Office
from tests.support.slack_server import (
    ADA,
    APP_TOKEN,
    BEN,
    CHANNEL,
    GONE,
    GUEST,
    SIGNING_SECRET,
    STRANGER,
    TOKEN,
    Post,
    User,
)  # fmt: skip
from tests.support.velmar import DAM_FAILS
from tests.web.conftest import Answer, Site
from watcher.app import App
from watcher.model.alert import Alert, AlertStatus
from watcher.services.slack_actions import SlackActions
from watcher.storage import acts, alerts
from watcher.web.guard import Guard
from watcher.web.server import serve


@dataclass
class Newsroom:
    """A desk with one alert told in Slack, whose buttons reach the web server."""

    office: Office
    app: App
    site: Site
    clock: HandClock

    @property
    def actions(self) -> SlackActions:
        assert self.app.slack_actions is not None
        return self.app.slack_actions

    @property
    def post(self) -> Post:
        return self.office.slack.posts[0]

    async def request(self, payload: object, *, ahead: float = 0.0, **changes: str) -> Answer:
        headers, body = self.office.slack.signed(payload, self.clock.now().timestamp() + ahead)
        return await self.site.send("POST", "/slack/interactions", body, **_with(headers, changes))

    async def press(self, action: str, *, user: User = ADA, choice: str = "") -> Answer:
        """Press, and wait until all that comes of it is done."""
        answer = await self.request(self.office.slack.press(self.post, action, user=user, choice=choice))
        await self.settled()
        return answer

    async def settled(self) -> None:
        await self.actions.settle(5.0)
        while True:
            self.app.deliverer.kick()
            working = asyncio.create_task(self.app.deliverer.settle())
            asleep = asyncio.create_task(self.clock.asleep.wait())
            await asyncio.wait({working, asleep}, return_when=asyncio.FIRST_COMPLETED, timeout=10.0)
            idle = working.done()
            for task in (working, asleep):
                task.cancel()
            if idle:
                return
            self.clock.advance(timedelta(seconds=1))  # Slack's pace

    async def alert(self) -> Alert:
        async with self.app.db.read() as conn:
            (found,) = await alerts.listing(conn)
        return found

    @property
    def whispers(self) -> list[str]:
        return [said["text"] for said in self.office.slack.whispers]


def _with(headers: dict[str, str], changes: dict[str, str]) -> dict[str, str]:
    told = {name.replace("-", "_"): value for name, value in headers.items()} | changes
    return {name: value for name, value in told.items() if value}


async def open_newsroom(office: Office, tmp_path: Path, **channel: Any) -> AsyncIterator[Newsroom]:
    office.rules.routes({"desk": {"kind": "slack", "channel": CHANNEL, **channel}}, [{"to": ["desk"]}])
    office.feed("wire").add(*DAM_FAILS)
    clock = HandClock()
    app = office.app(clock=clock, slack_signing_secret=SIGNING_SECRET, web_bind="127.0.0.1:0")
    async with app, serve("127.0.0.1:0", app, guard=Guard(clock.monotonic, body_s=0.5)) as port:
        await app.collector.poll_all()
        await app.pipeline.run_pending()
        room = Newsroom(office, app, Site(app, port, clock, office.news), clock)
        await room.settled()
        assert len(office.slack.posts) == 1
        yield room
        await room.settled()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with Office(tmp_path) as found:
        yield found


@pytest.fixture
async def room(office: Office, tmp_path: Path) -> AsyncIterator[Newsroom]:
    async for found in open_newsroom(office, tmp_path):
        yield found


async def test_whoever_acknowledges_has_it_and_the_message_says_so(room: Newsroom) -> None:
    assert set(room.post.buttons()) == {"sw_acknowledge", "sw_snooze", "sw_not_relevant", "sw_why"}
    answer = await room.press("sw_acknowledge")
    assert (answer.status, answer.body) == (200, b"")
    alert = await room.alert()
    assert (alert.status, alert.owner) == (AlertStatus.ACKNOWLEDGED, "Ada")
    assert len(room.office.slack.posts) == 1
    assert room.post.edits == 1
    assert "*Ada* has it until" in json.dumps(room.post.blocks)
    assert "sw_resolve" in room.post.buttons() and "sw_acknowledge" not in room.post.buttons()
    assert room.post.text.startswith("ACKNOWLEDGED")


@pytest.mark.parametrize(
    ("choice", "hours"), [("1h", 1), ("4h", 4), ("tomorrow", 17)],  # from noon UTC to 08:00 of Baghdad, UTC+3
)  # fmt: skip
async def test_a_snooze_lasts_as_long_as_it_says_where_its_person_is(room: Newsroom, choice: str, hours: int) -> None:
    started = room.clock.now()
    await room.press("sw_snooze", user=BEN, choice=choice)
    alert = await room.alert()
    assert alert.status is AlertStatus.SNOOZED and alert.snoozed_until is not None
    assert abs(alert.snoozed_until - started - timedelta(hours=hours)) < timedelta(minutes=1)


async def test_not_relevant_is_feedback_and_ends_it_and_it_can_be_reopened(room: Newsroom) -> None:
    await room.press("sw_not_relevant")
    alert = await room.alert()
    assert alert.status is AlertStatus.RESOLVED
    async with room.app.db.read() as conn:
        (said,) = await acts.said_of(conn, alert.id)
    assert (said.verdict, said.actor, said.via) == ("not-relevant", "Ada", "slack")
    assert set(room.post.buttons()) == {"sw_reopen", "sw_why"}
    await room.press("sw_reopen", user=BEN)
    assert (await room.alert()).status is AlertStatus.OPEN


async def test_why_opens_the_whole_ledger(room: Newsroom) -> None:
    await room.press("sw_why")
    (view,) = room.office.slack.views
    shown = json.dumps(view, ensure_ascii=False)
    for words in ("What was found", "How it adds up to", "Pattern that held", "Its story", "Where it went", "desk:"):
        assert words in shown
    ledger = next(block["text"]["text"] for block in view["blocks"] if "adds up" in str(block))
    points = [int(line.split()[0]) for line in ledger.splitlines()[1:]]
    assert sum(points) == (await room.alert()).score
    assert (await room.alert()).status is AlertStatus.OPEN


async def test_why_that_comes_too_late_is_told_to_the_person_alone(room: Newsroom) -> None:
    room.office.slack.trigger_s = -1.0
    await room.press("sw_why")
    assert room.office.slack.views == []
    (whisper,) = room.office.slack.whispers
    assert whisper["response_type"] == "ephemeral" and "adds up" in json.dumps(whisper["blocks"])


@pytest.mark.parametrize(
    ("user", "words"), [(GUEST, "not guests"), (STRANGER, "from outside"), (GONE, "not active"),
                        (User("U0NOBODY01", "nobody"), "did not tell who you are")],
)  # fmt: skip
async def test_guests_and_people_from_outside_are_refused_and_told_why(room: Newsroom, user: User, words: str) -> None:
    assert (await room.press("sw_acknowledge", user=user)).status == 200
    assert (await room.alert()).status is AlertStatus.OPEN
    assert words in room.whispers[0]
    assert room.actions.tally == {"refused": 1}
    assert room.post.edits == 0


async def test_only_those_whom_the_channel_allows(office: Office, tmp_path: Path) -> None:
    office.slack.groups["S0DESK0001"] = [GUEST.id]
    allow = {"users": [BEN.id], "usergroups": ["S0DESK0001"]}
    async for room in open_newsroom(office, tmp_path, allow=allow):
        await room.press("sw_why", user=ADA)
        assert office.slack.views == [] and "not among those" in room.whispers[0]
        await room.press("sw_acknowledge", user=GUEST)
        assert (await room.alert()).owner == "Gus"
        await room.press("sw_resolve", user=BEN)
        assert (await room.alert()).status is AlertStatus.RESOLVED
        office.slack.groups.clear()
        await room.press("sw_reopen", user=GUEST)
        assert "did not tell whether" in room.whispers[1]
        assert (await room.alert()).status is AlertStatus.RESOLVED


async def test_what_comes_to_nothing_is_told_to_whoever_pressed(room: Newsroom) -> None:
    await room.press("sw_not_relevant")
    stale = room.office.slack.press
    room.office.slack.posts[0] = _with_buttons_of_an_open_one(room.post)
    await room.request(stale(room.post, "sw_acknowledge", user=BEN))
    await room.settled()
    assert "reopen it first" in room.whispers[0]


def _with_buttons_of_an_open_one(post: Post) -> Post:
    row = next(block for block in post.blocks if block["type"] == "actions")
    row["elements"].append({"type": "button", "action_id": "sw_acknowledge", "value": row["elements"][0]["value"]})
    return post


async def test_one_click_counts_once_whichever_way_it_comes(room: Newsroom) -> None:
    payload = room.office.slack.press(room.post, "sw_acknowledge")
    assert (await room.request(payload)).status == 200
    room.clock.advance(timedelta(seconds=1))
    assert (await room.request(payload)).status == 200  # signed anew
    room.actions.take(payload)  # and over Socket Mode
    await room.settled()
    assert room.actions.tally == {"done": 1, "repeated": 2}
    assert (await room.alert()).revision == 1


@pytest.mark.parametrize("changes", [
    {"X_Slack_Signature": ""}, {"X_Slack_Request_Timestamp": ""}, {"X_Slack_Signature": "v0=" + "0" * 64},
    {"X_Slack_Signature": "v0=é"}, {"X_Slack_Request_Timestamp": "nan"}, {"X_Slack_Request_Timestamp": "-1"},
    {"X_Slack_Request_Timestamp": "9" * 400},
])  # fmt: skip
async def test_forged_and_unsigned_requests_change_nothing(room: Newsroom, changes: dict[str, str]) -> None:
    with capture_logs() as logs:
        answer = await room.request(room.office.slack.press(room.post, "sw_acknowledge"), **changes)
    await room.settled()
    assert answer.status == 401
    refused = [entry for entry in logs if entry["event"] == "web.refused"]
    assert [(entry["path"], entry["times"]) for entry in refused] == [("/slack/interactions", 1)]
    assert (await room.alert()).status is AlertStatus.OPEN
    assert not room.actions.tally


@pytest.mark.parametrize("ahead", [-301, 301])
async def test_stale_requests_change_nothing(room: Newsroom, ahead: int) -> None:
    payload = room.office.slack.press(room.post, "sw_acknowledge")
    assert (await room.request(payload, ahead=ahead)).status == 401
    assert (await room.request(payload, ahead=ahead / 2)).status == 200


async def test_a_replayed_request_is_refused(room: Newsroom) -> None:
    headers, body = room.office.slack.signed(
        room.office.slack.press(room.post, "sw_acknowledge"), room.clock.now().timestamp()
    )
    answers = [await room.site.send("POST", "/slack/interactions", body, **_with(headers, {})) for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 401, 401]
    await room.settled()
    assert room.actions.tally == {"done": 1}


async def test_a_body_that_was_changed_on_the_way_is_refused(room: Newsroom) -> None:
    headers, body = room.office.slack.signed(
        room.office.slack.press(room.post, "sw_acknowledge"), room.clock.now().timestamp()
    )
    changed = body.replace(ADA.id.encode(), BEN.id.encode())
    assert changed != body
    assert (await room.site.send("POST", "/slack/interactions", changed, **_with(headers, {}))).status == 401


@pytest.mark.parametrize("payload", [None, [], {"type": "block_actions"}, {"type": "view_closed"}, "x" * 1_000])
async def test_what_is_signed_and_not_ours_is_passed_over(room: Newsroom, payload: object) -> None:
    assert (await room.request(payload)).status == 200
    await room.settled()
    assert room.actions.tally == {"foreign": 1}


async def test_an_alert_that_does_not_exist_and_one_of_another_channel(room: Newsroom) -> None:
    payload = room.office.slack.press(room.post, "sw_acknowledge")
    payload["actions"][0]["value"] = "alr_nothing"
    await room.request(payload)
    elsewhere = room.office.slack.press(room.post, "sw_acknowledge")
    elsewhere["channel"] = {"id": "C0ELSEWHERE", "name": "elsewhere"}
    await room.request(elsewhere)
    await room.settled()
    assert room.actions.tally == {"refused": 2}
    assert (await room.alert()).status is AlertStatus.OPEN


async def test_nothing_but_slack_is_called_whatever_the_payload_says(room: Newsroom) -> None:
    payload = room.office.slack.press(room.post, "sw_acknowledge", user=GUEST)
    payload["response_url"] = room.office.hook.url + "/steal"
    await room.request(payload)
    await room.settled()
    assert room.office.hook.asked == 0
    assert "not guests" in room.whispers[0]  # by chat.postEphemeral instead


async def test_without_a_signing_secret_nothing_is_taken(office: Office, tmp_path: Path) -> None:
    office.feed("wire").add(*DAM_FAILS)
    app = office.app(clock=HandClock())
    async with app, serve("127.0.0.1:0", app) as port:
        site = Site(app, port, HandClock(), office.news)
        headers, body = office.slack.signed({"type": "block_actions"}, HandClock().now().timestamp(), secret="")
        assert (await site.send("POST", "/slack/interactions", body, **_with(headers, {}))).status == 401


async def test_over_socket_mode(office: Office, tmp_path: Path) -> None:
    office.rules.routes({"desk": {"kind": "slack", "channel": CHANNEL}}, [{"to": ["desk"]}])
    office.feed("wire").add(*DAM_FAILS)
    stop = asyncio.Event()
    async with office.app(slack_app_token=APP_TOKEN) as app:
        running = asyncio.create_task(app.run(stop))
        slack = office.slack
        await slack.connected()
        await slack.bell.until(lambda: len(slack.posts) == 1)
        await slack.deliver(slack.press(slack.posts[0], "sw_acknowledge"), "env-1")
        assert slack.acknowledged == ["env-1"]
        await slack.bell.until(lambda: slack.posts[0].edits == 1)
        await slack.ask_to_reconnect()
        await slack.connected(2)
        await slack.deliver(slack.press(slack.posts[0], "sw_resolve"), "env-2")
        await slack.bell.until(lambda: slack.posts[0].edits == 2)
        assert "Ended by *Ada*" in json.dumps(slack.posts[0].blocks)
        stop.set()
        await running
    await slack.idle()
    assert TOKEN not in office.screen.getvalue()
