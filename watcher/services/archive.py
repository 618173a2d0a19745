"""The archive: stored documents in the order of their arrival, a page at a time: a long read holds up nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from watcher.model.document import Document
from watcher.model.enrichment import Article
from watcher.storage import documents, enrichments, search
from watcher.storage.engine import Database

PAGE = 200


async def size(db: Database, since: datetime) -> int:
    """How many documents `stream` gives, if none arrive meanwhile."""
    async with db.read() as conn:
        return await documents.count_since(conn, since)


async def stream(db: Database, since: datetime) -> AsyncIterator[tuple[Document, Article | None]]:
    """The documents first seen since then, with their articles if they were fetched. Each page is a transaction."""
    async with db.read() as conn:
        place = await documents.place_before(conn, since)
    while place is not None:
        async with db.read() as conn:
            page = await documents.arrived(conn, place, PAGE)
            fetched = await enrichments.articles(conn, {(document.id, document.version) for _, document in page})
        for _, document in page:
            if document.first_seen_at >= since:
                yield document, fetched.get((document.id, document.version))
        place = page[-1][0] if page else None


async def index_new(db: Database) -> int:
    """Make what arrived lately searchable, a little at a time; how many documents."""
    done = 0
    while True:
        async with db.write() as conn:
            added = await search.index(conn, PAGE)
        done += added
        if added < PAGE:
            return done
