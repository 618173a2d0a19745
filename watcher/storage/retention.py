"""Retention: the oldest documents go, a few at a time; what an alert rests on stays as long as the alert."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, CursorResult, delete, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.storage.schema import alert, contribution, document, story, story_member, story_mention

_PAGES = 200


async def prune(conn: AsyncConnection, before: datetime, most: int) -> int:
    """Delete at most `most` documents first seen before that, with all that was found in them; how many."""
    oldest = select(document.c.seq).where(*_may_go(before)).order_by(document.c.first_seen_at).limit(most)
    return _count(await conn.execute(delete(document).where(document.c.seq.in_(oldest))))


async def prunable(conn: AsyncConnection, before: datetime) -> int:
    """How many documents `prune` would delete in all."""
    return await conn.scalar(select(func.count()).select_from(document).where(*_may_go(before))) or 0


async def prune_stories(conn: AsyncConnection, before: datetime, most: int) -> int:
    """Delete at most `most` stories last seen before that, of which no document and no alert is left; how many."""
    left = (
        ~exists().where(story_member.c.story_id == story.c.id),
        ~exists().where(alert.c.story_id == story.c.id),
        ~exists().where(contribution.c.occurrence_id == story.c.id),
    )
    empty = select(story.c.id).where(story.c.last_seen_at < before, *left).order_by(story.c.last_seen_at).limit(most)
    return _count(await conn.execute(delete(story).where(story.c.id.in_(empty))))


async def size(conn: AsyncConnection) -> int:
    """Bytes in use. SQLite: of the file, without what is free in it. PostgreSQL: of the documents' rows, compressed."""
    if conn.dialect.name == "postgresql":
        return int(await conn.scalar(text("SELECT coalesce(sum(pg_column_size(document.*)), 0) FROM document")) or 0)
    pages, free, each = [
        int(await conn.scalar(text(f"PRAGMA {name}")) or 0) for name in ("page_count", "freelist_count", "page_size")
    ]
    return (pages - free) * each


async def first_seen_of(conn: AsyncConnection, place: int) -> datetime | None:
    """When the document at that place was first seen, the oldest at place 0; None if there are not so many."""
    query = select(document.c.first_seen_at).order_by(document.c.first_seen_at).offset(place).limit(1)
    moment: datetime | None = await conn.scalar(query)
    return moment


async def release(conn: AsyncConnection) -> bool:
    """Give some free pages of the file back to the disk; whether there were any. PostgreSQL does so itself."""
    if conn.dialect.name == "postgresql" or not await conn.scalar(text("PRAGMA auto_vacuum")):
        return False
    before = int(await conn.scalar(text("PRAGMA freelist_count")) or 0)
    for _ in range(min(before, _PAGES)):  # the driver takes one step of a statement, and a step frees one page
        await conn.execute(text("PRAGMA incremental_vacuum(1)"))
    return before > 0


def _may_go(before: datetime) -> tuple[ColumnElement[bool], ...]:
    told = story_member.join(alert, alert.c.story_id == story_member.c.story_id)
    of_an_alert = select(1).select_from(told).where(story_member.c.document_id == document.c.id).exists()
    mentioning = story_mention.join(alert, alert.c.story_id == story_mention.c.story_id)
    mentions_one = select(1).select_from(mentioning).where(story_mention.c.document_id == document.c.id).exists()
    of_a_composite = select(1).where(contribution.c.document_id == document.c.id).exists()
    return document.c.first_seen_at < before, ~of_an_alert, ~mentions_one, ~of_a_composite


def _count(result: CursorResult[tuple[()]]) -> int:
    return result.rowcount
