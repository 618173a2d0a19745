"""The keeper: what is out of bounds goes, by age or by size, and what is new becomes searchable."""

from __future__ import annotations

from datetime import timedelta

from tests.services.fakes import document
from tests.support.clocks import NOON, HandClock
from watcher.services import search
from watcher.services.retention import EVERY_S, Bounds, Keeper
from watcher.storage import documents
from watcher.storage.engine import Database

DAY = timedelta(days=1)


async def fill(db: Database, count: int, text: str = "Nothing of note.") -> None:
    """One a day, the newest now."""
    async with db.write() as conn:
        await documents.add(
            conn, [document(n, text=text, first_seen_at=NOON - (count - 1 - n) * DAY) for n in range(count)]
        )


async def left(db: Database) -> list[str]:
    async with db.read() as conn:
        return [item.id for _, item in await documents.arrived(conn, 0, 1_000)]


async def test_without_bounds_everything_stays(db: Database, clock: HandClock) -> None:
    await fill(db, 20)
    assert await Keeper(db, clock, Bounds()).prune() == 0
    assert len(await left(db)) == 20


async def test_what_is_too_old_goes_and_a_rehearsal_says_how_much(db: Database, clock: HandClock) -> None:
    await fill(db, 250)
    keeper = Keeper(db, clock, Bounds(age=10 * DAY))
    assert await keeper.prunable() == 239
    assert len(await left(db)) == 250
    assert await keeper.prune() == 239
    assert (await left(db))[0] == "doc_0239"
    assert await keeper.prune() == 0


async def test_of_what_is_too_much_the_oldest_go_and_a_week_stays(db: Database, clock: HandClock) -> None:
    await fill(db, 100, text="much to say " * 4_000)
    assert await Keeper(db, clock, Bounds(size=3_000_000)).prune() > 0
    kept = await left(db)
    assert 40 <= len(kept) <= 70
    assert kept[-1] == "doc_0099"
    await Keeper(db, clock, Bounds(size=1)).prune()
    assert (await left(db))[0] == "doc_0092"


async def test_it_tends_the_index_always_and_prunes_now_and_then(db: Database, clock: HandClock) -> None:
    keeper = Keeper(db, clock, Bounds(age=10 * DAY))
    await keeper.tend()
    await fill(db, 20)
    await keeper.tend()
    assert len(await left(db)) == 20
    clock.advance(timedelta(seconds=EVERY_S))
    await keeper.tend()
    assert len(await left(db)) == 10


async def test_a_search_finds_what_arrived_just_now_and_marks_it(db: Database) -> None:
    await fill(db, 1, text="The dam above Velmar\ngave way at dawn.")
    (row,) = await search.rows(db, "VELMAR", 5, since=None, source_id=None, language=None)
    (begin, end), *_ = row["hits"]
    assert row["snippet"][begin:end] == "Velmar"
    assert "\n" not in row["snippet"]
    assert (row["document_id"], row["source_id"]) == ("doc_0000", "wire")
