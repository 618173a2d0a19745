"""Source states: the rows that decide who is polled next."""

from __future__ import annotations

from dataclasses import replace

from tests.storage.examples import MINUTE, NOW
from watcher.model.document import Health, SourceState
from watcher.storage import sources
from watcher.storage.engine import Database

FULL = SourceState(
    source_id="a",
    next_due_at=NOW + MINUTE,
    etag='W/"1"',
    last_modified="Sun, 01 Mar 2026 12:00:00 GMT",
    body_hash="ff",
    last_polled_at=NOW,
    last_success_at=NOW,
    last_new_at=NOW - MINUTE,
    failures=2,
    health=Health.FAILING,
    reason="timeout: no answer within 20 s",
    moved_to="https://example.org/new",
    polls=7,
    documents=3,
)


async def test_a_saved_state_comes_back_whole(db: Database) -> None:
    async with db.write() as conn:
        await sources.save(conn, FULL)
        await sources.save(conn, SourceState("b", NOW))
        await sources.save(conn, replace(FULL, polls=8))
    async with db.read() as conn:
        assert await sources.states(conn) == {"a": replace(FULL, polls=8), "b": SourceState("b", NOW)}


async def test_ensure_adds_what_is_missing_and_leaves_the_rest(db: Database) -> None:
    async with db.write() as conn:
        await sources.save(conn, FULL)
        await sources.ensure(conn, [SourceState("a", NOW), SourceState("b", NOW)])
        await sources.ensure(conn, [])
        assert await sources.states(conn) == {"a": FULL, "b": SourceState("b", NOW)}


async def test_due_gives_the_longest_waiting_of_the_configured_sources(db: Database) -> None:
    states = [SourceState(f"s{minutes}", NOW - minutes * MINUTE) for minutes in (-1, 0, 1, 2, 3)]
    async with db.write() as conn:
        await sources.ensure(conn, states)
    async with db.read() as conn:
        everyone = [state.source_id for state in states]
        assert [s.source_id for s in await sources.due(conn, NOW, 10, everyone)] == ["s3", "s2", "s1", "s0"]
        assert [s.source_id for s in await sources.due(conn, NOW, 2, everyone)] == ["s3", "s2"]
        assert [s.source_id for s in await sources.due(conn, NOW, 10, ["s1", "s-1", "unknown"])] == ["s1"]
        assert await sources.due(conn, NOW, 0, everyone) == []


async def test_ten_thousand_sources_are_asked_for_at_once(db: Database) -> None:
    ids = [f"source-{number:05}" for number in range(10_000)]
    async with db.write() as conn:
        await sources.ensure(conn, [SourceState(source_id, NOW) for source_id in ids])
        assert len(await sources.due(conn, NOW, 20_000, ids)) == 10_000
        assert await sources.next_due(conn, ids) == NOW
        assert await sources.hasten(conn, ids, NOW - MINUTE) == 10_000


async def test_next_due_looks_at_the_configured_sources_only(db: Database) -> None:
    async with db.write() as conn:
        await sources.ensure(conn, [SourceState("removed", NOW - MINUTE), SourceState("here", NOW + MINUTE)])
        assert await sources.next_due(conn, ["here"]) == NOW + MINUTE
        assert await sources.next_due(conn, ["nowhere"]) is None


async def test_hasten_never_delays(db: Database) -> None:
    async with db.write() as conn:
        await sources.ensure(conn, [SourceState("late", NOW + MINUTE), SourceState("overdue", NOW - MINUTE)])
        assert await sources.hasten(conn, ["late", "overdue"], NOW) == 1
        states = await sources.states(conn)
    assert states["late"].next_due_at == NOW
    assert states["overdue"].next_due_at == NOW - MINUTE


async def test_sources_of_a_host_can_be_put_off(db: Database) -> None:
    async with db.write() as conn:
        await sources.ensure(conn, [SourceState("a", NOW), SourceState("b", NOW + 9 * MINUTE), SourceState("c", NOW)])
        assert await sources.postpone(conn, ["a", "b"], NOW + 5 * MINUTE) == 1
        due = {name: state.next_due_at for name, state in (await sources.states(conn)).items()}
    assert due == {"a": NOW + 5 * MINUTE, "b": NOW + 9 * MINUTE, "c": NOW}


async def test_due_sources_may_be_passed_over(db: Database) -> None:
    async with db.write() as conn:
        await sources.ensure(conn, [SourceState(name, NOW) for name in "abcd"])
        found = await sources.due(conn, NOW, 2, "abcd", lambda name: name != "a")
    assert [state.source_id for state in found] == ["b", "c"]


async def test_what_operators_were_told_is_not_undone_by_a_poll_that_was_under_way(db: Database) -> None:
    failing = replace(FULL, told_health=Health.HEALTHY)
    async with db.write() as conn:
        await sources.save(conn, failing)
        await sources.save(conn, SourceState("well", NOW, health=Health.HEALTHY))
        assert [state.source_id for state in await sources.restless(conn)] == ["a"]
        assert await sources.told(conn, failing)
        assert not await sources.told(conn, failing)
        await sources.save(conn, failing)
        assert await sources.restless(conn) == []
