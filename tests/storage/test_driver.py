"""SQLite's connection: a statement is one call, long answers come in pieces, one thread alone touches SQLite."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from watcher.storage.driver import AT_ONCE, Connection, connect

COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n"
SIZES = (0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 3 * AT_ONCE)


class _Counting(Connection):
    calls = 0

    async def _execute(self, fn, *args, **kwargs):  # type: ignore[no-untyped-def]
        self.calls += 1
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]


@asynccontextmanager
async def _open(path: Path) -> AsyncIterator[_Counting]:
    connection = _Counting(lambda: sqlite3.connect(path, isolation_level=None), AT_ONCE)
    await connection
    try:
        yield connection
    finally:
        await connection.close()


@pytest.mark.parametrize("size", SIZES)
async def test_all_rows_in_order(tmp_path: Path, size: int) -> None:
    async with _open(tmp_path / "a.db") as connection:
        cursor = await connection.cursor().execute(COUNT, (size,))
        assert cursor.description
        assert await cursor.fetchall() == [(number,) for number in range(1, max(size, 1) + 1)]
        assert await cursor.fetchall() == []
        await cursor.close()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("piece", [1, 7, AT_ONCE, AT_ONCE + 50])
async def test_rows_in_pieces_are_the_same(tmp_path: Path, size: int, piece: int) -> None:
    async with _open(tmp_path / "a.db") as connection:
        cursor = await connection.cursor().execute(COUNT, (size,))
        found = []
        while rows := await cursor.fetchmany(piece):
            assert len(rows) <= piece
            found += rows
        assert found == [(number,) for number in range(1, max(size, 1) + 1)]
        assert await cursor.fetchone() is None


async def test_a_statement_with_its_rows_is_one_call(tmp_path: Path) -> None:
    async with _open(tmp_path / "a.db") as connection:
        before = connection.calls
        async with asyncio.timeout(10):
            cursor = await (await connection.cursor().__aenter__()).execute(COUNT, (AT_ONCE - 1,))
            await cursor.fetchall()
            await cursor.close()
        assert connection.calls == before + 1


async def test_a_long_answer_that_is_given_up_holds_no_transaction(tmp_path: Path) -> None:
    async with _open(tmp_path / "a.db") as connection:
        await connection.cursor().execute("CREATE TABLE t (x)")
        cursor = await connection.cursor().execute(COUNT, (10 * AT_ONCE,))
        assert await cursor.fetchone() == (1,)
        await cursor.close()
        await connection.cursor().execute("DROP TABLE t")


async def test_what_was_written_is_counted(tmp_path: Path) -> None:
    async with _open(tmp_path / "a.db") as connection:
        await connection.cursor().execute("CREATE TABLE t (x INTEGER PRIMARY KEY)")
        one = await connection.cursor().execute("INSERT INTO t VALUES (5)")
        assert (one.rowcount, one.lastrowid, one.description) == (1, 5, None)
        many = await connection.cursor().executemany("INSERT INTO t VALUES (?)", [(6,), (7,)])
        assert many.rowcount == 2
        with pytest.raises(sqlite3.IntegrityError):
            await connection.cursor().execute("INSERT INTO t VALUES (5)")
        assert (await connection.cursor().execute("UPDATE t SET x = x + 10")).rowcount == 3


async def test_a_call_that_was_cancelled_ends_before_the_next_begins(tmp_path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()
    done: list[str] = []

    def long(raw: sqlite3.Connection) -> None:
        begun.set()
        go_on.wait(30)
        raw.execute("SELECT 1").fetchall()
        done.append("long")

    def short(raw: sqlite3.Connection) -> None:
        done.append("short")

    async with _open(tmp_path / "a.db") as connection:
        first = asyncio.create_task(connection.in_thread(long))
        await asyncio.to_thread(begun.wait, 30)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        second = asyncio.create_task(connection.in_thread(short))
        await asyncio.sleep(0)
        go_on.set()
        await second
        assert done == ["long", "short"]


async def test_another_thread_is_refused(tmp_path: Path) -> None:
    connection = await connect(str(tmp_path / "a.db"), check_same_thread=False)
    raw = await connection.in_thread(lambda raw: raw)
    with pytest.raises(sqlite3.ProgrammingError, match="thread"):
        raw.execute("SELECT 1")
    await connection.close()
    with pytest.raises(ValueError, match="closed"):
        await connection.in_thread(lambda raw: raw)
