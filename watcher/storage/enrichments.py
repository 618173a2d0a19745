"""Articles that are wanted: queued with the match that wants them, claimed by whoever fetches, kept once read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, RowMapping, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.document import Document
from watcher.model.enrichment import Article, Enrichment, EnrichmentStatus
from watcher.storage.chunks import chunks
from watcher.storage.columns import digest
from watcher.storage.schema import document, enrichment
from watcher.storage.upsert import insert_into

_PENDING = enrichment.c.status == text("'pending'")  # a literal: only then is the index of the pending ones used


async def queue(conn: AsyncConnection, wanted: Enrichment) -> bool:
    """Want an article; False if it was wanted for this version of the document before, whatever became of it."""
    statement = insert_into(conn, enrichment).on_conflict_do_nothing(index_elements=["document_id", "version"])
    inserted = await conn.execute(statement.values(**asdict(wanted)).returning(enrichment.c.document_id))
    return inserted.first() is not None


async def claim(
    conn: AsyncConnection, now: datetime, lease: timedelta, attempts: int, without: Collection[str] = ()
) -> Enrichment | None:
    """Take the one that is due and nearest to an alert, the newest of equals, tried less than `attempts`; of no host
    in `without`.

    Its attempt counts from here on, and it is due again when the lease ends: a crash costs one attempt.
    """
    c = enrichment.c
    query = (
        select(c.document_id, c.version)
        .where(_PENDING, c.due_at <= now, c.until >= now, c.attempts < attempts, c.host.not_in(sorted(without)))
        .order_by(c.distance, c.created_at.desc())
        .limit(1)
        .with_for_update(skip_locked=True)  # PostgreSQL only; SQLite has one writer at a time
    )
    chosen = (await conn.execute(query)).first()
    if chosen is None:
        return None
    statement = (
        update(enrichment)
        .where(c.document_id == chosen.document_id, c.version == chosen.version)
        .values(attempts=c.attempts + 1, due_at=now + lease, fetched_at=now)
        .returning(*c)
    )
    return _enrichment((await conn.execute(statement)).mappings().one())


async def later(conn: AsyncConnection, one: Enrichment, due_at: datetime, error: str) -> None:
    """Try it once more then."""
    await conn.execute(update(enrichment).where(_this(one), _PENDING).values(due_at=due_at, error=error))


async def finish(
    conn: AsyncConnection,
    one: Enrichment,
    status: EnrichmentStatus,
    *,
    error: str = "",
    article: Article | None = None,
) -> bool:
    """Say what became of it, with the article if there is one; False if somebody else has said so already."""
    values = {"status": status, "error": error}
    if article:
        values |= {"final_url": article.url, "title": article.title, "text": article.text}
    return (await conn.execute(update(enrichment).where(_this(one), _PENDING).values(**values))).rowcount > 0


async def give_up(conn: AsyncConnection, now: datetime, attempts: int) -> int:
    """Skip what is no news any more, fail what was begun so often and never ended; how many."""
    c = enrichment.c
    old = (
        update(enrichment)
        .where(_PENDING, c.until < now, c.due_at <= now)
        .values(status=EnrichmentStatus.SKIPPED, error="no news any more before it could be fetched")
    )
    lost = (
        update(enrichment)
        .where(_PENDING, c.attempts >= attempts, c.due_at <= now)
        .values(status=EnrichmentStatus.FAILED, error="the program stopped while it was fetched")
    )
    return (await conn.execute(old)).rowcount + (await conn.execute(lost)).rowcount


async def spent(conn: AsyncConnection, since: datetime) -> dict[str, int]:
    """How many articles were fetched since then, by host."""
    c = enrichment.c
    query = select(c.host, func.count()).where(c.fetched_at >= since).group_by(c.host)
    return {host: count for host, count in await conn.execute(query)}


async def waiting(conn: AsyncConnection, now: datetime) -> bool:
    """Whether anything is due."""
    query = select(enrichment.c.version).where(_PENDING, enrichment.c.due_at <= now).limit(1)
    return (await conn.execute(query)).first() is not None


async def articles(conn: AsyncConnection, versions: Collection[tuple[str, int]]) -> dict[tuple[str, int], Article]:
    """The articles that are there, by document id and version."""
    c = enrichment.c
    found: dict[tuple[str, int], Article] = {}
    for piece in chunks({id_ for id_, _ in versions}):
        query = select(c.document_id, c.version, c.final_url, c.title, c.text).where(
            c.document_id.in_(piece), c.status == EnrichmentStatus.DONE
        )
        found |= {(id_, version): Article(*rest) for id_, version, *rest in await conn.execute(query)}
    return {key: article for key, article in found.items() if key in versions}


async def asked_elsewhere(conn: AsyncConnection, item: Document, since: datetime) -> bool:
    """Whether another document with the same canonical URL wanted its article since then."""
    c = enrichment.c
    query = (
        select(c.version)
        .join(document, document.c.id == c.document_id)
        .where(document.c.canonical_key == digest(item.canonical_url), c.document_id != item.id, c.created_at >= since)
        .limit(1)
    )
    return bool(item.canonical_url) and (await conn.execute(query)).first() is not None


async def last_read(conn: AsyncConnection, document_id: str) -> datetime | None:
    """When an article was last fetched for any version of the document."""
    c = enrichment.c
    done = (c.document_id == document_id) & (c.status == EnrichmentStatus.DONE)
    moment: datetime | None = await conn.scalar(select(func.max(c.fetched_at)).where(done))
    return moment


async def get(conn: AsyncConnection, document_id: str, version: int) -> Enrichment | None:
    """What became of the article of this version of a document; None if it was never wanted."""
    c = enrichment.c
    query = select(enrichment).where(c.document_id == document_id, c.version == version)
    row = (await conn.execute(query)).mappings().first()
    return None if row is None else _enrichment(row)


async def counts(conn: AsyncConnection) -> dict[EnrichmentStatus, int]:
    """How many there are of each status."""
    query = select(enrichment.c.status, func.count()).group_by(enrichment.c.status)
    return {EnrichmentStatus(status): count for status, count in await conn.execute(query)}


def _this(one: Enrichment) -> ColumnElement[bool]:
    return (enrichment.c.document_id == one.document_id) & (enrichment.c.version == one.version)


def _enrichment(row: RowMapping) -> Enrichment:
    return Enrichment(**{**row, "status": EnrichmentStatus(row["status"])})
