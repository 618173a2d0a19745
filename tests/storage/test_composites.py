"""What composite signals read and leave behind, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.storage.examples import NOW, TOLD, a_document, a_match, place
from watcher.model.composite import Contribution
from watcher.storage import composites, documents, matches, stories
from watcher.storage.engine import Database
from watcher.storage.matches import Finding

DAY = timedelta(days=1)


def contribution(number: int, occurrence: str = "occ-1", signal: str = "iraq-militia") -> Contribution:
    return Contribution(occurrence, signal, f"story-{number}", f"doc-{number}", NOW + number * DAY)


async def test_what_fired_lately_is_found_with_its_document(db: Database) -> None:
    async with db.write() as conn:
        placed = [await place(conn, number) for number in (1, 2, 3)]
        fired, below = a_match(), a_match(alert=False, score=40)
        await matches.add(conn, [Finding(a_document(1), placed[0], fired, TOLD)], "print", NOW)
        await matches.add(conn, [Finding(a_document(2), placed[1], below, TOLD)], "print", NOW)
        await matches.add(conn, [Finding(a_document(3), placed[2], fired, TOLD)], "print", NOW - DAY)
        await matches.add(conn, [Finding(a_document(1), placed[0], a_match("other"), TOLD)], "print", NOW)
        (one,) = await composites.fired(conn, {"iraq-militia"}, NOW - DAY / 2)
        both = await composites.fired(conn, {"iraq-militia", "other"}, NOW - 2 * DAY)
    assert (one.signal_id, one.story_id, one.document_id, one.title) == ("iraq-militia", "story-1", "doc-1", "Title 1")
    assert (one.score, one.groups, one.tags) == (80, frozenset({"actor"}), frozenset({"world", "mideast"}))
    assert sorted((found.signal_id, found.document_id) for found in both) == [
        ("iraq-militia", "doc-1"),
        ("iraq-militia", "doc-3"),
        ("other", "doc-1"),
    ]


async def test_a_version_that_was_edited_away_fired_no_longer(db: Database) -> None:
    async with db.write() as conn:
        placed = await place(conn)
        await matches.add(conn, [Finding(a_document(), placed, a_match(), TOLD)], "print", NOW)
        await documents.revise(conn, [replace(a_document(), title="Another")])
        assert await composites.fired(conn, {"iraq-militia"}, NOW - DAY) == []


async def test_an_occurrence_is_a_story_with_the_documents_that_it_rests_on(db: Database) -> None:
    async with db.write() as conn:
        for number in (1, 2):
            await place(conn, number)
        given = [contribution(2), contribution(1), contribution(1, signal="other")]
        await composites.remember(conn, "trigger", "Trigger", given, NOW)
        await composites.remember(conn, "trigger", "Trigger", given, NOW + DAY)
        found = await composites.contributions(conn, "trigger", NOW + DAY)
        cited = await stories.citations(conn, "occ-1", 10)
    assert found == [given[1], given[2], given[0]]
    assert [one.title for one in cited] == ["Title 2", "Title 1"]


async def test_an_occurrence_is_known_as_long_as_a_part_of_it_is_recent(db: Database) -> None:
    async with db.write() as conn:
        for number in (1, 2, 3):
            await place(conn, number)
        await composites.remember(conn, "trigger", "Trigger", [contribution(1), contribution(3)], NOW)
        await composites.remember(conn, "elsewhere", "Other", [contribution(2, "occ-2")], NOW)
        assert len(await composites.contributions(conn, "trigger", NOW + 2 * DAY)) == 2
        assert await composites.contributions(conn, "trigger", NOW + 4 * DAY) == []
