"""Reading back what was stored: documents in the order of arrival, and what was told of them."""

from __future__ import annotations

from tests.storage.examples import MINUTE, NOW, QUIET, TOLD, a_document, a_match
from watcher.model.alert import Decision, Speak
from watcher.storage import documents, matches
from watcher.storage.engine import Database
from watcher.storage.matches import Finding


async def test_documents_come_in_the_order_of_arrival(db: Database) -> None:
    async with db.write() as conn:
        for number, minutes in ((1, -9), (2, 3), (3, 1), (4, 5)):
            await documents.add(conn, [a_document(number, first_seen_at=NOW + minutes * MINUTE)])
    async with db.read() as conn:
        assert await documents.count_since(conn, NOW) == 3
        place = await documents.place_before(conn, NOW)
        assert place is not None
        page = await documents.arrived(conn, place, 2)
        assert [document.id for _, document in page] == ["doc-2", "doc-3"]
        rest = await documents.arrived(conn, page[-1][0], 2)
        assert [document.id for _, document in rest] == ["doc-4"]
        assert await documents.arrived(conn, rest[-1][0], 2) == []


async def test_nothing_arrived_since_then(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(1)])
    async with db.read() as conn:
        assert await documents.place_before(conn, NOW + MINUTE) is None
        assert await documents.count_since(conn, NOW + MINUTE) == 0


async def test_headlines_of_the_documents_that_there_are(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(1), a_document(2)])
        found = await documents.headlines(conn, {"doc-2", "doc-9"})
    assert found == {"doc-2": ("Title 2", "https://example.org/2?utm_source=rss", "example.org")}


async def test_what_was_told_of_documents_seen_since_then(db: Database) -> None:
    again = Decision(Speak.AGAIN, ("a stronger assertion",))
    decided = ((1, TOLD), (2, QUIET), (3, again), (4, TOLD))
    async with db.write() as conn:
        for number, decision in decided:
            seen = NOW - MINUTE if number == 4 else NOW
            await documents.add(conn, [a_document(number, first_seen_at=seen)])
            await matches.add(
                conn, [Finding(a_document(number), None, a_match(), decision)], "f", NOW + number * MINUTE
            )
        told = await matches.told(conn, NOW)
        assert [(one.document_id, one.decision) for one in told] == [("doc-1", TOLD), ("doc-3", again)]
        several = await matches.for_documents(conn, ["doc-3", "doc-2", "doc-9"])
        assert [one.document_id for one in several] == ["doc-2", "doc-3"]
        assert await matches.for_documents(conn, []) == []
