"""Figures that were told, as the next one is compared with them."""

from __future__ import annotations

from tests.storage.examples import NOW, place
from watcher.model.alert import ToldFigure
from watcher.storage import figures
from watcher.storage.engine import Database


def told(story: str, value: float, subject: str = "israel", unit: str = "percent") -> ToldFigure:
    return ToldFigure(story, "support", subject, unit, value)


async def test_all_of_the_story_and_the_last_of_others_oldest_first(db: Database) -> None:
    async with db.write() as conn:
        await place(conn, 1)
        await place(conn, 2)
        given = [
            told("story-1", 48),
            told("story-2", 40),
            told("story-1", 43.5),
            told("story-2", 41),
            told("story-2", 9, "deal"),
        ]
        for one in given:
            await figures.add(conn, "polling", [one], NOW)
        await figures.add(conn, "other", [told("story-1", 1)], NOW)
        await figures.add(conn, "polling", [], NOW)
        assert await figures.told(conn, "polling", "story-1") == [given[0], given[2], given[3], given[4]]
        assert await figures.told(conn, "polling", "story-3") == [given[3], given[4]]
        assert await figures.told(conn, "nothing", "story-1") == []
