"""Enriching with a scripted reader: budget, one of a host at a time, tries, leases, and faults of our own."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.services.fakes import desk, document
from tests.support.clocks import NOON, HandClock
from tests.support.velmar import DAM_FAILS, DAM_FEARS, FOOTBALL
from watcher.model.enrichment import Article, Enrichment, EnrichmentStatus
from watcher.services.desk import DeskHolder
from watcher.services.enrich import ATTEMPTS, CONCURRENCY, LEASE, LONGEST_PAUSE, PAUSE, Enricher
from watcher.sources.article import NoArticleError
from watcher.storage import documents, enrichments
from watcher.storage.engine import Database

BODY = "Engineers had feared it may collapse. " + DAM_FAILS.text
BOUND = 5.0


class FakeReader:
    """Answers from a script by URL, then with an article. A closed `gate` holds reads up."""

    def __init__(self) -> None:
        self.answers: dict[str, deque[Exception | str]] = {}
        self.read_urls: list[str] = []
        self.at_once: Counter[str] = Counter()
        self.most_at_once = 0
        self.most_of_a_host = 0
        self.crowded = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()

    async def read(self, url: str, source_url: str) -> Article:
        host = url.split("/")[2]
        self.read_urls.append(url)
        self.at_once[host] += 1
        self.most_at_once = max(self.most_at_once, self.at_once.total())
        self.most_of_a_host = max(self.most_of_a_host, self.at_once[host])
        if self.most_at_once == CONCURRENCY:
            self.crowded.set()
        try:
            await self.gate.wait()
        finally:
            self.at_once[host] -= 1
        script = self.answers.get(url)
        answer = script.popleft() if script else BODY
        if isinstance(answer, Exception):
            raise answer
        return Article(url, DAM_FEARS.title, answer)


class Bench:
    """An enricher with its reader; documents that half matched are queued by `want`."""

    def __init__(self, db: Database, clock: HandClock, root: Path) -> None:
        self.db, self.clock = db, clock
        self.reader = FakeReader()
        self.holder = DeskHolder(desk(root))
        self.arrived = 0
        self.urls: list[str] = []

    def enricher(self, per_hour: int = 100) -> Enricher:
        return Enricher(
            self.db, self.holder, self.reader, self.clock, per_hour=per_hour, on_article=self._arrive
        )  # fmt: skip

    def _arrive(self) -> None:
        self.arrived += 1

    async def want(self, count: int = 1, host: str = "{}.example", **changes: Any) -> None:
        async with self.db.write() as conn:
            for _ in range(count):
                number = len(self.urls) + 1
                url = f"https://{host.format(number)}/{number}"
                self.urls.append(url)
                item = document(number, DAM_FEARS, url=url)
                await documents.add(conn, [item])
                await documents.mark_matched(conn, [(item.id, 1)], "f")
                given: dict[str, Any] = {
                    "document_id": item.id, "version": 1, "reason": "dam: 32 of 60", "distance": number, "attempts": 0,
                    "status": EnrichmentStatus.PENDING, "url": url, "host": url.split("/")[2], "due_at": NOON,
                    "until": NOON + timedelta(hours=48), "created_at": NOON,
                }  # fmt: skip
                await enrichments.queue(conn, Enrichment(**(given | changes)))

    async def became(self, number: int = 1) -> Enrichment:
        async with self.db.read() as conn:
            found = await enrichments.get(conn, document(number).id, 1)
        assert found is not None
        return found

    async def pending(self) -> list[str]:
        async with self.db.read() as conn:
            return [one.id for one in await documents.pending(conn, 100)]


@pytest.fixture
async def bench(db: Database, clock: HandClock, tmp_path: Path) -> AsyncIterator[Bench]:
    yield Bench(db, clock, tmp_path / "rules")


async def test_an_article_is_kept_and_its_document_waits_again(bench: Bench) -> None:
    await bench.want(2, distance=1)
    enricher = bench.enricher()
    await enricher.run_due()
    assert await bench.pending() == ["doc_0001", "doc_0002"]
    found = await bench.became()
    assert (found.status, found.text, found.final_url) == (EnrichmentStatus.DONE, BODY, bench.urls[0])
    assert (enricher.tally["enriched"], bench.arrived) == (2, 2)
    await enricher.run_due()
    assert len(bench.reader.read_urls) == 2


async def test_the_nearest_come_first_and_the_budget_of_an_hour_holds(bench: Bench) -> None:
    await bench.want(5)
    await bench.enricher(per_hour=2).run_due()
    assert sorted(bench.reader.read_urls) == bench.urls[:2]
    bench.clock.advance(timedelta(minutes=59))
    await bench.enricher(per_hour=2).run_due()
    assert len(bench.reader.read_urls) == 2
    bench.clock.advance(timedelta(minutes=2))
    await bench.enricher(per_hour=2).run_due()
    assert sorted(bench.reader.read_urls) == bench.urls[:4]


async def test_no_budget_fetches_nothing(bench: Bench) -> None:
    await bench.want()
    await bench.enricher(per_hour=0).run_due()
    assert bench.reader.read_urls == []


async def test_one_host_has_a_fifth_of_it_and_one_request_at_a_time(bench: Bench) -> None:
    await bench.want(5, "busy.example")
    await bench.want(1, "quiet.example")
    await bench.enricher(per_hour=10).run_due()
    assert sorted(bench.reader.read_urls) == [bench.urls[0], bench.urls[1], bench.urls[5]]
    assert bench.reader.most_of_a_host == 1


async def test_only_so_many_at_once(bench: Bench) -> None:
    await bench.want(CONCURRENCY + 3)
    bench.reader.gate.clear()
    enricher = bench.enricher()
    assert await enricher.start_due() == CONCURRENCY
    assert await enricher.start_due() == 0
    await asyncio.wait_for(bench.reader.crowded.wait(), BOUND)
    bench.reader.gate.set()
    await asyncio.wait_for(enricher.run_due(), BOUND)
    assert len(bench.reader.read_urls) == CONCURRENCY + 3
    assert bench.reader.most_at_once == CONCURRENCY


@pytest.mark.parametrize(
    ("asked", "pause"),
    [
        (None, PAUSE),
        (timedelta(seconds=1), PAUSE),
        (timedelta(hours=1), timedelta(hours=1)),
        (timedelta(days=9), LONGEST_PAUSE),
    ],
)
async def test_what_may_pass_is_tried_again_later_and_then_fails(
    bench: Bench, asked: timedelta | None, pause: timedelta
) -> None:
    await bench.want()
    errors = [NoArticleError("timeout: no answer", again=True, retry_after=asked) for _ in range(ATTEMPTS)]
    bench.reader.answers[bench.urls[0]] = deque(errors)
    enricher = bench.enricher()
    await enricher.run_due()
    found = await bench.became()
    assert (found.status, found.due_at, found.error) == (EnrichmentStatus.PENDING, NOON + pause, "timeout: no answer")
    bench.clock.advance(pause)
    await enricher.run_due()
    found = await bench.became()
    assert (found.status, found.attempts) == (EnrichmentStatus.FAILED, ATTEMPTS)
    assert await bench.pending() == []


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        (NoArticleError("http-status: 404"), EnrichmentStatus.FAILED, "404"),
        (NoArticleError("robots.txt forbids it", refused=True), EnrichmentStatus.SKIPPED, "robots.txt"),
        (FOOTBALL.text * 9, EnrichmentStatus.SKIPPED, "something else"),
        (ZeroDivisionError("a fault of ours"), EnrichmentStatus.FAILED, "internal error: ZeroDivisionError"),
    ],
)
async def test_what_is_no_article_ends_there(
    bench: Bench, answer: Exception | str, status: EnrichmentStatus, said: str
) -> None:
    await bench.want(2)
    bench.reader.answers[bench.urls[0]] = deque([answer])
    enricher = bench.enricher()
    await enricher.run_due()
    found = await bench.became()
    assert found.status is status
    assert said in found.error
    assert enricher.tally[f"articles_{status}"] == 1
    assert await bench.pending() == ["doc_0002"]


async def test_an_item_that_was_edited_meanwhile_is_left_to_its_new_version(bench: Bench) -> None:
    await bench.want()
    async with bench.db.write() as conn:
        await documents.revise(conn, [document(1, DAM_FAILS, url=bench.urls[0])])
    await bench.enricher().run_due()
    assert bench.reader.read_urls == []
    assert (await bench.became()).status is EnrichmentStatus.SKIPPED


async def test_an_edit_while_it_is_fetched_keeps_the_new_version_waiting_once(bench: Bench) -> None:
    await bench.want()
    bench.reader.gate.clear()
    enricher = bench.enricher()
    await enricher.start_due()
    async with bench.db.write() as conn:
        await documents.revise(conn, [document(1, DAM_FAILS, url=bench.urls[0])])
    bench.reader.gate.set()
    assert await enricher.settle(BOUND)
    async with bench.db.read() as conn:
        (waiting,) = await documents.pending(conn, 10)
        assert waiting.version == 2
        assert await enrichments.articles(conn, [(waiting.id, 2)]) == {}


async def test_what_is_abandoned_is_tried_again_when_its_lease_ends(bench: Bench) -> None:
    await bench.want()
    bench.reader.gate.clear()
    enricher = bench.enricher()
    await enricher.start_due()
    assert not await enricher.settle(0.01)
    await enricher.abandon()
    bench.reader.gate.set()
    await bench.enricher().run_due()
    assert len(bench.reader.read_urls) <= 1
    bench.clock.advance(LEASE)
    await bench.enricher().run_due()
    assert (await bench.became()).status is EnrichmentStatus.DONE


async def test_what_is_no_news_any_more_is_not_fetched(bench: Bench) -> None:
    await bench.want(until=NOON + timedelta(hours=1))
    bench.clock.advance(timedelta(hours=2))
    await bench.enricher().run_due()
    assert bench.reader.read_urls == []
    assert (await bench.became()).status is EnrichmentStatus.SKIPPED
