"""The outbox: deliveries written before they are sent, and every attempt at each of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.delivery import Attempt, Delivery, DeliveryStatus, Receipt
from watcher.storage.chunks import chunks
from watcher.storage.delivery_row import decode_delivery, encode_delivery
from watcher.storage.lookup import by_id
from watcher.storage.schema import delivery, delivery_attempt
from watcher.storage.upsert import insert_into

_OPEN = delivery.c.finished_at.is_(None)
_NO_LEASE = {"lease_owner": None, "lease_token": None}
_GIVEN_BACK = case((delivery.c.attempts > 0, delivery.c.attempts - 1), else_=0)
_WANTED = timedelta(days=30)
"""What a person asked for is not too old, whatever its route says: longer than all its tries take."""


async def enqueue(conn: AsyncConnection, deliveries: Iterable[Delivery]) -> int:
    """Add deliveries and return how many are new. One whose id, or whose (channel, target, dedup_key), is there
    already is passed over, sent or not: nobody is told twice."""
    added = 0
    for piece in chunks(list(deliveries)):
        statement = insert_into(conn, delivery).values([encode_delivery(item) for item in piece])
        inserted = await conn.scalars(statement.on_conflict_do_nothing().returning(delivery.c.id))
        added += len(inserted.all())
    return added


async def finish_sent(conn: AsyncConnection, sent: Delivery, receipt: Receipt, attempt: Attempt) -> bool:
    """Mark a claimed delivery as sent. False if its lease was lost to another claim; the attempt is kept either way."""
    changes = {
        "status": DeliveryStatus.SENT,
        "finished_at": attempt.ended_at,
        "provider_ref": receipt.provider_ref,
        "ambiguous": False,
        "last_error": "",
    }
    return await _finish(conn, sent, changes, attempt)


async def finish_failed(
    conn: AsyncConnection, failed: Delivery, status: DeliveryStatus, due_at: datetime, attempt: Attempt
) -> bool:
    """Give a claimed delivery back: `retry_wait` or `ambiguous` until `due_at`, or `dead`. `attempt.detail` is kept as
    the last error. False if its lease was lost to another claim, or it was taken back; the attempt is kept anyhow."""
    changes: dict[str, Any] = {"status": status, "due_at": due_at, "wake_at": due_at, "last_error": attempt.detail}
    if status is DeliveryStatus.DEAD:
        changes["finished_at"] = attempt.ended_at
    if status is DeliveryStatus.AMBIGUOUS:
        changes["ambiguous"] = True
    return await _finish(conn, failed, changes, attempt, _OPEN)


async def _finish(
    conn: AsyncConnection, claimed: Delivery, changes: dict[str, Any], attempt: Attempt, *also: ColumnElement[bool]
) -> bool:
    mine = and_(delivery.c.id == claimed.id, delivery.c.lease_token == claimed.lease_token, *also)
    finished = (await conn.execute(update(delivery).where(mine).values(**changes, **_NO_LEASE))).rowcount == 1
    await conn.execute(delivery_attempt.insert(), asdict(attempt))
    return finished


async def owners(conn: AsyncConnection) -> set[str]:
    """Who holds leases."""
    query = select(delivery.c.lease_owner).where(delivery.c.lease_owner.is_not(None)).distinct()
    return {owner for owner in await conn.scalars(query) if owner is not None}


async def held_by(conn: AsyncConnection, holders: Collection[str]) -> list[Delivery]:
    """What these owners have claimed."""
    found: list[Delivery] = []
    for piece in chunks(holders):
        rows = await conn.execute(select(delivery).where(delivery.c.lease_owner.in_(piece)))
        found += [decode_delivery(row) for row in rows.mappings()]
    return found


async def give_back(conn: AsyncConnection, unsent: Collection[str], now: datetime) -> int:
    """What was claimed by somebody who is gone, and certainly did not arrive, is due now. Returns how many."""
    changes = {"status": DeliveryStatus.RETRY, "attempts": _GIVEN_BACK, "due_at": now, "wake_at": now, **_NO_LEASE}
    count = 0
    for piece in chunks(unsent):
        count += (await conn.execute(update(delivery).where(delivery.c.id.in_(piece)).values(**changes))).rowcount
    return count


async def release(conn: AsyncConnection, dead_owners: Collection[str], now: datetime) -> int:
    """What these owners, known to be gone, were sending is due now, and perhaps arrived. Returns how many.

    The try that was cut off is given back: restarts must not wear a delivery's tries out.
    """
    changes = {
        "status": DeliveryStatus.AMBIGUOUS,
        "ambiguous": True,
        "attempts": _GIVEN_BACK,
        "due_at": now,
        "wake_at": now,
        **_NO_LEASE,
    }
    count = 0
    for piece in chunks(dead_owners):
        statement = update(delivery).where(delivery.c.lease_owner.in_(piece)).values(**changes)
        count += (await conn.execute(statement)).rowcount
    return count


async def next_due(conn: AsyncConnection, channels: Collection[str]) -> datetime | None:
    """When there is next something to claim for these channels: a due time, or the end of a lease."""
    soonest: list[datetime] = []
    for piece in chunks(channels):
        query = select(func.min(delivery.c.wake_at)).where(_OPEN, delivery.c.channel.in_(piece))
        moment: datetime | None = await conn.scalar(query)
        if moment is not None:
            soonest.append(moment)
    return min(soonest, default=None)


async def counts(conn: AsyncConnection) -> dict[DeliveryStatus, int]:
    """How many deliveries each status has; a status that none has is left out."""
    query = select(delivery.c.status, func.count()).group_by(delivery.c.status)
    return {DeliveryStatus(status): count for status, count in await conn.execute(query)}


async def waiting(conn: AsyncConnection) -> dict[str, int]:
    """How many deliveries of each channel are open; one for which nothing waits is left out."""
    query = select(delivery.c.channel, func.count()).where(_OPEN).group_by(delivery.c.channel)
    return {channel: count for channel, count in await conn.execute(query)}


async def listing(conn: AsyncConnection, status: DeliveryStatus | None = None, limit: int = 100) -> list[Delivery]:
    """Deliveries of that status (None: all), newest first."""
    query = select(delivery).order_by(delivery.c.created_at.desc(), delivery.c.id).limit(limit)
    if status is not None:
        query = query.where(delivery.c.status == status)
    return [decode_delivery(row) for row in (await conn.execute(query)).mappings()]


async def for_alert(conn: AsyncConnection, alert_id: str) -> list[Delivery]:
    """Every delivery of an alert, in the order in which they were written."""
    query = select(delivery).where(delivery.c.alert_id == alert_id).order_by(delivery.c.created_at, delivery.c.id)
    return [decode_delivery(row) for row in (await conn.execute(query)).mappings()]


async def get(conn: AsyncConnection, id_or_prefix: str) -> Delivery | None:
    """By id, or by the first characters of it. Raises AmbiguousIdError if they fit more than one."""
    row = await by_id(conn, delivery, id_or_prefix)
    return None if row is None else decode_delivery(row)


async def attempts(conn: AsyncConnection, delivery_id: str) -> list[Attempt]:
    """Every try at it, in order."""
    c = delivery_attempt.c
    query = select(*(column for column in c if column is not c.seq)).where(c.delivery_id == delivery_id).order_by(c.seq)
    return [Attempt(**row) for row in (await conn.execute(query)).mappings()]


async def retry(conn: AsyncConnection, delivery_id: str, now: datetime) -> bool:
    """A person wants a dead or expired delivery tried again from the start; False if it is neither."""
    given_up = (delivery.c.id == delivery_id) & delivery.c.status.in_([DeliveryStatus.DEAD, DeliveryStatus.EXPIRED])
    changes = {
        "status": DeliveryStatus.PENDING,
        "attempts": 0,
        "due_at": now,
        "wake_at": now,
        "finished_at": None,
        "expires_at": now + _WANTED,
    }
    return (await conn.execute(update(delivery).where(given_up).values(**changes))).rowcount == 1


async def orphaned(conn: AsyncConnection, channels: Collection[str], limit: int = 100) -> list[Delivery]:
    """Open deliveries to channels that are not in `channels` (no longer configured), oldest first."""
    query = select(delivery).where(_OPEN, delivery.c.channel.not_in(list(channels)))
    ordered = query.order_by(delivery.c.created_at, delivery.c.id).limit(limit)
    return [decode_delivery(row) for row in (await conn.execute(ordered)).mappings()]


async def thread(conn: AsyncConnection, alert_id: str, channel: str, target: str = "") -> str | None:
    """What the channel answered to the alert's first delivery there, if one was sent and answered with a name."""
    c = delivery.c
    query = (
        select(c.provider_ref)
        .where(c.alert_id == alert_id, c.channel == channel, c.target == target)
        .where(c.status == DeliveryStatus.SENT, c.provider_ref != "")
        .order_by(c.finished_at, c.id)
        .limit(1)
    )
    found: str | None = await conn.scalar(query)
    return found


async def places(conn: AsyncConnection, alert_id: str) -> list[tuple[str, str]]:
    """(channel, what it answered or "") of each delivery of an alert, in the order in which they were written."""
    c = delivery.c
    query = select(c.channel, c.provider_ref).where(c.alert_id == alert_id).order_by(c.created_at, c.id)
    return [(channel, provider_ref) for channel, provider_ref in await conn.execute(query)]
