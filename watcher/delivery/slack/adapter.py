"""Posts alerts to one Slack channel."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from watcher.delivery.context import ChannelContext
from watcher.delivery.kind import options_of
from watcher.delivery.secret import ChannelSetupError
from watcher.delivery.slack.options import SlackOptions, is_channel_id
from watcher.delivery.slack.recall import channel_id, find_posted
from watcher.delivery.slack.render import metadata, render_blocks, render_text
from watcher.delivery.slack.verdict import LOST_THREAD, refusal, verdict
from watcher.model.alert import Channel
from watcher.model.delivery import Delivery, Receipt

# The SDK logs requests and answers at DEBUG; alerts do not belong in its log, whatever the root level is.
_SILENT = logging.getLogger("watcher.delivery.slack.sdk")
_SILENT.setLevel(logging.CRITICAL)

# The last three: the SDK trips over answers that are not Slack's (a proxy's page of plain text).
_FAILURES = (
    SlackClientError,
    aiohttp.ClientError,
    asyncio.TimeoutError,
    OSError,
    ValueError,
    AttributeError,
    TypeError,
)


class SlackAdapter:
    """One bot token, one channel. At most one post per second, as Slack asks for each channel."""

    pace = timedelta(seconds=1)

    def __init__(self, options: SlackOptions, token: str, context: ChannelContext) -> None:
        self.lane = f"slack:{options.channel.removeprefix('#')}"
        self._channel = options.channel
        self._channel_id = options.channel if is_channel_id(options.channel) else None
        self._token = token
        self._context = context
        self._client: AsyncWebClient | None = None

    async def send(self, delivery: Delivery) -> Receipt:
        """Post it, as a reply if it is an update. After an ambiguous try the channel is searched for it first."""
        thread_ts = self._thread(delivery)
        content = self._content(delivery)
        try:
            where = await self._recall(delivery, thread_ts) if delivery.ambiguous else ""
            return Receipt(where, "had arrived") if where else await self._posted(content, thread_ts)
        except _FAILURES as error:
            raise verdict(error, (self._token,)) from None

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None and self._client.session is not None:
            await self._client.session.close()
        self._client = None

    async def _posted(self, content: dict[str, Any], thread_ts: str | None) -> Receipt:
        client = self._web()
        try:
            answer = await client.chat_postMessage(**content, thread_ts=thread_ts)
        except SlackApiError as error:
            if thread_ts is None or refusal(error) not in LOST_THREAD:
                raise
            # The first message was deleted: an update without a thread is better than none.
            answer = await client.chat_postMessage(**content)
        channel = str(answer.get("channel", ""))
        self._channel_id = channel or self._channel_id
        return Receipt(f"{channel}/{answer.get('ts', '')}", "posted")

    def _content(self, delivery: Delivery) -> dict[str, Any]:
        return {
            "channel": self._channel,
            "text": render_text(delivery.message),
            "blocks": render_blocks(delivery.message),
            "metadata": metadata(delivery.id, delivery.message),
            "parse": "none",
            "link_names": False,
            "unfurl_links": False,
            "unfurl_media": False,
        }

    async def _recall(self, delivery: Delivery, thread_ts: str | None) -> str:
        """ "channel/ts" of an earlier try that did arrive, or "": not found, or the bot may not read the channel."""
        client = self._web()
        try:
            # All pages together may take as long as one post: the whole must end before the lease does.
            async with asyncio.timeout(self._context.patience):
                where = self._channel_id or await channel_id(client, self._channel)
                ts = where and await self._find(client, where, thread_ts, delivery)
        except SlackApiError as error:
            if not verdict(error, (self._token,)).permanent:
                raise
            # Not allowed to look: a repeat is preferred to a loss.
            return ""
        return f"{where}/{ts}" if ts else ""

    async def _find(self, client: AsyncWebClient, where: str, thread_ts: str | None, delivery: Delivery) -> str | None:
        try:
            return await find_posted(client, where, thread_ts, delivery.id, delivery.created_at)
        except SlackApiError as error:
            if thread_ts is None or refusal(error) not in LOST_THREAD:
                raise
            # Its thread is gone: then it went to the channel.
            return await find_posted(client, where, None, delivery.id, delivery.created_at)

    def _thread(self, delivery: Delivery) -> str | None:
        if delivery.message.kind != "update" or not delivery.thread:
            return None
        channel, _, ts = delivery.thread.partition("/")
        if not ts or (self._channel_id and channel != self._channel_id):
            # The channel was pointed elsewhere since: there is no such thread there.
            return None
        return ts

    def _web(self) -> AsyncWebClient:
        if self._client is None:
            patience = self._context.patience
            session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=patience, sock_connect=patience / 2),
                # A kept connection that Slack has dropped meanwhile would make an honest post ambiguous.
                connector=aiohttp.TCPConnector(force_close=True),
            )
            # No retry handlers: the SDK's own would post twice; the outbox decides.
            self._client = AsyncWebClient(
                token=self._token,
                base_url=self._context.slack_api_url,
                session=session,
                retry_handlers=[],
                logger=_SILENT,
            )
            # Not what the SDK picked from the environment of the process.
            self._client.proxy = self._context.proxy
        return self._client


def build(channel: Channel, context: ChannelContext) -> SlackAdapter:
    """Raises ChannelSetupError if no bot token is set."""
    options = options_of(channel, SlackOptions)
    token = context.slack_bot_token.get_secret_value().strip() if context.slack_bot_token else ""
    if not token:
        raise ChannelSetupError("WATCHER_SLACK_BOT_TOKEN is not set")
    return SlackAdapter(options, token, context)
