"""Articles in the pipeline: which are wanted, and what a document says when its article is read instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.alerting.articles import worth_fetching
from watcher.detection.engine import Detection
from watcher.model.document import Document
from watcher.model.enrichment import Article, Enrichment, EnrichmentStatus
from watcher.model.match import ScoredOn
from watcher.services.desk import Desk
from watcher.services.judging import Standing, Verdict
from watcher.sources.article import host_of
from watcher.sources.identity import canonical_url
from watcher.storage import enrichments, matches

SAME_LINK = timedelta(hours=6)
"""For so long the article of a link is not wanted for another document with the same link."""

EDITED_AGAIN = timedelta(hours=1)
"""The least time between two fetches of a document's article, for two of its versions."""


def detect(desk: Desk, document: Document, article: Article | None) -> Detection:
    """Matches in title and text; with an article, its text stands for the item's."""
    if article is None:
        return desk.detector.detect(document.title, document.text, document.language, document.first_seen_at.year)
    found = desk.detector.detect(document.title, article.text, document.language, document.first_seen_at.year)
    return replace(found, matches=tuple(replace(match, scored_on=ScoredOn.ARTICLE) for match in found.matches))


async def unsaid(conn: AsyncConnection, document: Document, found: Detection) -> Detection:
    """Of what an article matches, that for which the item alone did not reach the threshold already.

    The article is asked what the item left open; where the item was clear, its longer text is no news.
    """
    recorded = await matches.for_document(conn, document.id, document.version)
    clear = {one.match.signal_id for one in recorded if one.match.alert and one.match.scored_on is ScoredOn.ITEM}
    return replace(found, matches=tuple(match for match in found.matches if match.signal_id not in clear))


async def want_article(
    conn: AsyncConnection,
    desk: Desk,
    document: Document,
    verdicts: Iterable[Verdict],
    known: Standing,
    now: datetime,
) -> bool:
    """Queue the article of a document that half matched, in the transaction of its matches; True if it was.

    What was told of the story already is no reason to fetch, and a page that is watched itself has no article. Several
    sources of a publisher carry the same link: it is fetched for one of them. An item that is edited again and again
    has its article fetched once in a while.
    """
    open_questions = []
    for verdict in verdicts:
        match, story_id = verdict.case.match, verdict.case.placement.story_id
        if not match.alert:
            alert = known.get((match.signal_id, story_id))
            if alert is None or not alert.told:
                open_questions.append(match)
    signals = {signal.id: signal for signal in desk.rulebook.signals}
    wish = worth_fetching(document, open_questions, signals, now)
    host = host_of(document.url)
    if wish is None or not host or _is_source(desk, document):
        return False
    if await enrichments.asked_elsewhere(conn, document, now - SAME_LINK):
        return False
    read_at = await enrichments.last_read(conn, document.id)
    wanted = Enrichment(
        document_id=document.id,
        version=document.version,
        reason=wish.reason,
        status=EnrichmentStatus.PENDING,
        url=document.url,
        host=host,
        distance=wish.distance,
        attempts=0,
        due_at=max(now, read_at + EDITED_AGAIN) if read_at else now,
        until=wish.until,
        created_at=now,
    )
    return await enrichments.queue(conn, wanted)


def _is_source(desk: Desk, document: Document) -> bool:
    return any(
        source.id == document.source_id and canonical_url(source.url) == document.canonical_url
        for source in desk.rulebook.sources
    )
