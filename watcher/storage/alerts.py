"""Alerts, and the append-only log of what happened to each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import RowMapping, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.alert import Alert, AlertStatus
from watcher.model.match import Assertion
from watcher.model.signal import Severity
from watcher.storage.chunks import chunks
from watcher.storage.columns import JsonValue
from watcher.storage.lookup import by_id
from watcher.storage.schema import alert, alert_event
from watcher.storage.upsert import replace_into

_OF_STORIES = select(alert).where(alert.c.story_id.in_(bindparam("stories", expanding=True)))


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """One thing that happened to an alert, with its facts."""

    alert_id: str
    kind: str
    detail: Mapping[str, JsonValue]
    at: datetime


async def of_stories(conn: AsyncConnection, story_ids: Collection[str]) -> dict[tuple[str, str], Alert]:
    """The alerts on these stories, each by its signal and its story."""
    found: dict[tuple[str, str], Alert] = {}
    for piece in chunks(story_ids):
        for row in (await conn.execute(_OF_STORIES, {"stories": piece})).mappings():
            found[row["signal_id"], row["story_id"]] = _alert(row)
    return found


async def save(conn: AsyncConnection, changed: Alert) -> Alert:
    """Insert or update the alert of (signal_id, story_id), and return it as stored.

    Its id and opening time never change: if another process opened it first, theirs are kept and returned.
    """
    statement = replace_into(conn, alert, ["signal_id", "story_id"], keep=["id", "opened_at"])
    row = (await conn.execute(statement.values(**asdict(changed)).returning(*alert.c))).mappings().one()
    return _alert(row)


async def log(conn: AsyncConnection, alert_id: str, kind: str, detail: Mapping[str, JsonValue], now: datetime) -> None:
    """Append one event."""
    row = {"alert_id": alert_id, "kind": kind, "detail": dict(detail), "at": now}
    await conn.execute(alert_event.insert(), row)


async def listing(
    conn: AsyncConnection, status: AlertStatus | None = None, limit: int = 100, since: datetime | None = None
) -> list[Alert]:
    """Alerts of that status (None: all) updated since then (None: ever), newest first."""
    query = select(alert).order_by(alert.c.updated_at.desc(), alert.c.id).limit(limit)
    if status is not None:
        query = query.where(alert.c.status == status)
    if since is not None:
        query = query.where(alert.c.updated_at >= since)
    return [_alert(row) for row in (await conn.execute(query)).mappings()]


async def told_counts(conn: AsyncConnection, since: datetime | None = None) -> dict[str, int]:
    """How many alerts each signal has told that were opened since then (None: ever)."""
    query = select(alert.c.signal_id, func.count()).where(alert.c.told).group_by(alert.c.signal_id)
    if since is not None:
        query = query.where(alert.c.opened_at >= since)
    return {signal_id: count for signal_id, count in await conn.execute(query)}


async def get(conn: AsyncConnection, id_or_prefix: str) -> Alert | None:
    """By id, or by the first characters of it. Raises AmbiguousIdError if they fit more than one."""
    row = await by_id(conn, alert, id_or_prefix)
    return None if row is None else _alert(row)


async def of_ids(conn: AsyncConnection, ids: Collection[str]) -> set[str]:
    """Those of these ids that there are alerts of."""
    found: set[str] = set()
    for piece in chunks(ids):
        found |= set(await conn.scalars(select(alert.c.id).where(alert.c.id.in_(piece))))
    return found


async def events(conn: AsyncConnection, alert_id: str) -> list[AlertEvent]:
    """What happened to the alert, in order."""
    c = alert_event.c
    query = select(c.alert_id, c.kind, c.detail, c.at).where(c.alert_id == alert_id).order_by(c.seq)
    return [AlertEvent(**row) for row in (await conn.execute(query)).mappings()]


def _alert(row: RowMapping) -> Alert:
    return Alert(
        **{
            **row,
            "status": AlertStatus(row["status"]),
            "severity": Severity(row["severity"]),
            "assertion": Assertion(row["assertion"]),
        }
    )
