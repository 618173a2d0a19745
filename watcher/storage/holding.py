"""What waits for a digest, a group or a channel's limit; and which digests have left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.alerting.gather import Bucket, Why
from watcher.model.delivery import Message
from watcher.storage.chunks import chunks
from watcher.storage.message_codec import decode_message, encode_message
from watcher.storage.schema import delivery, digest_run, held
from watcher.storage.upsert import insert_into

_WAITING = held.c.left_at.is_(None)


@dataclass(frozen=True, slots=True)
class Held:
    """One message that waits (`left_at` None) or has left with its bucket. `seq` is given by the database."""

    channel: str
    bucket: str
    why: Why
    alert_id: str
    message: Message
    held_at: datetime
    due_at: datetime
    left_at: datetime | None = None
    seq: int = 0


async def add(conn: AsyncConnection, new: Held) -> None:
    """Keep it."""
    row = {
        "channel": new.channel,
        "bucket": new.bucket,
        "why": new.why,
        "alert_id": new.alert_id,
        "message": encode_message(new.message),
        "held_at": new.held_at,
        "due_at": new.due_at,
    }
    await conn.execute(held.insert(), row)


async def bucket(conn: AsyncConnection, channel: str, name: str) -> Bucket:
    """When the first of those that wait in it came, and when it last left."""
    mine = (held.c.channel == channel) & (held.c.bucket == name)
    first_at = await conn.scalar(select(func.min(held.c.held_at)).where(mine, _WAITING))
    return Bucket(first_at, await conn.scalar(select(func.max(held.c.left_at)).where(mine)))


async def due(conn: AsyncConnection, now: datetime, digests: Collection[str]) -> list[tuple[str, str]]:
    """(channel, bucket) of every bucket whose last member is due. Those of `digests` leave with their digest; what
    waits for the digest of a channel that is not among them waits for nothing any more, and is due."""
    c = held.c
    query = select(c.channel, c.bucket, c.why, func.max(c.due_at)).where(_WAITING).group_by(c.channel, c.bucket, c.why)
    rows = (await conn.execute(query)).all()
    return [
        (channel, name)
        for channel, name, why, due_at in rows
        if (channel not in digests if why == Why.DIGEST else due_at <= now)
    ]


async def waiting(conn: AsyncConnection, channel: str, name: str) -> list[Held]:
    """Those that wait in a bucket, in the order in which they came."""
    query = select(held).where(held.c.channel == channel, held.c.bucket == name, _WAITING).order_by(held.c.seq)
    return [
        Held(**{**row, "why": Why(row["why"]), "message": decode_message(row["message"])})
        for row in (await conn.execute(query)).mappings()
    ]


async def leave(conn: AsyncConnection, gone: Sequence[Held], now: datetime) -> None:
    """They are in the outbox now."""
    for piece in chunks([one.seq for one in gone]):
        await conn.execute(update(held).where(held.c.seq.in_(piece)).values(left_at=now))


async def for_alert(conn: AsyncConnection, alert_id: str) -> list[tuple[str, str, datetime, datetime | None]]:
    """(channel, why, due at, left at) of everything of this alert that waited or waits, in order."""
    c = held.c
    query = select(c.channel, c.why, c.due_at, c.left_at).where(c.alert_id == alert_id).order_by(c.seq)
    return [(channel, why, due_at, left_at) for channel, why, due_at, left_at in await conn.execute(query)]


async def told_since(conn: AsyncConnection, channel: str, since: datetime, most: int) -> list[datetime]:
    """When the channel's last `most` messages after `since` were written, ascending."""
    c = delivery.c
    query = select(c.created_at).where(c.channel == channel, c.created_at > since)
    return sorted(await conn.scalars(query.order_by(c.created_at.desc()).limit(most)))


async def digest_until(conn: AsyncConnection, channel: str) -> datetime | None:
    """The end of the channel's last digest window."""
    query = select(func.max(digest_run.c.until)).where(digest_run.c.channel == channel)
    found: datetime | None = await conn.scalar(query)
    return found


async def digest_left(conn: AsyncConnection, channel: str, since: datetime, until: datetime, items: int) -> bool:
    """Write the window [since, until) down; False if another process did."""
    row = {"channel": channel, "since": since, "until": until, "items": items}
    statement = insert_into(conn, digest_run).values(**row).on_conflict_do_nothing().returning(digest_run.c.channel)
    return (await conn.execute(statement)).first() is not None
