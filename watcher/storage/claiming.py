"""Claiming: how a sender takes deliveries out of the outbox so that no other sender gets them too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import RowMapping, Text, TextualSelect, bindparam, cast, literal, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.delivery import Delivery, DeliveryStatus
from watcher.storage.chunks import chunks
from watcher.storage.delivery_row import decode_delivery
from watcher.storage.escalations import PAGE
from watcher.storage.schema import delivery

_PAGE = f"{PAGE}:"
_AT_ONCE = 50
"""Channels of one statement: SQLite joins 500 selects at most."""
_RANKS = 4
"""Priorities that have a range of their own: those of the four severities. Others share the last one."""
_Place = tuple[str, str, str]  # alert id, channel, target


async def claim(
    conn: AsyncConnection, now: datetime, owner: str, lease: timedelta, limit: int, channels: Collection[str],
    *, busy: Collection[Delivery] = (),
) -> list[Delivery]:  # fmt: skip
    """Take at most `limit` due deliveries of these channels, lowest priority number first, then longest due. What tells
    the same alert at the same place as one of `busy` stays where it is.

    Each becomes `sending` with one more attempt and a lease token that no other claim of it ever has. A delivery whose
    lease ran out is due again and comes back as ambiguous. The lease must be longer than the channel's time limit.
    """
    c = delivery.c
    places = sorted({(one.alert_id, one.channel, one.target) for one in busy if one.alert_id is not None})
    chosen = await _due(conn, now, limit, channels, places)
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


async def _due(
    conn: AsyncConnection, now: datetime, limit: int, channels: Collection[str], busy: Sequence[_Place]
) -> list[str]:
    """Ids of what to take, in one statement: a range of the index for each channel and each priority, so that neither
    another channel's long queue nor thousands that wait for later are looked at."""
    names = sorted(set(channels))
    found: list[tuple[int, datetime, str]] = []
    for start in range(0, len(names), _AT_ONCE):
        piece = names[start : start + _AT_ONCE]
        asked = {f"channel{number}": name for number, name in enumerate(piece)}
        for number, place in enumerate(busy):
            asked |= zip((f"alert{number}", f"at{number}", f"target{number}"), place, strict=True)
        statement = _ranges(len(piece), len(busy), conn.dialect.name == "postgresql")
        rows = await conn.execute(statement, {"now": now, "most": limit, **asked})
        found += [(priority, wake_at, id_) for priority, wake_at, id_ in rows]
    return [id_ for _, _, id_ in sorted(found)[:limit]]


@cache
def _ranges(channels: int, busy: int, locking: bool) -> TextualSelect:
    # Put together as text and once: forty selects would cost more to build than to run.
    lock = " FOR UPDATE SKIP LOCKED" if locking else ""  # SQLite has one writer at a time
    told = "alert_id = :alert{0} AND channel = :at{0} AND target = :target{0}"
    others = "".join(f" AND (alert_id IS NULL OR NOT ({told.format(number)}))" for number in range(busy))
    bounds = [f"priority = {rank}" for rank in range(_RANKS)] + [f"priority >= {_RANKS}"]
    parts = [
        f"SELECT * FROM (SELECT priority, wake_at, id FROM delivery WHERE finished_at IS NULL"  # noqa: S608 - no input
        f" AND channel = :channel{number} AND {bound} AND wake_at <= :now{others}"
        f" ORDER BY channel, priority, wake_at LIMIT :most{lock}) AS anon_{number}_{rank}"
        for number in range(channels)
        for rank, bound in enumerate(bounds)
    ]
    statement = text(" UNION ALL ".join(parts)).bindparams(bindparam("now", type_=delivery.c.wake_at.type))
    return statement.columns(delivery.c.priority, delivery.c.wake_at, delivery.c.id)


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
