"""The SDK's client as we use it: no retries of its own, no log, one clear list of what it may raise."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from watcher.delivery.context import ChannelContext

# The SDK logs requests and answers at DEBUG; alerts do not belong in its log, whatever the root level is.
SILENT = logging.getLogger("watcher.delivery.slack.sdk")
SILENT.setLevel(logging.CRITICAL + 1)

# The last three: the SDK trips over answers that are not Slack's (a proxy's page of plain text).
FAILURES = (
    SlackClientError,
    aiohttp.ClientError,
    asyncio.TimeoutError,
    OSError,
    ValueError,
    AttributeError,
    TypeError,
)


def open_session(patience: float) -> aiohttp.ClientSession:
    """A session in which each request takes at most `patience` seconds."""
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=patience, sock_connect=patience / 2),
        # A kept connection that Slack has dropped meanwhile would make an honest post ambiguous.
        connector=aiohttp.TCPConnector(force_close=True),
    )


def web_client(context: ChannelContext, token: str, session: aiohttp.ClientSession) -> AsyncWebClient:
    """A client of Slack's Web API over `session`."""
    # No retry handlers: the SDK's own would post twice; the outbox decides.
    client = AsyncWebClient(
        token=token, base_url=context.slack_api_url, session=session, retry_handlers=[], logger=SILENT
    )
    # Not what the SDK picked from the environment of the process.
    client.proxy = context.proxy
    return client


async def close(client: AsyncWebClient | None) -> None:
    """Close the client's connections."""
    if client is not None and client.session is not None:
        await client.session.close()
