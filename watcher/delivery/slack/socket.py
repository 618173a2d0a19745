"""Socket Mode: Slack sends what people press over a WebSocket that we open, so nothing of ours faces the internet."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import structlog
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from watcher.delivery.context import ChannelContext
from watcher.delivery.slack.client import FAILURES, SILENT, close, open_session, web_client
from watcher.delivery.slack.verdict import verdict

log = structlog.get_logger(__name__)
PING_S = 5.0
"""Seconds between signs of life, and before the SDK makes a lost connection anew."""

LOST_PINGS = 6
"""After so many in a row without a connection everything is built anew: the SDK would try one address for ever, and
Slack's addresses hold for a short while only."""

LONGEST_WAIT_S = 60.0


class SlackSocket:
    """One connection, kept up. `take` gets each payload after it was acknowledged; it must not block."""

    def __init__(
        self, app_token: str, context: ChannelContext, take: Callable[[object], bool], *, ping_s: float = PING_S
    ) -> None:
        self._app_token, self._context, self._take, self._ping_s = app_token, context, take, ping_s
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connect in the background, and go on trying: a Slack that is down holds up nothing."""
        self._task = asyncio.create_task(self._keep(), name="slack socket")

    async def close(self) -> None:
        """Hang up."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _keep(self) -> None:
        wait = self._ping_s / 5
        while True:
            client = self._build()
            try:
                await self._connect(client)
                wait = self._ping_s / 5
                await self._until_lost(client)
                log.warning("slack.socket_lost")
            except FAILURES as error:
                log.warning("slack.socket_refused", reason=verdict(error, (self._app_token,)).reason, again_in_s=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT_S)
            finally:
                await _drop(client)

    async def _connect(self, client: SocketModeClient) -> None:
        """Asked for here and not left to the SDK, which would repeat what is refused for ever without a word."""
        async with asyncio.timeout(2 * self._context.patience):
            client.wss_uri = await client.issue_new_wss_url()
            await client.connect()  # type: ignore[no-untyped-call]  # half of the SDK has no types
        log.info("slack.socket_open")

    async def _until_lost(self, client: SocketModeClient) -> None:
        missed = 0
        while missed < LOST_PINGS:
            await asyncio.sleep(self._ping_s)
            missed = 0 if await client.is_connected() else missed + 1

    def _build(self) -> SocketModeClient:
        web = web_client(self._context, self._app_token, open_session(self._context.patience))
        client = SocketModeClient(
            self._app_token, logger=SILENT, web_client=web, proxy=self._context.proxy, ping_interval=self._ping_s
        )
        client.proxy = self._context.proxy  # not what the SDK picked from the environment of the process
        client.socket_mode_request_listeners.append(self._heard)
        return client

    async def _heard(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        """Acknowledged at once: Slack waits for three seconds, the work may take longer."""
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        if request.type == "interactive" and not self._take(request.payload):
            log.warning("slack.overrun", reason="too many clicks at once")


async def _drop(client: SocketModeClient) -> None:
    """Close all that the client has open; it cancels its tasks and does not wait for them."""
    with contextlib.suppress(*FAILURES):
        await client.close()  # type: ignore[no-untyped-call]  # as above
    await close(client.web_client)
    tasks = (client.message_processor, client.current_session_monitor, client.message_receiver)
    await asyncio.gather(*(one for one in tasks if one is not None), return_exceptions=True)
