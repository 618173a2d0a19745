"""Counts that a digest tells besides its alerts: what was suppressed, what nearly matched, and the last days."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.alert import Speak
from watcher.storage.schema import match


async def suppressed(conn: AsyncConnection, since: datetime, until: datetime) -> dict[str, int]:
    """How many matches in [since, until) reached their threshold and were not told, by reason."""
    c = match.c
    query = (
        select(c.suppressed_by, func.count())
        .where(c.alert, c.decision == Speak.SUPPRESSED, c.created_at >= since, c.created_at < until)
        .group_by(c.suppressed_by)
    )
    return {reason: count for reason, count in await conn.execute(query)}


async def near_misses(conn: AsyncConnection, since: datetime, until: datetime) -> int:
    """How many matches in [since, until) stayed below their threshold."""
    c = match.c
    query = select(func.count()).where(c.alert.is_(False), c.created_at >= since, c.created_at < until)
    return int(await conn.scalar(query) or 0)


async def activity(conn: AsyncConnection, since: datetime, until: datetime) -> Counter[tuple[str, int]]:
    """(signal id, whole days before `until`) → matches at or above the threshold in [since, until)."""
    c = match.c
    query = select(c.signal_id, c.created_at).where(c.alert, c.created_at >= since, c.created_at < until)
    return Counter((signal_id, (until - at).days) for signal_id, at in await conn.execute(query))
