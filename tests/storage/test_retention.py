"""Retention: old documents go with what was found in them, and what an alert rests on stays."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, text

from tests.storage.examples import NOW, TOLD, a_document, a_match, a_signature, raise_alert
from watcher.model.story import Placement, StoryStatus
from watcher.storage import documents, matches, retention, search, stories
from watcher.storage.engine import Database
from watcher.storage.matches import Finding
from watcher.storage.schema import match, story, story_member

DAY = timedelta(days=1)


async def place_old(db: Database, *numbers: int) -> None:
    """Documents of 1 March and the days after it, each in a story of its own, with a match."""
    async with db.write() as conn:
        for number in numbers:
            item = a_document(number, first_seen_at=NOW + number * DAY)
            await documents.add(conn, [item])
            placement = Placement(f"story-{number}", StoryStatus.NEW, ())
            await stories.add_members(conn, [(placement, a_signature(number), "T")], NOW + number * DAY)
            await matches.add(conn, [Finding(item, placement, a_match(), TOLD)], "f", NOW)
        await search.index(conn, 100)


async def left(db: Database) -> list[str]:
    async with db.read() as conn:
        return [item.id for _, item in await documents.arrived(conn, 0, 100)]


async def test_the_oldest_go_first_and_take_what_was_found_along(db: Database) -> None:
    await place_old(db, 2, 3, 4, 5)
    async with db.write() as conn:
        assert await retention.prunable(conn, NOW + 5 * DAY) == 3
        assert await retention.prune(conn, NOW + 5 * DAY, 2) == 2
        assert await retention.prune(conn, NOW + 5 * DAY, 2) == 1
        assert await retention.prune(conn, NOW + 5 * DAY, 2) == 0
        assert await retention.prune_stories(conn, NOW + 5 * DAY, 10) == 3
        for table in (match, story_member, story):
            assert await conn.scalar(select(func.count()).select_from(table)) == 1
    assert await left(db) == ["doc-5"]


async def test_documents_of_a_story_with_an_alert_stay_and_so_does_the_story(db: Database) -> None:
    async with db.write() as conn:
        alert = await raise_alert(conn, 1)
    await place_old(db, 2)
    async with db.write() as conn:
        copy = Placement(alert.story_id, StoryStatus.DUPLICATE, ())
        await documents.add(conn, [a_document(3)])
        await stories.add_members(conn, [(copy, a_signature(3), "T")], NOW)
        assert await retention.prune(conn, NOW + 100 * DAY, 100) == 1
        assert await retention.prune_stories(conn, NOW + 100 * DAY, 100) == 1
    assert await left(db) == ["doc-1", "doc-3"]


async def test_the_size_falls_when_documents_go_and_the_file_shrinks(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(n, text="x y " * 5_000) for n in range(60)])
    async with db.read() as conn:
        before = await retention.size(conn)
    async with db.write() as conn:
        assert await retention.prune(conn, NOW + DAY, 100) == 60
    async with db.read() as conn:
        assert await retention.size(conn) < before / 2
    more = True
    while more:
        async with db.write() as conn:
            more = await retention.release(conn)
    if db.sqlite:
        async with db.read() as conn:
            assert await conn.scalar(text("PRAGMA freelist_count")) == 0


async def test_the_document_at_a_place_says_what_is_older(db: Database) -> None:
    await place_old(db, 5, 2, 4)
    async with db.read() as conn:
        assert await retention.first_seen_of(conn, 0) == NOW + 2 * DAY
        assert await retention.first_seen_of(conn, 2) == NOW + 5 * DAY
        assert await retention.first_seen_of(conn, 3) is None
