"""What the database says of how the watcher is doing; each query is a range of an index."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.delivery import DeliveryStatus
from watcher.storage.schema import delivery, document, source_state


async def dead(conn: AsyncConnection) -> dict[str, int]:
    """Deliveries that were given up, by channel."""
    c = delivery.c
    query = select(c.channel, func.count()).where(c.status == DeliveryStatus.DEAD).group_by(c.channel)
    return {channel: count for channel, count in await conn.execute(query)}


async def waiting(conn: AsyncConnection) -> dict[str, tuple[int, datetime]]:
    """Open deliveries by channel: how many, and when the oldest was written."""
    c = delivery.c
    query = select(c.channel, func.count(), func.min(c.created_at)).where(c.finished_at.is_(None)).group_by(c.channel)
    return {channel: (count, since) for channel, count, since in await conn.execute(query)}


async def polled_at(conn: AsyncConnection, source_ids: Collection[str]) -> datetime | None:
    """When a source among these last answered well; of those that were never polled, none."""
    c = source_state.c
    rows = await conn.execute(select(c.source_id, c.last_success_at).where(c.last_success_at.is_not(None)))
    return max((at for source_id, at in rows if source_id in source_ids), default=None)


async def head(conn: AsyncConnection) -> tuple[str, int] | None:
    """The document that waits longest to be judged, with its version."""
    c = document.c
    query = select(c.id, c.version).where(c.matched_version < c.version).order_by(c.seq).limit(1)
    row = (await conn.execute(query)).first()
    return None if row is None else (row[0], row[1])
