"""Articles in the pipeline: when one is wanted, and what it may say that the item did not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.services.fakes import desk, document
from tests.support.clocks import NOON, HandClock
from tests.support.velmar import DAM_FAILS, DAM_FEARS, DOCKERS_STRIKE, Report
from watcher.model.document import Document
from watcher.model.enrichment import Article, EnrichmentStatus
from watcher.model.match import ScoredOn
from watcher.services.articles import EDITED_AGAIN, SAME_LINK
from watcher.services.desk import DeskHolder
from watcher.services.pipeline import Pipeline
from watcher.storage import alerts, documents, enrichments, matches, outbox
from watcher.storage.engine import Database

BOTH = Report(DAM_FAILS.title, DAM_FAILS.text + " Dockers may strike in Port Orsa, the union said.")
ARTICLE = DAM_FAILS.text + " " + DOCKERS_STRIKE.text


class Works:
    """A pipeline over a database; `arrives` stores a document and reads it."""

    def __init__(self, db: Database, clock: HandClock, root: Path, *, enriching: bool = True) -> None:
        self.db = db
        self.pipeline = Pipeline(db, DeskHolder(desk(root)), clock, enriching=enriching)

    async def arrives(self, number: int, report: Report, **changes: Any) -> Document:
        item = document(number, report, **changes)
        async with self.db.write() as conn:
            await documents.add(conn, [item])
        await self.pipeline.run_pending()
        return item

    async def wanted(self, item: Document) -> bool:
        async with self.db.read() as conn:
            return await enrichments.get(conn, item.id, item.version) is not None

    async def article(self, item: Document, text: str = ARTICLE) -> None:
        """Its article arrives, as the enricher stores it, and is read."""
        async with self.db.write() as conn:
            one = await enrichments.get(conn, item.id, item.version)
            assert one is not None
            await enrichments.finish(conn, one, EnrichmentStatus.DONE, article=Article(item.url, item.title, text))
            assert await documents.reopen(conn, item.id, item.version)
        await self.pipeline.run_pending()

    async def told(self) -> list[str]:
        async with self.db.read() as conn:
            return sorted(one.message.signal_id for one in await outbox.listing(conn))

    async def scored(self, item: Document) -> dict[str, ScoredOn]:
        async with self.db.read() as conn:
            found = await matches.for_document(conn, item.id)
        return {one.match.signal_id: one.match.scored_on for one in found}


@pytest.fixture
def works(db: Database, clock: HandClock, tmp_path: Path) -> Works:
    return Works(db, clock, tmp_path / "rules")


async def test_an_item_that_half_matches_wants_its_article_once(works: Works) -> None:
    item = await works.arrives(1, DAM_FEARS)
    assert await works.wanted(item)
    assert works.pipeline.tally["articles_wanted"] == 1
    await works.article(item, DAM_FEARS.text * 3)
    assert works.pipeline.tally["articles_wanted"] == 1
    async with works.db.read() as conn:
        found = await enrichments.get(conn, item.id, 1)
        assert found is not None
        assert (found.host, found.url) == ("wire.example", item.url)
        assert await enrichments.counts(conn) == {EnrichmentStatus.DONE: 1}


@pytest.mark.parametrize(
    ("report", "changes"),
    [
        (DAM_FAILS, {}),
        (DAM_FEARS, {"url": "", "canonical_url": ""}),
        (DAM_FEARS, {"url": "https://[", "canonical_url": ""}),
        (DAM_FEARS, {"url": "https://nothing.example/rss", "canonical_url": "https://nothing.example/rss",
                     "source_id": "nothing"}),
    ],
    ids=["it-alerts", "no-link", "no-address", "the-page-of-its-source"],
)  # fmt: skip
async def test_others_want_none(works: Works, report: Report, changes: dict[str, Any]) -> None:
    item = await works.arrives(1, report, **changes)
    assert not await works.wanted(item)


async def test_what_was_told_already_is_no_reason(works: Works) -> None:
    await works.arrives(1, DAM_FAILS)
    half = Report(
        DAM_FAILS.title.replace("collapses", "may collapse"), DAM_FAILS.text.replace("collapsed", "may burst")
    )
    item = await works.arrives(2, half, publisher="herald.example")
    async with works.db.read() as conn:
        (alert,) = await alerts.listing(conn)
        recorded = await matches.for_document(conn, item.id)
    assert [(one.match.alert, one.story_id) for one in recorded] == [(False, alert.story_id)]
    assert not await works.wanted(item)


async def test_nothing_is_wanted_without_enrichment(db: Database, clock: HandClock, tmp_path: Path) -> None:
    works = Works(db, clock, tmp_path / "rules", enriching=False)
    assert not await works.wanted(await works.arrives(1, DAM_FEARS))


async def test_an_article_answers_only_what_the_item_left_open(works: Works) -> None:
    item = await works.arrives(1, BOTH)
    assert await works.told() == ["dam-failure"]
    await works.article(item, ARTICLE + " Nine people are dead, swept away when the dam collapsed in Velmar.")
    assert await works.told() == ["dam-failure", "port-strike"]
    assert await works.scored(item) == {"dam-failure": ScoredOn.ITEM, "port-strike": ScoredOn.ARTICLE}
    assert works.pipeline.tally["articles_matched"] == 1


async def test_story_and_version_stay_those_of_the_item(works: Works) -> None:
    item = await works.arrives(1, DAM_FEARS)
    async with works.db.read() as conn:
        before = await matches.for_document(conn, item.id)
    await works.article(item)
    async with works.db.read() as conn:
        after = await matches.for_document(conn, item.id)
        kept = await documents.get(conn, item.id)
    assert kept == item
    assert {one.story_id for one in after} == {one.story_id for one in before}
    assert {one.version for one in after} == {1}
    assert all("article" in one.decision.reasons[0] for one in after)


async def test_an_article_that_says_nothing_leaves_the_items_match(works: Works) -> None:
    item = await works.arrives(1, DAM_FEARS)
    await works.article(item, "The Rovers won the cup after extra time.")
    assert await works.told() == []
    async with works.db.read() as conn:
        assert await documents.pending(conn, 5) == []
        assert await matches.near_misses(conn, NOON, 5)


async def test_a_link_that_several_sources_carry_is_fetched_for_one(works: Works, clock: HandClock) -> None:
    first = await works.arrives(1, DAM_FEARS)
    link = {"url": first.url + "?from=rss", "canonical_url": first.canonical_url}
    assert not await works.wanted(await works.arrives(2, DAM_FEARS, source_id="other", **link))
    clock.advance(SAME_LINK + timedelta(minutes=1))
    assert await works.wanted(await works.arrives(3, DAM_FEARS, source_id="third", **link))


async def test_an_item_that_is_edited_has_its_article_fetched_again_an_hour_later(
    works: Works, clock: HandClock
) -> None:
    item = await works.arrives(1, DAM_FEARS)
    async with works.db.write() as conn:
        assert await enrichments.claim(conn, NOON, timedelta(minutes=5), 2) is not None
    await works.article(item, DAM_FEARS.text * 3)
    clock.advance(timedelta(minutes=10))
    async with works.db.write() as conn:
        await documents.revise(conn, [replace(item, text=DAM_FEARS.text + " More soon.")])
    await works.pipeline.run_pending()
    async with works.db.read() as conn:
        again = await enrichments.get(conn, item.id, 2)
    assert again is not None
    assert again.due_at == NOON + EDITED_AGAIN
