"""Source states: the rows that say when each source is polled next."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, fields
from datetime import datetime
from operator import attrgetter

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.document import Health, SourceState
from watcher.storage.chunks import chunks
from watcher.storage.many import insert_rows
from watcher.storage.schema import source_state
from watcher.storage.upsert import insert_into, replace_into

_FIELDS = tuple(field.name for field in fields(SourceState))
_values = attrgetter(*_FIELDS)


async def ensure(conn: AsyncConnection, new: Iterable[SourceState]) -> None:
    """Insert the states of sources that have none yet; what is there stays."""
    statement = insert_into(conn, source_state).on_conflict_do_nothing(index_elements=["source_id"])
    for piece in chunks(list(new)):
        await conn.execute(statement, [asdict(state) for state in piece])


async def due(
    conn: AsyncConnection,
    now: datetime,
    limit: int,
    ids: Collection[str],
    take: Callable[[str], bool] = lambda _: True,
) -> list[SourceState]:
    """At most `limit` states due at `now`, longest waiting first, of sources in `ids` (removed sources rest).

    `take` is asked for each of them in that order, and may pass it over.
    """
    wanted = frozenset(ids)
    c = source_state.c
    query = select(c.source_id).where(c.next_due_at <= now).order_by(c.next_due_at, c.source_id)
    chosen: list[str] = []
    async with conn.stream(query) as rows:
        async for (source_id,) in rows:
            if len(chosen) >= limit:
                break
            if source_id in wanted and take(source_id):
                chosen.append(source_id)
    found: dict[str, SourceState] = {}
    for piece in chunks(chosen):
        result = await conn.execute(select(source_state).where(c.source_id.in_(piece)))
        found |= {row["source_id"]: _state(row) for row in result.mappings()}
    return [found[source_id] for source_id in chosen]


async def known_ids(conn: AsyncConnection) -> set[str]:
    """Every source that has a state."""
    return set(await conn.scalars(select(source_state.c.source_id)))


async def states(conn: AsyncConnection) -> dict[str, SourceState]:
    """Every state that is stored, removed sources too, by source id."""
    result = await conn.execute(select(source_state).order_by(source_state.c.source_id))
    return {row["source_id"]: _state(row) for row in result.mappings()}


async def state_of(conn: AsyncConnection, source_id: str) -> SourceState | None:
    """The state of one source, if it has one."""
    query = select(source_state).where(source_state.c.source_id == source_id)
    row = (await conn.execute(query)).mappings().first()
    return None if row is None else _state(row)


async def save(conn: AsyncConnection, state: SourceState) -> None:
    """Store what is known of a source after a poll."""
    await save_all(conn, [state])


async def save_all(conn: AsyncConnection, polled: Collection[SourceState]) -> None:
    """Store what is known of several sources after their polls. What operators were told is for `told` to say: a poll
    that was under way meanwhile knows nothing of it."""
    statement = replace_into(conn, source_state, ["source_id"], keep=["told_health"])
    await insert_rows(conn, statement, _FIELDS, [_values(state) for state in polled])


async def polls(conn: AsyncConnection, ids: Collection[str]) -> dict[str, int]:
    """How often each of these sources was polled; on PostgreSQL nobody else saves them before the transaction ends."""
    c = source_state.c
    found: dict[str, int] = {}
    for piece in chunks(sorted(ids)):  # one order for all, so that two transactions never wait for each other
        query = select(c.source_id, c.polls).where(c.source_id.in_(piece)).order_by(c.source_id).with_for_update()
        found |= {source_id: count for source_id, count in await conn.execute(query)}
    return found


async def next_due(conn: AsyncConnection, ids: Collection[str]) -> datetime | None:
    """When the first of these sources is due; None if none of them has a state."""
    wanted = frozenset(ids)
    c = source_state.c
    async with conn.stream(select(c.source_id, c.next_due_at).order_by(c.next_due_at, c.source_id)) as rows:
        async for source_id, due_at in rows:
            if source_id in wanted:
                moment: datetime = due_at
                return moment
    return None


async def hasten(conn: AsyncConnection, ids: Collection[str], now: datetime) -> int:
    """Make these sources due now; how many were not yet."""
    count = 0
    for piece in chunks(ids):
        later = source_state.c.source_id.in_(piece) & (source_state.c.next_due_at > now)
        count += (await conn.execute(update(source_state).where(later).values(next_due_at=now))).rowcount
    return count


async def postpone(conn: AsyncConnection, ids: Collection[str], until: datetime) -> int:
    """Let these sources rest until then; how many were due earlier."""
    count = 0
    for piece in chunks(ids):
        sooner = source_state.c.source_id.in_(piece) & (source_state.c.next_due_at < until)
        count += (await conn.execute(update(source_state).where(sooner).values(next_due_at=until))).rowcount
    return count


async def restless(conn: AsyncConnection) -> list[SourceState]:
    """States whose health is not what the operator was told; that a new source is well is nothing to tell."""
    c = source_state.c
    well = (c.told_health == Health.NEW) & (c.health == Health.HEALTHY)
    rows = await conn.execute(select(source_state).where(c.health != c.told_health, ~well).order_by(c.source_id))
    return [_state(row) for row in rows.mappings()]


async def told(conn: AsyncConnection, state: SourceState) -> bool:
    """The operator is told of this health; False if he was already, or the source has changed again."""
    c = source_state.c
    same = (c.source_id == state.source_id) & (c.health == state.health) & (c.told_health == state.told_health)
    return (await conn.execute(update(source_state).where(same).values(told_health=state.health))).rowcount == 1


def _state(row: RowMapping) -> SourceState:
    healths = {name: Health(row[name]) for name in ("health", "leaning", "told_health")}
    return SourceState(**{**row, **healths})
