"""Mentions: stories that a document on several developments tells of beside its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.storage.schema import document, story_mention
from watcher.storage.upsert import replace_into


@dataclass(frozen=True, slots=True)
class Mentioned:
    """What a section of the document (counted from 1) tells of the story, for one signal; `placed` says why it does."""

    document_id: str
    story_id: str
    signal_id: str
    section: int
    score: int
    assertion: str
    sentence: str
    placed: str
    mentioned_at: datetime

    @property
    def said(self) -> tuple[int, str]:
        """What must differ to be said anew."""
        return self.score, self.assertion


async def add(conn: AsyncConnection, mentioned: Collection[Mentioned]) -> None:
    """Remember them; a newer version of the document overwrites what it said before."""
    if mentioned:
        statement = replace_into(conn, story_mention, ["document_id", "story_id", "signal_id"])
        await conn.execute(statement, [asdict(one) for one in mentioned])


async def of_document(conn: AsyncConnection, document_id: str) -> dict[tuple[str, str], tuple[int, str]]:
    """What a document said before, by (story id, signal id)."""
    c = story_mention.c
    query = select(c.story_id, c.signal_id, c.score, c.assertion).where(c.document_id == document_id)
    return {
        (story_id, signal_id): (score, assertion) for story_id, signal_id, score, assertion in await conn.execute(query)
    }


@dataclass(frozen=True, slots=True)
class Mentioner:
    """Who mentions a story: the document, and what its section says."""

    title: str
    url: str
    publisher: str
    published_at: datetime | None
    said: Mentioned


async def of_story(conn: AsyncConnection, story_id: str, signal_id: str, limit: int) -> list[Mentioner]:
    """Who mentions a story for a signal, the newest first."""
    c = story_mention.c
    query = (
        select(document.c.title, document.c.url, document.c.publisher, document.c.published_at, story_mention)
        .join(document, document.c.id == c.document_id)
        .where(c.story_id == story_id, c.signal_id == signal_id)
        .order_by(c.mentioned_at.desc(), c.document_id)
        .limit(limit)
    )
    rows = await conn.execute(query)
    return [Mentioner(row[0], row[1], row[2], row[3], Mentioned(*row[4:])) for row in rows]
