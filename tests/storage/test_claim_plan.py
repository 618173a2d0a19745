"""How PostgreSQL claims: one statement, which reads ranges of the index whatever waits in the outbox."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from tests.storage.examples import NOW, a_delivery, raise_alert
from watcher.storage.claiming import claim
from watcher.storage.delivery_row import encode_delivery
from watcher.storage.engine import Database
from watcher.storage.schema import delivery

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("busy", [False, True], ids=["nothing under way", "something under way"])
async def test_a_claim_is_one_statement_of_index_ranges(db: Database, busy: bool) -> None:
    if db.sqlite:
        return
    told = {"alert_id": "alert-1"}
    rows = [a_delivery(n, channel=f"channel{n % 3}", priority=n % 6, dedup_key=str(n), **told) for n in range(2_000)]
    seen: list[tuple[str, object]] = []
    async with db.write() as conn:
        await raise_alert(conn)
        await conn.execute(delivery.insert(), [encode_delivery(one) for one in rows])
        await conn.exec_driver_sql("ANALYZE delivery")
        assert conn.sync_connection is not None
        event.listen(conn.sync_connection, "before_cursor_execute", lambda *given: seen.append((given[2], given[3])))
        channels = [f"channel{number}" for number in range(100)]
        taken = await claim(conn, NOW, "me", MINUTE, 5, channels, busy=rows[:2] if busy else ())
        assert [one.priority for one in taken] == [2 if busy else 0] * 5
        statements = [sql for sql, _ in seen if "FOR UPDATE" in sql or "UPDATE delivery" in sql]
        assert len(statements) == 1
        sql, parameters = seen[0]
        plan = [str(row[0]) for row in await conn.exec_driver_sql(f"EXPLAIN {sql}", parameters)]  # type: ignore[arg-type]
    assert sum("ix_delivery_claim" in step for step in plan) == 2, plan
    assert not any("Seq Scan on delivery" in step for step in plan), plan


async def test_what_tells_the_same_alert_at_a_busy_place_stays(db: Database) -> None:
    told = {"alert_id": "alert-1"}
    rows = [a_delivery(n, channel=f"channel{n % 3}", priority=5, dedup_key=str(n), **told) for n in range(9)]
    alone = a_delivery(9, channel="channel0", priority=7, dedup_key="9")
    async with db.write() as conn:
        await raise_alert(conn)
        await conn.execute(delivery.insert(), [encode_delivery(one) for one in (*rows, alone)])
        channels = ["channel0", "channel1", "channel2"]
        taken = await claim(conn, NOW, "me", MINUTE, 10, channels, busy=rows[:2])
        later = await claim(conn, NOW, "me", MINUTE, 10, channels)
    assert [one.id for one in taken] == [*(one.id for one in rows if one.channel == "channel2"), alone.id]
    assert {one.channel for one in later} == {"channel0", "channel1"}
