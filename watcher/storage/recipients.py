"""Recipients of channels who want no more messages, until a person lets them in again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.storage.schema import link_key, muted_recipient
from watcher.storage.upsert import insert_into


@dataclass(frozen=True, slots=True)
class Muted:
    """`via` is link (the recipient asked for it) or command."""

    channel: str
    target: str
    muted_at: datetime
    via: str


async def mute(conn: AsyncConnection, new: Muted) -> bool:
    """Write it down; False if the recipient was muted already."""
    row = {"channel": new.channel, "target": new.target, "muted_at": new.muted_at, "via": new.via}
    statement = insert_into(conn, muted_recipient).values(**row).on_conflict_do_nothing()
    return (await conn.execute(statement.returning(muted_recipient.c.channel))).first() is not None


async def unmute(conn: AsyncConnection, channel: str, target: str) -> bool:
    """Let the recipient in again; False if nobody of that name was muted."""
    c = muted_recipient.c
    gone = delete(muted_recipient).where(c.channel == channel, c.target == target)
    return (await conn.execute(gone)).rowcount == 1


async def is_muted(conn: AsyncConnection, channel: str, target: str) -> bool:
    """Whether nothing is to be sent to that recipient of the channel."""
    c = muted_recipient.c
    return await conn.scalar(select(c.channel).where(c.channel == channel, c.target == target)) is not None


async def listing(conn: AsyncConnection) -> list[Muted]:
    """All of them, by channel and name."""
    query = select(muted_recipient).order_by(muted_recipient.c.channel, muted_recipient.c.target)
    return [Muted(**row) for row in (await conn.execute(query)).mappings()]


async def key(conn: AsyncConnection, name: str, fresh: str) -> str:
    """The key of that name; the first caller's `fresh` one is kept for all that come later."""
    await conn.execute(insert_into(conn, link_key).values(name=name, key=fresh).on_conflict_do_nothing())
    return str(await conn.scalar(select(link_key.c.key).where(link_key.c.name == name)))
