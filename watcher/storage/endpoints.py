"""Channels whose address said for good that it takes nothing more (HTTP 410): what is for them waits."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.storage.schema import closed_endpoint
from watcher.storage.upsert import insert_into


@dataclass(frozen=True, slots=True)
class ClosedEndpoint:
    """`endpoint` names the address without telling it: a channel with another one is open again."""

    channel: str
    endpoint: str
    closed_at: datetime
    reason: str


async def close(conn: AsyncConnection, closed: ClosedEndpoint) -> bool:
    """Remember it; False if the channel was closed already."""
    statement = insert_into(conn, closed_endpoint).values(**asdict(closed)).on_conflict_do_nothing()
    return (await conn.execute(statement.returning(closed_endpoint.c.channel))).first() is not None


async def listing(conn: AsyncConnection) -> dict[str, ClosedEndpoint]:
    """All that are closed, by channel."""
    rows = (await conn.execute(select(closed_endpoint))).mappings()
    return {row["channel"]: ClosedEndpoint(**row) for row in rows}


async def reopen(conn: AsyncConnection, channel: str) -> bool:
    """Forget it; False if the channel was open."""
    statement = delete(closed_endpoint).where(closed_endpoint.c.channel == channel)
    return (await conn.execute(statement)).rowcount == 1
