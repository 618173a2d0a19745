"""Figures that were told: for each signal what each story was told with, so that a move can be told from a repeat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.alert import ToldFigure
from watcher.storage.schema import told_figure


async def told(conn: AsyncConnection, signal_id: str, story_id: str) -> list[ToldFigure]:
    """The figures that the story was told with, and the last ones of each name, subject and unit; oldest first."""
    c = told_figure.c
    newest = select(func.max(c.seq)).where(c.signal_id == signal_id).group_by(c.name, c.subject, c.unit)
    query = (
        select(c.story_id, c.name, c.subject, c.unit, c.value)
        .where(c.signal_id == signal_id, or_(c.story_id == story_id, c.seq.in_(newest)))
        .order_by(c.seq)
    )
    return [ToldFigure(**row) for row in (await conn.execute(query)).mappings()]


async def add(conn: AsyncConnection, signal_id: str, new: Iterable[ToldFigure], now: datetime) -> None:
    """Remember what was told."""
    rows = [{**asdict(one), "signal_id": signal_id, "told_at": now} for one in new]
    if rows:
        await conn.execute(told_figure.insert(), rows)
