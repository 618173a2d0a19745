"""Readings: what waiting documents say, or what their articles say in their place."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from watcher.detection.engine import Detection
from watcher.model.document import Document
from watcher.model.enrichment import Article
from watcher.services.articles import detect
from watcher.services.desk import Desk
from watcher.services.parts import Part, parts_of
from watcher.services.screening import Screen
from watcher.storage import enrichments
from watcher.storage.engine import Database


@dataclass(slots=True)
class Found:
    """A document with what it says; with an article, what that says. `parts`: of a text on several developments."""

    document: Document
    article: Article | None
    detection: Detection
    parts: tuple[Part, ...] = ()


async def read_all(db: Database, desk: Desk, screen: Screen, waiting: Sequence[Document]) -> list[Found]:
    """In their order; what was screened is not read again, unless its article was fetched since."""
    async with db.read() as conn:
        fetched = await enrichments.articles(conn, {(document.id, document.version) for document in waiting})
    found = []
    for document in waiting:
        article = fetched.get((document.id, document.version))
        screened = None if article else screen.recall(desk, document)
        said = screened or detect(desk, document, article)
        parts = parts_of(desk.detector, document, article.text if article else document.text, said)
        found.append(Found(document, article, said, parts))
        await asyncio.sleep(0)  # one document is bounded in time; between two, polls and sends get their turn
    return found
