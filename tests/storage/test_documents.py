"""Documents: received in order, matched once per version, found again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.storage.examples import MINUTE, NOW, a_document
from watcher.storage import documents
from watcher.storage.documents import DocumentCounts
from watcher.storage.engine import Database
from watcher.storage.errors import StorageError


async def test_a_document_comes_back_whole(db: Database) -> None:
    bare = a_document(2, guid="", url="", canonical_url="", language=None, published_at=None, tags=())
    async with db.write() as conn:
        await documents.add(conn, [a_document(1), bare])
        await documents.add(conn, [])
    async with db.read() as conn:
        assert await documents.get(conn, "doc-1") == a_document(1)
        assert await documents.get(conn, "doc-2") == bare
        assert await documents.get(conn, "doc-3") is None


async def test_known_by_guid_link_or_content_within_one_source(db: Database) -> None:
    elsewhere = a_document(9, guid="guid-1", canonical_url="https://example.org/2", source_id="other")
    nameless = a_document(4, guid="", canonical_url="")
    async with db.write() as conn:
        await documents.add(conn, [a_document(1), a_document(2), a_document(3), elsewhere, nameless])
        found = await documents.known(
            conn, "world", ["guid-3", ""], ["https://example.org/1", ""], ["hash-1", "hash-2"]
        )
        assert [document.id for document in found] == ["doc-1", "doc-2", "doc-3"]
        assert await documents.known(conn, "world", ["x"], [], []) == []
        many = [f"guid-{number}" for number in range(2_000)]
        assert len(await documents.known(conn, "world", many, [], [])) == 3
        mixed = await documents.known(conn, "world", [*many[4:], "guid-1"], ["https://example.org/1"], ["hash-3"])
        assert [document.id for document in mixed] == ["doc-1", "doc-3"]


async def test_long_links_are_stored_and_found(db: Database) -> None:
    link = "https://example.org/" + "a" * 20_000
    async with db.write() as conn:
        await documents.add(conn, [a_document(1, guid=link, url=link, canonical_url=link)])
        assert [d.url for d in await documents.known(conn, "world", [link], [], [])] == [link]


async def test_pending_keeps_the_order_of_arrival(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(3, first_seen_at=NOW + MINUTE), a_document(1)])
    async with db.write() as conn:
        await documents.add(conn, [a_document(2, first_seen_at=NOW - MINUTE)])
    async with db.read() as conn:
        assert [document.id for document in await documents.pending(conn, 10)] == ["doc-3", "doc-1", "doc-2"]
        assert [document.id for document in await documents.pending(conn, 2)] == ["doc-3", "doc-1"]


async def test_a_matched_document_waits_again_when_it_is_revised(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(1), a_document(2)])
        assert await documents.counts(conn) == DocumentCounts(total=2, pending=2)
        await documents.mark_matched(conn, [("doc-1", 1), ("doc-2", 1)], "rules-1")
        assert await documents.counts(conn) == DocumentCounts(total=2, pending=0)
        revised = a_document(1, title="Corrected", text="Other", version=2, first_seen_at=NOW + MINUTE, tags=("new",))
        await documents.revise(conn, [revised])
        assert await documents.pending(conn, 10) == [replace(revised, first_seen_at=NOW)]
        assert [d.id for d in await documents.known(conn, "world", ["guid-1"], [], [])] == ["doc-1"]


async def test_what_was_revised_while_it_was_matched_keeps_waiting(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(1)])
        await documents.revise(conn, [a_document(1, title="Corrected", content_hash="h2")])
        await documents.mark_matched(conn, [("doc-1", 1)], "rules-1")
        assert [document.version for document in await documents.pending(conn, 10)] == [2]
        await documents.mark_matched(conn, [("doc-1", 2)], "rules-1")
        await documents.mark_matched(conn, [("doc-1", 1)], "rules-1")
        assert await documents.pending(conn, 10) == []


async def test_find_by_url_takes_either_form_and_the_newest(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(
            conn, [a_document(1), a_document(5, canonical_url="https://example.org/1"), a_document(6, url="")]
        )
        canonical = await documents.find_by_url(conn, "https://example.org/1")
        given = await documents.find_by_url(conn, "https://example.org/1?utm_source=rss")
        assert canonical is not None
        assert canonical.id == "doc-5"
        assert given is not None
        assert given.id == "doc-1"
        assert await documents.find_by_url(conn, "https://example.org/none") is None
        assert await documents.find_by_url(conn, "") is None


async def test_recent_is_newest_first(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(n, first_seen_at=NOW + n * MINUTE) for n in range(4)])
        assert [d.id for d in await documents.recent(conn, NOW + MINUTE, 2)] == ["doc-3", "doc-2"]


async def test_the_same_id_twice_is_refused_and_nothing_of_it_stays(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(1)])
    with pytest.raises(StorageError):
        async with db.write() as conn:
            await documents.add(conn, [a_document(2), a_document(1)])
    async with db.read() as conn:
        assert await documents.counts(conn) == DocumentCounts(total=1, pending=1)


async def test_text_that_no_database_can_hold_is_stored_with_its_offsets(db: Database) -> None:
    hostile = a_document(1, title="a\x00b\ud800c", tags=("x\ud800",))
    async with db.write() as conn:
        await documents.add(conn, [hostile])
        stored = await documents.get(conn, "doc-1")
    assert stored is not None
    assert stored.title == "a\ufffdb\ufffdc"
    assert stored.tags == ("x\ufffd",)
