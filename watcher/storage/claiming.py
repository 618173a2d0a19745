"""Claiming: how a sender takes deliveries out of the outbox so that no other sender gets them too."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, Text, cast, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.delivery import Delivery, DeliveryStatus
from watcher.storage.chunks import chunks
from watcher.storage.delivery_row import decode_delivery
from watcher.storage.escalations import PAGE
from watcher.storage.schema import delivery

_PAGE = f"{PAGE}:"
_Place = tuple[str, str, str]  # alert id, channel, target


async def claim(
    conn: AsyncConnection, now: datetime, owner: str, lease: timedelta, limit: int, channels: Collection[str]
) -> list[Delivery]:
    """Take at most `limit` due deliveries of these channels, lowest priority number first, then longest due.

    Each becomes `sending` with one more attempt and a lease token that no other claim of it ever has. A delivery whose
    lease ran out is due again and comes back as ambiguous. The lease must be longer than the channel's time limit.
    """
    c = delivery.c
    chosen = await _due(conn, now, limit, channels)
    if not chosen:
        return []
    perhaps_sent = c.status.in_([DeliveryStatus.SENDING, DeliveryStatus.AMBIGUOUS])
    statement = (
        update(delivery)
        .where(c.id.in_(chosen))
        .values(
            status=DeliveryStatus.SENDING,
            wake_at=now + lease,
            attempts=c.attempts + 1,
            claims=c.claims + 1,
            lease_owner=owner,
            lease_token=literal(f"{owner}#").concat(cast(c.claims + 1, Text)),
            ambiguous=or_(c.ambiguous, perhaps_sent),
        )
        .returning(*c)
    )
    rows = list((await conn.execute(statement)).mappings())
    rows.sort(key=lambda row: (row["priority"], row["due_at"], row["id"]))
    threads, newest = await _sent_before(conn, rows)
    claimed = []
    for row in rows:
        place = (row["alert_id"], row["channel"], row["target"])
        outdated = place in newest and newest[place] > row["created_at"]
        claimed.append(replace(decode_delivery(row, threads.get(place)), outdated=outdated))
    return claimed


async def _due(conn: AsyncConnection, now: datetime, limit: int, channels: Collection[str]) -> list[str]:
    """Ids of what to take. Each channel is asked by itself, so that one with a long queue slows no other."""
    c = delivery.c
    found: list[tuple[int, datetime, str]] = []
    for channel in sorted(set(channels)):
        query = (
            select(c.priority, c.wake_at, c.id)
            .where(c.finished_at.is_(None), c.channel == channel, c.wake_at <= now)
            .order_by(c.priority, c.wake_at)
            .limit(limit)
            .with_for_update(skip_locked=True)  # PostgreSQL only; SQLite has one writer at a time
        )
        found += [(priority, wake_at, id_) for priority, wake_at, id_ in await conn.execute(query)]
    return [id_ for _, _, id_ in sorted(found)[:limit]]


async def _sent_before(
    conn: AsyncConnection, rows: list[RowMapping]
) -> tuple[dict[_Place, str], dict[_Place, datetime]]:
    """What each channel answered to the first delivery of each alert, and when the newest that it has was written."""
    c = delivery.c
    first: dict[_Place, str] = {}
    newest: dict[_Place, datetime] = {}
    for piece in chunks({row["alert_id"] for row in rows if row["alert_id"] is not None}):
        query = (
            select(c.alert_id, c.channel, c.target, c.provider_ref, c.created_at, c.dedup_key)
            .where(c.alert_id.in_(piece), c.status == DeliveryStatus.SENT, c.provider_ref != "")
            .order_by(c.finished_at, c.id)
        )
        for alert_id, channel, target, provider_ref, created_at, dedup_key in await conn.execute(query):
            place = (alert_id, channel, target)
            first.setdefault(place, provider_ref)
            if not dedup_key.startswith(_PAGE):  # a page tells what was known when its ladder began
                newest[place] = max(newest.get(place, created_at), created_at)
    return first, newest
