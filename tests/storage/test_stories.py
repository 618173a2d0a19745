"""Stories: candidates by key, members that stay where they were placed."""

from __future__ import annotations

from tests.storage.examples import MINUTE, NOW, a_document, a_signature
from watcher.model.delivery import Citation
from watcher.model.story import Placement, StoryMember, StoryStatus
from watcher.storage import documents, stories
from watcher.storage.engine import Database

NEW = Placement("story-1", StoryStatus.NEW, ())
UPDATE = Placement("story-1", StoryStatus.UPDATE, ())
COPY = Placement("story-1", StoryStatus.DUPLICATE, ())


async def test_candidates_share_a_key_and_are_recent(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(n) for n in range(1, 5)])
        for number, keys, seen_at in (
            (1, (1, 2), NOW),
            (2, (2, 3), NOW + MINUTE),
            (3, (3, 4), NOW + MINUTE),
            (4, (1, 2), NOW - 5 * MINUTE),
        ):
            placement = Placement(f"story-{number}", StoryStatus.NEW, ())
            await stories.add_members(conn, [(placement, a_signature(number, keys=keys), "T")], seen_at)
        found = await stories.neighbours(conn, [1, 2, 99], NOW - MINUTE)
        assert found.by_key == {1: ["doc-1"], 2: ["doc-2", "doc-1"]}
        assert found.members == {
            "doc-1": StoryMember("story-1", a_signature(1, keys=(1, 2)), StoryStatus.NEW, NOW),
            "doc-2": StoryMember("story-2", a_signature(2, keys=(2, 3)), StoryStatus.NEW, NOW + MINUTE),
        }
        assert await stories.neighbours(conn, [], NOW - MINUTE) == stories.Neighbours({}, {})


async def test_of_very_many_candidates_the_newest_come(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(n) for n in range(250)])
        for number in range(250):
            signature = a_signature(number, keys=(1, 2, 3))
            await stories.add_members(conn, [(UPDATE, signature, "T")], NOW + number * MINUTE)
        found = await stories.neighbours(conn, [*range(1_000)], NOW)
    assert {key: len(newest) for key, newest in found.by_key.items()} == {1: 200, 2: 200, 3: 200}
    assert found.by_key[3][:2] == ["doc-249", "doc-248"]


async def test_a_new_version_stays_in_its_story_and_is_found_by_its_new_keys(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(1)])
        await stories.add_members(conn, [(NEW, a_signature(1, keys=(1,)), "T")], NOW)
        moved = Placement("story-2", StoryStatus.UPDATE, ())
        changed = a_signature(1, keys=(5,), title_tokens=frozenset({"other"}))
        await stories.add_members(conn, [(moved, changed, "T")], NOW + MINUTE)
        stored = StoryMember("story-1", changed, StoryStatus.UPDATE, NOW + MINUTE)
        assert await stories.placed(conn, ["doc-1", "doc-2"]) == {"doc-1": stored}
        assert (await stories.neighbours(conn, [1], NOW)).members == {}
        assert (await stories.neighbours(conn, [5], NOW)).members == {"doc-1": stored}


async def test_publishers_who_copy_do_not_count(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(n) for n in range(1, 5)])
        for number, publisher, placement in (
            (1, "a.example", NEW),
            (2, "b.example", UPDATE),
            (3, "c.example", COPY),
            (4, "a.example", COPY),
        ):
            await stories.add_members(conn, [(placement, a_signature(number, publisher=publisher), "T")], NOW)
        assert await stories.publishers(conn, ["story-1", "none"]) == {"story-1": {"a.example", "b.example"}}


async def test_citations_put_own_words_before_copies_and_new_before_old(db: Database) -> None:
    async with db.write() as conn:
        undated = a_document(3, published_at=None)
        await documents.add(conn, [a_document(1), a_document(2), undated, a_document(4)])
        for number, placement in ((1, NEW), (2, COPY), (3, UPDATE)):
            await stories.add_members(conn, [(placement, a_signature(number), "T")], NOW + number * MINUTE)
        cited = await stories.citations(conn, "story-1", 10)
        assert [citation.title for citation in cited] == ["Title 3", "Title 1", "Title 2"]
        assert cited[1] == Citation("Title 1", a_document(1).url, "example.org", "2026-03-01T11:59:00Z")
        assert cited[0].published_at is None
        assert len(await stories.citations(conn, "story-1", 2)) == 2
