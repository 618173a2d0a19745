"""Proof of life: when each part of the watcher last did its round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.storage.columns import JsonValue
from watcher.storage.schema import heartbeat
from watcher.storage.upsert import replace_into


@dataclass(frozen=True, slots=True)
class Beat:
    """The last beat of one name, with what it had to say."""

    name: str
    at: datetime
    detail: Mapping[str, JsonValue]


async def beat(conn: AsyncConnection, name: str, now: datetime, detail: Mapping[str, JsonValue] | None = None) -> None:
    """Replace the name's last beat."""
    await conn.execute(replace_into(conn, heartbeat, ["name"]), {"name": name, "at": now, "detail": dict(detail or {})})


async def last(conn: AsyncConnection, name: str) -> Beat | None:
    """The name's last beat, if it ever beat."""
    row = (await conn.execute(select(heartbeat).where(heartbeat.c.name == name))).mappings().first()
    return None if row is None else Beat(**row)
