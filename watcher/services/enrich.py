"""Enrich: fetch the articles behind items that half matched, so that the pipeline reads these instead.

An article is wanted in the transaction of the match that wants it; its text is stored in the transaction that lets the
document wait for the pipeline again. A crash between the two costs one of the attempts, and nothing else.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Protocol

import structlog

from watcher.detection.article import worth_using
from watcher.model.document import Document
from watcher.model.enrichment import Article, Enrichment, EnrichmentStatus
from watcher.model.errors import UserError
from watcher.model.ports import Clock
from watcher.services.desk import DeskHolder
from watcher.sources.article import NoArticleError
from watcher.storage import documents, enrichments
from watcher.storage.engine import Database

log = structlog.get_logger(__name__)
CONCURRENCY = 4
ATTEMPTS = 2
HOST_PERCENT = 20
"""Of an hour's articles, how many may come from one host; and from one host only one at a time."""

LEASE = timedelta(minutes=5)
"""After this an article that was begun is taken for lost; fetching and reading are bounded well below."""

PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
HOUR = timedelta(hours=1)
_SWEEP_S = 60.0


class Reader(Protocol):
    """Fetches and extracts."""

    async def read(self, url: str, source_url: str) -> Article:
        """Raises NoArticleError."""
        ...


class Enricher:
    """At most `per_hour` articles an hour (0: none), four at once. `tally` counts them by what came of them."""

    def __init__(
        self,
        db: Database,
        holder: DeskHolder,
        reader: Reader,
        clock: Clock,
        *,
        per_hour: int,
        on_article: Callable[[], None] = lambda: None,
    ) -> None:
        self._db, self._holder, self._reader, self._clock = db, holder, reader, clock
        self._per_hour, self._on_article = per_hour, on_article
        self._under_way: dict[asyncio.Task[None], str] = {}
        self._one_at_a_time = asyncio.Lock()
        self._sweep_at = 0.0
        self.tally: Counter[str] = Counter()

    async def start_due(self) -> int:
        """Start what is due, as far as budget and room go, and come back at once; returns how many were started."""
        async with self._one_at_a_time:  # two would each take the room and the budget that there is
            return await self._start_due()

    async def _start_due(self) -> int:
        room = CONCURRENCY - len(self._under_way)
        if room <= 0 or not self._per_hour:
            return 0
        now = self._clock.now()
        async with self._db.read() as conn:
            waiting = await enrichments.waiting(conn, now)
            spent = Counter(await enrichments.spent(conn, now - HOUR)) if waiting else Counter[str]()
        if not waiting:
            return 0
        claimed = await self._claim(min(room, self._per_hour - spent.total()), spent)
        for one in claimed:
            task = asyncio.create_task(self._enrich(one), name=f"enrich {one.document_id}")
            self._under_way[task] = one.host
            task.add_done_callback(lambda done: self._under_way.pop(done, None))
        return len(claimed)

    async def run_due(self) -> None:
        """Fetch everything that is due and within the budget, and wait for it."""
        while await self.start_due() or self._under_way:
            if self._under_way:
                await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)

    async def settle(self, timeout_s: float | None = None) -> bool:
        """Wait for what is under way, at most so long; True if nothing is left."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=timeout_s)
        return not self._under_way

    async def abandon(self) -> None:
        """Give up what is still under way; it is tried once more when its lease ends."""
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _claim(self, room: int, spent: Counter[str]) -> Sequence[Enrichment]:
        """One of a host at a time, and none of a host that has had its share of the hour."""
        share = max(1, self._per_hour * HOST_PERCENT // 100)
        without = {host for host, count in spent.items() if count >= share} | set(self._under_way.values())
        sweeping = self._clock.monotonic() >= self._sweep_at
        claimed: list[Enrichment] = []
        if room <= 0 and not sweeping:
            return claimed
        now = self._clock.now()
        async with self._db.write() as conn:
            if sweeping:
                self._sweep_at = self._clock.monotonic() + _SWEEP_S
                self.tally["articles_given_up"] += await enrichments.give_up(conn, now, ATTEMPTS)
            while len(claimed) < room and (one := await enrichments.claim(conn, now, LEASE, ATTEMPTS, without)):
                claimed.append(one)
                without.add(one.host)
        return claimed

    async def _enrich(self, one: Enrichment) -> None:
        try:
            await self._attempt(one)
        except UserError as error:
            log.error("article.not_stored", document=one.document_id, error=str(error))  # noqa: TRY400
        except Exception as error:  # a fault of ours with one article must not stop the others
            log.exception("article.crashed", document=one.document_id)
            await self._end(one, EnrichmentStatus.FAILED, f"internal error: {type(error).__name__}")

    async def _attempt(self, one: Enrichment) -> None:
        async with self._db.read() as conn:
            document = await documents.get(conn, one.document_id)
        if document is None or document.version != one.version:
            await self._end(one, EnrichmentStatus.SKIPPED, "the item was edited since")
            return
        try:
            article = await self._reader.read(one.url, self._source_url(document))
        except NoArticleError as error:
            await self._missed(one, error)
            return
        fitness = worth_using(article, document)
        if not fitness.fit:
            await self._end(one, EnrichmentStatus.SKIPPED, fitness.reason)
            return
        async with self._db.write() as conn:
            if await enrichments.finish(conn, one, EnrichmentStatus.DONE, article=article):
                await documents.reopen(conn, one.document_id, one.version)
        self.tally["enriched"] += 1
        log.info("article.read", document=one.document_id, host=one.host, reason=one.reason, chars=len(article.text))
        self._on_article()

    async def _missed(self, one: Enrichment, error: NoArticleError) -> None:
        if error.again and one.attempts < ATTEMPTS:
            pause = min(max(error.retry_after or PAUSE, PAUSE), LONGEST_PAUSE)
            async with self._db.write() as conn:
                await enrichments.later(conn, one, self._clock.now() + pause, str(error))
            self.tally["articles_retried"] += 1
            return
        await self._end(one, EnrichmentStatus.SKIPPED if error.refused else EnrichmentStatus.FAILED, str(error))

    async def _end(self, one: Enrichment, status: EnrichmentStatus, error: str) -> None:
        async with self._db.write() as conn:
            await enrichments.finish(conn, one, status, error=error)
        self.tally[f"articles_{status}"] += 1
        log.info(f"article.{status}", document=one.document_id, host=one.host, reason=error)

    def _source_url(self, document: Document) -> str:
        sources = self._holder.current.rulebook.sources
        return next((source.url for source in sources if source.id == document.source_id), "")
