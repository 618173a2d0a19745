"""Claiming: how a sender takes deliveries out of the outbox so that no other sender gets them too."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    Text,
    TextualSelect,
    bindparam,
    cast,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import ReturningUpdate

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
_BETWEEN = "\x1f"
"""Stands in no id, name or address."""


async def claim(
    conn: AsyncConnection, now: datetime, owner: str, lease: timedelta, limit: int, channels: Collection[str],
    *, busy: Collection[Delivery] = (),
) -> list[Delivery]:  # fmt: skip
    """Take at most `limit` due deliveries of these channels, lowest priority number first, then longest due. What tells
    the same alert at the same place as one of `busy` stays where it is.

    Each becomes `sending` with one more attempt and a lease token that no other claim of it ever has. A delivery whose
    lease ran out is due again and comes back as ambiguous. The lease must be longer than the channel's time limit.
    """
    places = sorted({(one.alert_id, one.channel, one.target) for one in busy if one.alert_id is not None})
    given = {"until": now + lease, "sender": owner, "mark": f"{owner}#", "now": now, "most": limit}
    if conn.dialect.name == "postgresql":
        given |= {"channels": sorted(set(channels)), "busy": [_BETWEEN.join(place) for place in places]}
        rows = list((await conn.execute(_taking_due(bool(places)), given)).mappings())
    else:
        chosen = await _due(conn, now, limit, channels, places)
        rows = list((await conn.execute(_taking(), given | {"chosen": chosen})).mappings()) if chosen else []
    rows.sort(key=lambda row: (row["priority"], row["due_at"], row["id"]))
    threads, newest = await _sent_before(conn, rows)
    claimed = []
    for row in rows:
        place = (row["alert_id"], row["channel"], row["target"])
        outdated = place in newest and newest[place] > row["created_at"]
        claimed.append(replace(decode_delivery(row, threads.get(place)), outdated=outdated))
    return claimed


@cache
def _taking_due(busy: bool) -> ReturningUpdate[Any]:
    """Choosing and taking in one statement of PostgreSQL: a range of the index for each channel and each priority.

    The range is written once and read for each: planning forty of them takes longer than reading them.
    """
    place = "concat_ws(chr(31), alert_id, channel, target)"
    others = f" AND (alert_id IS NULL OR {place} <> ALL (CAST(:busy AS text[])))" if busy else ""
    ranges = (
        f" CROSS JOIN LATERAL (SELECT priority, wake_at, id FROM delivery WHERE finished_at IS NULL"  # noqa: S608 - no input
        f" AND channel = wanted.name AND {{bound}} AND wake_at <= :now{others}"
        " ORDER BY channel, priority, wake_at LIMIT :most FOR UPDATE SKIP LOCKED) AS due"
    )
    asked = "SELECT due.priority, due.wake_at, due.id FROM unnest(CAST(:channels AS text[])) AS wanted(name)"
    levels = f" CROSS JOIN generate_series(0, {_RANKS - 1}) AS level(rank)"
    usual = asked + levels + ranges.format(bound="priority = level.rank")
    due = _typed(f"{usual} UNION ALL {asked}{ranges.format(bound=f'priority >= {_RANKS}')}").cte("due")
    first = select(due.c.id).order_by(due.c.priority, due.c.wake_at, due.c.id).limit(bindparam("most"))
    return _taken(delivery.c.id.in_(first))


async def _due(
    conn: AsyncConnection, now: datetime, limit: int, channels: Collection[str], busy: Sequence[_Place]
) -> list[str]:
    """Ids of what to take on SQLite, which has no lateral ranges: a select for each, many in one statement.

    So neither another channel's long queue nor thousands that wait for later are looked at.
    """
    names = sorted(set(channels))
    found: list[tuple[int, datetime, str]] = []
    for start in range(0, len(names), _AT_ONCE):
        piece = names[start : start + _AT_ONCE]
        asked = {f"channel{number}": name for number, name in enumerate(piece)}
        for number, place in enumerate(busy):
            asked |= zip((f"alert{number}", f"at{number}", f"target{number}"), place, strict=True)
        rows = await conn.execute(_union(len(piece), len(busy)), {"now": now, "most": limit, **asked})
        found += [(priority, wake_at, id_) for priority, wake_at, id_ in rows]
    return [id_ for _, _, id_ in sorted(found)[:limit]]


@cache
def _union(channels: int, busy: int) -> TextualSelect:
    # Put together as text and once: forty selects would cost more to build than to run.
    told = "alert_id = :alert{0} AND channel = :at{0} AND target = :target{0}"
    others = "".join(f" AND (alert_id IS NULL OR NOT ({told.format(number)}))" for number in range(busy))
    bounds = [f"priority = {rank}" for rank in range(_RANKS)] + [f"priority >= {_RANKS}"]
    parts = [
        f"SELECT * FROM (SELECT priority, wake_at, id FROM delivery WHERE finished_at IS NULL"  # noqa: S608 - no input
        f" AND channel = :channel{number} AND {bound} AND wake_at <= :now{others}"
        f" ORDER BY channel, priority, wake_at LIMIT :most) AS anon_{number}_{rank}"
        for number in range(channels)
        for rank, bound in enumerate(bounds)
    ]
    return _typed(" UNION ALL ".join(parts))


def _typed(statement: str) -> TextualSelect:
    c = delivery.c
    bound = text(statement).bindparams(bindparam("now", type_=c.wake_at.type))
    return bound.columns(c.priority, c.wake_at, c.id)


@cache
def _taking() -> ReturningUpdate[Any]:
    return _taken(delivery.c.id.in_(bindparam("chosen", expanding=True)))


def _taken(chosen: ColumnElement[bool]) -> ReturningUpdate[Any]:
    c = delivery.c
    perhaps_sent = c.status.in_([DeliveryStatus.SENDING, DeliveryStatus.AMBIGUOUS])
    return (
        update(delivery)
        .where(chosen)
        .values(
            status=DeliveryStatus.SENDING,
            wake_at=bindparam("until", type_=c.wake_at.type),
            attempts=c.attempts + 1,
            claims=c.claims + 1,
            lease_owner=bindparam("sender", type_=c.lease_owner.type),
            lease_token=bindparam("mark", type_=Text()).concat(cast(c.claims + 1, Text)),
            ambiguous=or_(c.ambiguous, perhaps_sent),
        )
        .returning(*c)
    )


@cache
def _told() -> Select[Any]:
    c = delivery.c
    return (
        select(c.alert_id, c.channel, c.target, c.provider_ref, c.created_at, c.dedup_key)
        .where(c.alert_id.in_(bindparam("alerts", expanding=True)), c.status == DeliveryStatus.SENT)
        .where(c.provider_ref != "")
        .order_by(c.finished_at, c.id)
    )


async def _sent_before(
    conn: AsyncConnection, rows: list[RowMapping]
) -> tuple[dict[_Place, str], dict[_Place, datetime]]:
    """What each channel answered to the first delivery of each alert, and when the newest that it has was written."""
    first: dict[_Place, str] = {}
    newest: dict[_Place, datetime] = {}
    for piece in chunks({row["alert_id"] for row in rows if row["alert_id"] is not None}):
        told = await conn.execute(_told(), {"alerts": list(piece)})
        for alert_id, channel, target, provider_ref, created_at, dedup_key in told:
            place = (alert_id, channel, target)
            first.setdefault(place, provider_ref)
            if not dedup_key.startswith(_PAGE):  # a page tells what was known when its ladder began
                newest[place] = max(newest.get(place, created_at), created_at)
    return first, newest
