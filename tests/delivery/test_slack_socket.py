"""Socket Mode: connects, acknowledges before it works, comes back whatever happens, and leaves nothing open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from tests.support.slack_server import APP_TOKEN, SlackServer, rate_limited
from watcher.delivery.context import ChannelContext
from watcher.delivery.slack.socket import SlackSocket

PING_S = 0.3


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with SlackServer() as server:
        yield server


class Line:
    """A connection that keeps what it was given."""

    def __init__(self, slack: SlackServer, token: str = APP_TOKEN, *, room: bool = True) -> None:
        self.slack, self.room, self.taken = slack, room, list[object]()
        context = ChannelContext(slack_api_url=slack.api_url, patience=1.0)
        self.socket = SlackSocket(token, context, self._take, ping_s=PING_S)

    def _take(self, payload: object) -> bool:
        self.taken.append(payload)
        self.slack.bell.ring()
        return self.room

    async def __aenter__(self) -> Line:
        self.socket.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.socket.close()

    async def hear(self, payload: object) -> None:
        await self.slack.sockets[-1].send_json({"type": "interactive", "envelope_id": "e", "payload": payload})
        await self.slack.bell.until(lambda: payload in self.taken)


async def test_what_is_pressed_arrives_and_is_acknowledged(slack: SlackServer) -> None:
    async with Line(slack) as line:
        await slack.connected()
        await slack.deliver({"type": "block_actions"}, "env-7")
        await slack.bell.until(lambda: bool(line.taken))
    assert slack.acknowledged == ["env-7"]
    await slack.idle()


async def test_other_kinds_of_message_are_acknowledged_and_passed_over(slack: SlackServer) -> None:
    async with Line(slack) as line:
        await slack.connected()
        await slack.sockets[-1].send_json({"type": "events_api", "envelope_id": "e1", "payload": {}})
        await slack.sockets[-1].send_str("no JSON")
        await line.hear({"n": 1})
    assert line.taken == [{"n": 1}]


async def test_a_connection_that_was_cut_comes_back(slack: SlackServer) -> None:
    async with Line(slack) as line:
        await slack.connected()
        await slack.sockets[-1].close()
        await slack.connected(2)
        await line.hear({"n": 2})


async def test_after_an_outage_it_asks_for_a_new_address(slack: SlackServer) -> None:
    async with Line(slack) as line:
        await slack.connected()
        await slack.vanish()
        asked = slack.calls.count("apps.connections.open")
        with capture_logs() as logs:
            await slack.sockets[-1].close()
            async with asyncio.timeout(20):
                while not any(entry["event"] == "slack.socket_refused" for entry in logs):
                    await asyncio.sleep(PING_S)
        await slack.listen()
        await slack.connected(2)
        assert slack.calls.count("apps.connections.open") > asked
        await line.hear({"n": 3})
    await slack.idle()


async def test_a_wrong_token_is_said_and_tried_again(slack: SlackServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "xapp-1-wrong-0123456789"
    with capture_logs() as logs:
        async with Line(slack, wrong):
            await slack.bell.until(lambda: slack.calls.count("apps.connections.open") >= 2)
    assert any(entry["event"] == "slack.socket_refused" and "invalid_auth" in entry["reason"] for entry in logs)
    assert wrong not in caplog.text and wrong not in str(logs)
    await slack.idle()


async def test_it_is_told_to_wait_and_is_closed_meanwhile(slack: SlackServer) -> None:
    slack.scripts = {"apps.connections.open"}
    slack.script.append(rate_limited(3_600))
    async with Line(slack):
        await slack.bell.until(lambda: slack.asked >= 1)
    await slack.idle()


async def test_what_is_too_much_is_said(slack: SlackServer) -> None:
    with capture_logs() as logs:
        async with Line(slack, room=False) as line:
            await slack.connected()
            await line.hear({"n": 4})
            await slack.bell.until(lambda: bool(slack.acknowledged))
    assert "slack.overrun" in {entry["event"] for entry in logs}
