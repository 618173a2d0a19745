"""Finding a message again whose answer got lost, by the delivery id in its metadata."""

from __future__ import annotations

from datetime import datetime, timedelta

from slack_sdk.web.async_client import AsyncWebClient

from watcher.delivery.slack.options import is_channel_id

EARLIER = timedelta(minutes=10)
"""Slack's clock and ours may differ by this much."""

PAGE = 200
MOST_PAGES = 5


async def find_posted(
    client: AsyncWebClient, channel: str, thread_ts: str | None, delivery_id: str, since: datetime
) -> str | None:
    """The `ts` of the message that carries `delivery_id`, among the last 1,000 since `since`; None if there is none.

    Looks into the thread if there is one, else into the channel. Raises what the client raises: needs one of the scopes
    channels:history, groups:history.
    """
    oldest = f"{(since - EARLIER).timestamp():.6f}"
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        if thread_ts:
            answer = await client.conversations_replies(
                channel=channel, ts=thread_ts, oldest=oldest, limit=PAGE, cursor=cursor, include_all_metadata=True
            )
        else:
            answer = await client.conversations_history(
                channel=channel, oldest=oldest, limit=PAGE, cursor=cursor, include_all_metadata=True
            )
        for message in answer.get("messages") or []:
            payload = (message.get("metadata") or {}).get("event_payload") or {}
            if payload.get("delivery_id") == delivery_id:
                return str(message["ts"])
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
    return None


async def channel_id(client: AsyncWebClient, channel: str) -> str | None:
    """The id of a channel given by id or by name, or None if it is not among the first 1,000 that the bot may see."""
    if is_channel_id(channel):
        return channel
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        answer = await client.conversations_list(
            exclude_archived=True, types="public_channel,private_channel", limit=PAGE, cursor=cursor
        )
        for found in answer.get("channels") or []:
            if found.get("name") == channel.removeprefix("#"):
                return str(found["id"])
        cursor = (answer.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            break
    return None
