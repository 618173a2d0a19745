"""Silences: who muted what, until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, time
from typing import Any

from sqlalchemy import RowMapping, Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.alert import Matcher, QuietHours, Silence
from watcher.storage.columns import JsonValue
from watcher.storage.lookup import by_id
from watcher.storage.schema import silence


async def add(conn: AsyncConnection, new: Silence) -> None:
    """Store a silence."""
    await conn.execute(silence.insert(), {**asdict(new), "recurs": _encode(new.recurs) if new.recurs else None})


async def active(conn: AsyncConnection, now: datetime) -> list[Silence]:
    """Those that mute at `now`, oldest first."""
    return await _read(conn, select(silence).where(silence.c.starts_at <= now, silence.c.ends_at > now))


async def listing(conn: AsyncConnection, now: datetime, include_expired: bool = False) -> list[Silence]:
    """Active and future ones, or all, oldest first."""
    query = select(silence)
    return await _read(conn, query if include_expired else query.where(silence.c.ends_at > now))


async def get(conn: AsyncConnection, id_or_prefix: str) -> Silence | None:
    """By id, or by the first characters of it. Raises AmbiguousIdError if they fit more than one."""
    row = await by_id(conn, silence, id_or_prefix)
    return None if row is None else _silence(row)


async def expire(conn: AsyncConnection, silence_id: str, now: datetime) -> bool:
    """End it now; False if there is no such silence or it has ended already."""
    running = (silence.c.id == silence_id) & (silence.c.ends_at > now)
    return (await conn.execute(update(silence).where(running).values(ends_at=now))).rowcount == 1


async def _read(conn: AsyncConnection, query: Select[*tuple[Any, ...]]) -> list[Silence]:
    ordered = query.order_by(silence.c.created_at, silence.c.id)
    return [_silence(row) for row in (await conn.execute(ordered)).mappings()]


def _silence(row: RowMapping) -> Silence:
    matchers = tuple(Matcher(**matcher) for matcher in row["matchers"])
    return Silence(**{**row, "matchers": matchers, "recurs": _decode(row["recurs"]) if row["recurs"] else None})


def _encode(hours: QuietHours) -> dict[str, JsonValue]:
    return {
        "start": hours.start.isoformat(),
        "end": hours.end.isoformat(),
        "timezone": hours.timezone,
        "days": sorted(hours.days),
    }


def _decode(data: Mapping[str, Any]) -> QuietHours:
    start, end = time.fromisoformat(data["start"]), time.fromisoformat(data["end"])
    return QuietHours("", start, end, data["timezone"], frozenset(data["days"]))
