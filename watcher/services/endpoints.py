"""Endpoints: an address that is gone for good is left alone until a person says otherwise, or it is another one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.alert import Channel
from watcher.model.delivery import ChannelAdapter, DeliveryError
from watcher.model.notice import Notice
from watcher.model.signal import Severity
from watcher.services import notices
from watcher.services.compose import rfc3339
from watcher.services.desk import Desk
from watcher.storage import endpoints, outbox
from watcher.storage.endpoints import ClosedEndpoint
from watcher.storage.engine import Database

log = structlog.get_logger(__name__)


async def open_ones(conn: AsyncConnection, names: Iterable[str], adapters: Mapping[str, ChannelAdapter]) -> list[str]:
    """Those of the channels that may be sent to. One that was closed and has another address now is open again."""
    closed = await endpoints.listing(conn)
    found = []
    for name in names:
        if name in closed and endpoint_of(adapters[name]) != closed[name].endpoint:
            await endpoints.reopen(conn, name)
            log.info("channel.reopened", channel=name, reason="it has another address now")
        elif name in closed:
            continue
        found.append(name)
    return found


async def close(conn: AsyncConnection, desk: Desk, channel: str, error: DeliveryError, now: datetime) -> None:
    """The address is gone: remember it, and tell operators once."""
    if not await endpoints.close(conn, ClosedEndpoint(channel, error.gone, now, error.reason)):
        return
    log.error("channel.closed", channel=channel, reason=error.reason)
    notice = Notice(
        kind="channel-closed",
        subject=f"The channel {channel} is closed: its receiver wants nothing more",
        text=f"{error.reason}. What is for it waits. Give it another address in routes.yaml, take it out of the "
        f"routes, or try again: watcher channels open {channel}",
        severity=Severity.HIGH,
        dedup_key=f"channel-closed/{channel}/{now.isoformat()}",
    )
    await notices.post(conn, desk, notice, now)


async def closed(conn: AsyncConnection) -> frozenset[str]:
    """The channels that are closed."""
    return frozenset(await endpoints.listing(conn))


async def reopen(db: Database, channel: str) -> bool:
    """A person wants the channel tried again; False if it was open."""
    async with db.write() as conn:
        return await endpoints.reopen(conn, channel)


async def rows(db: Database, configured: Mapping[str, Channel]) -> list[dict[str, Any]]:
    """A row for each channel, as plain data: whether it is open, and how many deliveries wait for it."""
    async with db.read() as conn:
        closed_ones = await endpoints.listing(conn)
        waiting = await outbox.waiting(conn)
    found = []
    for name, channel in configured.items():
        one = closed_ones.get(name)
        row: dict[str, Any] = {"name": name, "kind": channel.kind, "state": "closed" if one else "open"}
        row |= {"waiting": waiting.get(name, 0), "closed_at": None, "reason": ""}
        found.append(row | {"closed_at": rfc3339(one.closed_at), "reason": one.reason} if one else row)
    return found


def endpoint_of(adapter: ChannelAdapter) -> str:
    """What names the adapter's address, "" for a kind whose addresses never close."""
    return str(getattr(adapter, "endpoint", ""))
