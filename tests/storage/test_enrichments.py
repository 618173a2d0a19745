"""Articles that are wanted: once for each version, the nearest first, never lost by a crash, given up in the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.storage.examples import MINUTE, NOW, TOLD, a_document, a_match
from watcher.model.enrichment import Article, Enrichment, EnrichmentStatus
from watcher.model.match import ScoredOn
from watcher.storage import documents, enrichments, matches
from watcher.storage.engine import Database
from watcher.storage.matches import Finding

LEASE = 5 * MINUTE
ARTICLE = Article("https://example.org/1", "Title 1", "The dam collapsed.\x00")


def wanted(number: int = 1, **changes: Any) -> Enrichment:
    one = Enrichment(
        document_id=f"doc-{number}", version=1, reason="dam: 40 of 60", status=EnrichmentStatus.PENDING,
        url=f"https://example.org/{number}", host="example.org", distance=20, attempts=0, due_at=NOW,
        until=NOW + timedelta(hours=48), created_at=NOW,
    )  # fmt: skip
    return replace(one, **changes)


async def fill(db: Database, *all_of_them: Enrichment) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(number) for number in range(1, 6)])
        await documents.mark_matched(conn, [(f"doc-{number}", 1) for number in range(1, 6)], "f")
        for one in all_of_them:
            await enrichments.queue(conn, one)


async def test_an_article_is_wanted_once_for_a_version(db: Database) -> None:
    await fill(db)
    async with db.write() as conn:
        assert await enrichments.queue(conn, wanted())
        assert not await enrichments.queue(conn, wanted(reason="again"))
        assert await enrichments.queue(conn, wanted(version=2))
        assert await enrichments.get(conn, "doc-1", 1) == wanted()
        assert await enrichments.get(conn, "doc-2", 1) is None
        assert await enrichments.counts(conn) == {EnrichmentStatus.PENDING: 2}


async def test_the_nearest_to_an_alert_is_claimed_first_and_by_one_only(db: Database) -> None:
    await fill(db, wanted(1, distance=30), wanted(2, distance=5), wanted(3, distance=1, due_at=NOW + MINUTE))
    async with db.write() as conn:
        first = await enrichments.claim(conn, NOW, LEASE, 2)
        second = await enrichments.claim(conn, NOW, LEASE, 2)
        assert await enrichments.claim(conn, NOW, LEASE, 2) is None
    assert first == wanted(2, distance=5, attempts=1, due_at=NOW + LEASE, fetched_at=NOW)
    assert second is not None
    assert second.document_id == "doc-1"


async def test_hosts_that_have_had_their_share_are_left_out(db: Database) -> None:
    await fill(db, wanted(1, host="busy.example", distance=1), wanted(2, distance=9))
    async with db.write() as conn:
        one = await enrichments.claim(conn, NOW, LEASE, 2, {"busy.example"})
        assert one is not None
        assert one.host == "example.org"
        assert await enrichments.claim(conn, NOW, LEASE, 2, {"busy.example", "example.org"}) is None
        assert await enrichments.spent(conn, NOW - MINUTE) == {"example.org": 1}
        assert await enrichments.spent(conn, NOW + MINUTE) == {}


async def test_of_equals_the_newest_comes_first(db: Database) -> None:
    await fill(db, wanted(1), wanted(2, created_at=NOW + MINUTE), wanted(3, created_at=NOW - MINUTE))
    async with db.write() as conn:
        claimed = [await enrichments.claim(conn, NOW, LEASE, 2) for _ in range(3)]
    assert [one.document_id for one in claimed if one] == ["doc-2", "doc-1", "doc-3"]


async def test_the_same_link_is_asked_for_once_in_a_while(db: Database) -> None:
    await fill(db, wanted(1))
    same = a_document(9, canonical_url=a_document(1).canonical_url)
    async with db.write() as conn:
        assert await enrichments.asked_elsewhere(conn, same, NOW - MINUTE)
        assert not await enrichments.asked_elsewhere(conn, same, NOW + MINUTE)
        assert not await enrichments.asked_elsewhere(conn, a_document(1), NOW - MINUTE)
        assert not await enrichments.asked_elsewhere(conn, a_document(9), NOW - MINUTE)
        await documents.add(conn, [a_document(7, canonical_url="")])
        await enrichments.queue(conn, wanted(7))
        assert not await enrichments.asked_elsewhere(conn, a_document(8, canonical_url=""), NOW - MINUTE)


async def test_when_an_article_of_a_document_was_read(db: Database) -> None:
    await fill(db, wanted(1), wanted(1, version=2), wanted(2))
    async with db.write() as conn:
        assert await enrichments.last_read(conn, "doc-1") is None
        for at in (NOW, NOW + MINUTE, NOW + 2 * MINUTE):
            one = await enrichments.claim(conn, at, LEASE, 2)
            assert one is not None
            await enrichments.finish(conn, one, EnrichmentStatus.DONE, article=ARTICLE)
        read = [await enrichments.last_read(conn, f"doc-{number}") for number in (1, 2)]
    assert NOW + 2 * MINUTE in read
    assert None not in read


async def test_what_a_crash_left_is_claimed_again_and_then_given_up(db: Database) -> None:
    await fill(db, wanted())
    async with db.write() as conn:
        assert await enrichments.claim(conn, NOW, LEASE, 2) is not None
        assert await enrichments.claim(conn, NOW + LEASE - MINUTE, LEASE, 2) is None
        again = await enrichments.claim(conn, NOW + LEASE, LEASE, 2)
        assert again is not None
        assert again.attempts == 2
        assert await enrichments.claim(conn, NOW + 2 * LEASE, LEASE, 2) is None
        assert await enrichments.give_up(conn, NOW + LEASE, 2) == 0
        assert await enrichments.give_up(conn, NOW + 2 * LEASE, 2) == 1
        found = await enrichments.get(conn, "doc-1", 1)
    assert found is not None
    assert (found.status, found.error) == (EnrichmentStatus.FAILED, "the program stopped while it was fetched")


async def test_what_is_no_news_any_more_is_skipped(db: Database) -> None:
    await fill(db, wanted(until=NOW + MINUTE), wanted(2))
    late = NOW + 2 * MINUTE
    async with db.write() as conn:
        assert await enrichments.give_up(conn, late, 2) == 1
        claimed = await enrichments.claim(conn, late, LEASE, 2)
        assert claimed is not None
        assert claimed.document_id == "doc-2"
        assert await enrichments.counts(conn) == {EnrichmentStatus.SKIPPED: 1, EnrichmentStatus.PENDING: 1}


async def test_an_article_is_kept_once_and_only_what_is_done_is_read(db: Database) -> None:
    await fill(db, wanted(1), wanted(2), wanted(3))
    versions = [("doc-1", 1), ("doc-2", 1), ("doc-3", 1), ("doc-4", 1), ("doc-1", 2)]
    async with db.write() as conn:
        assert await enrichments.articles(conn, versions) == {}
        assert await enrichments.finish(conn, wanted(1), EnrichmentStatus.DONE, article=ARTICLE)
        assert not await enrichments.finish(conn, wanted(1), EnrichmentStatus.FAILED, error="too late")
        assert await enrichments.finish(conn, wanted(2), EnrichmentStatus.SKIPPED, error="robots.txt")
        assert await enrichments.articles(conn, versions) == {
            ("doc-1", 1): replace(ARTICLE, text="The dam collapsed.\ufffd")
        }
        assert await enrichments.articles(conn, []) == {}


async def test_a_further_try_has_its_time(db: Database) -> None:
    await fill(db, wanted())
    async with db.write() as conn:
        one = await enrichments.claim(conn, NOW, LEASE, 2)
        assert one is not None
        await enrichments.later(conn, one, NOW + MINUTE, "timeout")
        assert await enrichments.claim(conn, NOW, LEASE, 2) is None
        again = await enrichments.claim(conn, NOW + MINUTE, LEASE, 2)
    assert again is not None
    assert (again.error, again.attempts) == ("timeout", 2)


async def test_a_document_waits_again_unless_it_was_edited(db: Database) -> None:
    await fill(db)
    async with db.write() as conn:
        assert await documents.pending(conn, 5) == []
        assert await documents.reopen(conn, "doc-2", 1)
        assert not await documents.reopen(conn, "doc-2", 1)
        await documents.revise(conn, [a_document(3, text="edited")])
        assert not await documents.reopen(conn, "doc-3", 1)
        waiting = await documents.pending(conn, 5)
        assert [(one.id, one.version) for one in waiting] == [("doc-2", 1), ("doc-3", 2)]
        await documents.mark_matched(conn, [("doc-2", 1)], "f")
        assert [one.id for one in await documents.pending(conn, 5)] == ["doc-3"]


async def test_a_match_keeps_which_text_it_was_scored_on(db: Database) -> None:
    await fill(db)
    async with db.write() as conn:
        await matches.add(conn, [Finding(a_document(1), None, a_match(scored_on=ScoredOn.ARTICLE), TOLD)], "f", NOW)
        await matches.add(conn, [Finding(a_document(2), None, a_match(), TOLD)], "f", NOW)
        recorded = [await matches.for_document(conn, f"doc-{number}") for number in (1, 2)]
    assert [one.match.scored_on for (one,) in recorded] == [ScoredOn.ARTICLE, ScoredOn.ITEM]


async def test_an_article_goes_with_its_document(db: Database) -> None:
    await fill(db, wanted())
    async with db.write() as conn:
        await conn.exec_driver_sql("DELETE FROM document WHERE id = 'doc-1'")
        assert await enrichments.get(conn, "doc-1", 1) is None
