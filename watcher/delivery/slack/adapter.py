"""Tells alerts in one Slack channel: posts them, edits them, and replies in their threads.

An update is one delivery that does both: first the edit, which may be repeated, then the reply, which carries the
delivery's id. Whatever breaks off before the reply is done is done again from the start: the edit shows the same once
more, and the reply is looked for by its id before it is repeated.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from watcher.delivery.context import ChannelContext
from watcher.delivery.kind import options_of
from watcher.delivery.secret import ChannelSetupError
from watcher.delivery.slack.client import FAILURES, close, open_session, web_client
from watcher.delivery.slack.options import SlackOptions, is_channel_id
from watcher.delivery.slack.recall import channel_id, find_posted
from watcher.delivery.slack.render import metadata, render_blocks, render_reply, render_text
from watcher.delivery.slack.verdict import LOST_THREAD, refusal, verdict
from watcher.model.alert import Channel
from watcher.model.delivery import Delivery, Receipt

_EDITS = frozenset({"update", "status"})
_REPLIES = frozenset({"update", "status", "escalation"})


class SlackAdapter:
    """One bot token, one channel. At most one message per second, as Slack asks for each channel."""

    pace = timedelta(seconds=1)

    def __init__(self, options: SlackOptions, token: str, context: ChannelContext) -> None:
        self.lane = f"slack:{options.channel.removeprefix('#')}"
        self._channel = options.channel
        self._channel_id = options.channel if is_channel_id(options.channel) else None
        self._token = token
        self._context = context
        self._client: AsyncWebClient | None = None

    async def send(self, delivery: Delivery) -> Receipt:
        """Tell it in the form that its kind has here. After an ambiguous try the channel is searched for it first."""
        kind, place = delivery.message.kind, self._place(delivery)
        if kind == "status" and delivery.outdated:
            return Receipt("", "a newer state is shown already")
        try:
            edited = kind in _EDITS and place is not None and await self._edited(delivery, *place)
            if edited and kind == "status" and place:
                return Receipt("/".join(place), "edited")
            thread_ts = place[1] if place else None
            where = await self._recall(delivery, thread_ts) if delivery.ambiguous else ""
            return Receipt(where, "had arrived") if where else await self._posted(delivery, thread_ts)
        except FAILURES as error:
            raise verdict(error, (self._token,)) from None

    async def close(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        await close(client)

    async def _edited(self, delivery: Delivery, channel: str, ts: str) -> bool:
        """Make the alert's first message show how it stands; False if it cannot be edited (any more)."""
        if delivery.outdated:
            return False
        shows = metadata("", delivery.message)
        try:
            await self._web().chat_update(
                channel=channel, ts=ts, text=render_text(delivery.message),
                blocks=self._blocks(delivery), metadata=shows, parse="none", link_names=False,
            )  # fmt: skip
        except SlackApiError as error:
            # Deleted, too old, not ours: then a reply or a post tells it instead. What passes is tried again.
            if not verdict(error, (self._token,)).permanent:
                raise
            return False
        return True

    async def _posted(self, delivery: Delivery, thread_ts: str | None) -> Receipt:
        client = self._web()
        content = self._content(delivery)
        try:
            if thread_ts is None:
                return self._receipt(await client.chat_postMessage(**content, blocks=self._blocks(delivery)))
            broadcast = delivery.message.kind == "escalation"
            interactive = self._context.slack_interactive
            blocks = render_reply(delivery.message, delivery.id, interactive=interactive)
            answer = await client.chat_postMessage(
                **content, blocks=blocks, thread_ts=thread_ts, reply_broadcast=broadcast
            )
        except SlackApiError as error:
            if thread_ts is None or refusal(error) not in LOST_THREAD:
                raise
            # The first message was deleted: a message without a thread is better than none.
            answer = await client.chat_postMessage(**content, blocks=self._blocks(delivery))
        return self._receipt(answer)

    def _receipt(self, answer: Any) -> Receipt:  # the SDK's answers are untyped
        channel = str(answer.get("channel", ""))
        self._channel_id = channel or self._channel_id
        return Receipt(f"{channel}/{answer.get('ts', '')}", "posted")

    def _blocks(self, delivery: Delivery) -> list[dict[str, object]]:
        return render_blocks(delivery.message, delivery.id, interactive=self._context.slack_interactive)

    def _content(self, delivery: Delivery) -> dict[str, Any]:
        return {
            "channel": self._channel,
            "text": render_text(delivery.message),
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
        if thread_ts is not None:
            try:
                if ts := await find_posted(client, where, thread_ts, delivery.id, delivery.created_at):
                    return ts
            except SlackApiError as error:
                if refusal(error) not in LOST_THREAD:
                    raise
        # Its thread is gone, or began only after the try that may have arrived: then that went to the channel.
        return await find_posted(client, where, None, delivery.id, delivery.created_at)

    def _place(self, delivery: Delivery) -> tuple[str, str] | None:
        """Channel and ts of the alert's first message here, for what follows it; None: it stands by itself.

        A first telling that was overtaken (its post had to be tried again) follows too.
        """
        follows = delivery.message.kind in _REPLIES or delivery.outdated
        if not follows or not delivery.thread:
            return None
        channel, _, ts = delivery.thread.partition("/")
        if not ts or (self._channel_id and channel != self._channel_id):
            # The channel was pointed elsewhere since: there is no such message there.
            return None
        return channel, ts

    def _web(self) -> AsyncWebClient:
        if self._client is None:
            self._client = web_client(self._context, self._token, open_session(self._context.patience))
        return self._client


def build(channel: Channel, context: ChannelContext) -> SlackAdapter:
    """Raises ChannelSetupError if no bot token is set."""
    options = options_of(channel, SlackOptions)
    token = context.slack_bot_token.get_secret_value().strip() if context.slack_bot_token else ""
    if not token:
        raise ChannelSetupError("WATCHER_SLACK_BOT_TOKEN is not set")
    return SlackAdapter(options, token, context)
