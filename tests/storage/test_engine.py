"""Transactions: whole or not at all, and after every failure the next one works."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import traceback
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.storage.examples import NOW, a_document
from tests.storage.postgres import Postgres
from watcher.storage import documents, heartbeat
from watcher.storage.engine import Database
from watcher.storage.errors import StorageError
from watcher.storage.migrate import migrate

SHORT = timedelta(milliseconds=50)


async def _count(db: Database) -> int:
    async with db.read() as conn:
        return (await documents.counts(conn)).total


async def _works(db: Database) -> bool:
    async with db.write() as conn:
        await heartbeat.beat(conn, "test", NOW)
    async with db.read() as conn:
        return await heartbeat.last(conn, "test") is not None


class _BrokenError(Exception):
    """Something of the program's own."""


async def test_a_failed_block_leaves_nothing(db: Database) -> None:
    with pytest.raises(_BrokenError):
        async with db.write() as conn:
            await documents.add(conn, [a_document(1)])
            raise _BrokenError
    assert await _count(db) == 0
    assert await _works(db)


async def test_a_cancelled_block_leaves_nothing_and_lets_go(db: Database) -> None:
    inside = asyncio.Event()

    async def interrupted() -> None:
        async with db.write() as conn:
            await documents.add(conn, [a_document(1)])
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(interrupted())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await _works(db)
    assert await _count(db) == 0


async def test_cancelled_in_the_middle_of_a_statement_the_next_one_works(db: Database) -> None:
    async def busy() -> None:
        async with db.write() as conn:
            for number in range(1_000_000):
                await documents.add(conn, [a_document(number)])

    for patience in (1, 2, 5, 20, 60):
        task = asyncio.create_task(busy())
        for _ in range(patience):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await _works(db)
    assert await _count(db) == 0


async def test_writers_take_turns_and_readers_go_on(db: Database) -> None:
    async def add(number: int) -> None:
        async with db.write() as conn:
            before = (await documents.counts(conn)).total
            await asyncio.sleep(0)
            await documents.add(conn, [a_document(number)])
            if db.sqlite:
                assert (await documents.counts(conn)).total == before + 1

    await asyncio.gather(*(add(number) for number in range(20)), *(_count(db) for _ in range(20)))
    assert await _count(db) == 20


async def test_a_reader_sees_nothing_of_a_transaction_that_is_open(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(1)])
        assert await _count(db) == 0
    assert await _count(db) == 1


async def test_a_reader_cannot_write(db: Database) -> None:
    with pytest.raises(StorageError, match="read-only"):
        async with db.read() as conn:
            await documents.add(conn, [a_document(1)])
    assert await _works(db)


async def test_a_transaction_inside_a_transaction_is_refused_instead_of_waiting_for_ever(db: Database) -> None:
    async with db.write():
        with pytest.raises(RuntimeError, match="already inside"):
            async with db.write():
                pass
    assert await _works(db)


async def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path) -> None:
    db = await Database.open(f"sqlite:///{tmp_path}/watch.db")

    async def pragma(conn: AsyncConnection, name: str) -> object:
        return await conn.scalar(text(f"PRAGMA {name}"))

    for transaction in (db.write, db.read):
        async with transaction() as conn:
            assert await pragma(conn, "journal_mode") == "wal"
            assert await pragma(conn, "synchronous") == 2  # FULL
            assert await pragma(conn, "foreign_keys") == 1
            assert await pragma(conn, "busy_timeout") == 5000
    await db.close()


async def test_a_row_without_its_parent_is_refused(db: Database) -> None:
    with pytest.raises(StorageError, match="it refused the request"):
        async with db.write() as conn:
            await conn.execute(text("INSERT INTO story_key VALUES ('no-document', 1, 'no-story', '2026-01-01')"))


async def test_a_locked_file_is_an_error_that_passes(tmp_path: Path) -> None:
    db = await Database.open(f"sqlite:///{tmp_path}/watch.db", busy_timeout=SHORT)
    await migrate(db)
    other = sqlite3.connect(tmp_path / "watch.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match=r"watch.db: it is locked; another process is writing"):
        async with db.write() as conn:
            await documents.add(conn, [a_document(1)])
    assert await _count(db) == 0
    other.execute("ROLLBACK")
    assert await _works(db)
    other.close()
    await db.close()


async def test_a_write_transaction_holds_the_lock_from_its_start(tmp_path: Path) -> None:
    db = await Database.open(f"sqlite:///{tmp_path}/watch.db")
    other = sqlite3.connect(tmp_path / "watch.db", isolation_level=None, timeout=0)
    async with db.write():
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()
    await db.close()


async def test_a_full_disk_is_an_error_that_passes(tmp_path: Path) -> None:
    db = await Database.open(f"sqlite:///{tmp_path}/watch.db")
    await migrate(db)
    async with db.write() as conn:
        pages = await conn.scalar(text("PRAGMA page_count"))
        await conn.execute(text(f"PRAGMA max_page_count = {pages + 20}"))
    with pytest.raises(StorageError, match=r"watch.db: the disk is full; free some space"):
        async with db.write() as conn:
            await heartbeat.beat(conn, "half", NOW)
            for number in range(100):
                await documents.add(conn, [a_document(number, text="x" * 10_000)])
    assert await _count(db) == 0
    async with db.read() as conn:
        assert await heartbeat.last(conn, "half") is None
        assert await conn.scalar(text("PRAGMA integrity_check")) == "ok"
    async with db.write() as conn:
        await conn.execute(text("PRAGMA max_page_count = 1000000"))
        await documents.add(conn, [a_document(number, text="x" * 10_000) for number in range(100)])
    assert await _count(db) == 100
    await db.close()


async def test_a_damaged_file_and_another_file_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "watch.db").write_text("this is a letter, and a long one " * 100)
    with pytest.raises(StorageError, match="the file is not a database; point the URL at another file"):
        await Database.open(f"sqlite:///{tmp_path}/watch.db")


async def test_a_connection_that_the_server_cut_is_an_error_that_passes(postgres: Postgres) -> None:
    name = postgres.create()
    db = await Database.open(postgres.url(name))
    with pytest.raises(StorageError, match=r"check that it runs and can be reached|wait until it is back"):
        async with db.write() as conn:
            async with db.read() as other:
                me = await other.scalar(text("SELECT pg_backend_pid()"))
                await other.execute(
                    text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name AND pid <> :me"),
                    {"name": name, "me": me},
                )
            await conn.execute(text("SELECT 1"))
    async with db.write() as conn:
        assert await conn.scalar(text("SELECT 1")) == 1
    await db.close()
    postgres.drop(name)


async def test_no_password_leaves_the_url(postgres: Postgres, tmp_path: Path) -> None:
    secret = "pa55word"
    name = postgres.create()
    good = postgres.url(name).replace("postgres:@", f"postgres:{secret}@")
    assert secret in good
    db = await Database.open(good)
    assert secret not in repr(db)
    assert name in repr(db)
    with pytest.raises(StorageError) as caught:
        async with db.read() as conn:
            await conn.execute(text(f"SELECT '{secret}' FROM nowhere"))
    assert secret not in str(caught.value)
    await db.close()
    for bad, complaint in (
        (good.replace(name, "missing"), "does not exist"),
        (good + "0", "cannot be reached"),
        (f"postgresql://sara:{secret}@127.0.0.1:1/watch", "127.0.0.1:1/watch: the server cannot be reached"),
        (f"postgresql:///watch?host={tmp_path}&password={secret}", "cannot be reached"),
        (good + f"&sslmode={secret}", "cannot be reached"),
    ):
        with pytest.raises(StorageError, match=complaint) as caught:
            await Database.open(bad)
        assert secret not in "".join(traceback.format_exception(caught.value))
        assert "\n" not in str(caught.value)
    postgres.drop(name)


async def test_text_from_outside_stays_out_of_errors(db: Database) -> None:
    async with db.write() as conn:
        await documents.add(conn, [a_document(1)])
    with pytest.raises(StorageError) as caught:
        async with db.write() as conn:
            await documents.add(conn, [a_document(1, text="hostile text")])
    assert "hostile" not in "".join(traceback.format_exception(caught.value))


def test_a_missing_driver_says_what_to_install() -> None:
    program = (
        "import asyncio, sys; sys.modules['psycopg'] = None\n"
        "from watcher.storage.engine import Database\n"
        "asyncio.run(Database.open('postgresql://sara:secret@localhost/watch'))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    last = ran.stderr.strip().splitlines()[-1]
    assert last.endswith("PostgreSQL needs a driver that is not installed; pip install signal-watch[postgres]")
    assert "secret@" not in last


_WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from tests.storage.examples import a_document
from watcher.storage import documents, heartbeat
from watcher.storage.engine import Database

async def main():
    db = await Database.open(sys.argv[1])
    number = 0
    while True:
        async with db.write() as conn:
            await documents.add(conn, [a_document(2 * number, text="x" * 5000)])
            await heartbeat.beat(conn, "writer", datetime.now(UTC), {"number": number})
            await documents.add(conn, [a_document(2 * number + 1, text="x" * 5000)])
        print(number, flush=True)
        number += 1

asyncio.run(main())
"""


async def test_kill_9_loses_nothing_that_was_committed_and_keeps_nothing_half(url: str) -> None:
    root = str(Path(__file__).parents[2])
    for killed_after in (1, 7):
        writer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", _WRITER, url, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": root}
        )
        assert writer.stdout is not None
        told = -1
        async with asyncio.timeout(60):
            while told < killed_after:
                told = int(await writer.stdout.readline())
            writer.kill()
            rest = (await writer.stdout.read()).split()
            await writer.wait()
        told = max([told, *(int(line) for line in rest)])
        db = await Database.open(url)
        async with db.read() as conn:
            total = (await documents.counts(conn)).total
            last = await heartbeat.last(conn, "writer")
        assert last is not None
        assert last.detail["number"] in {told, told + 1}  # the last commit may have had no time to be told
        assert total == 2 * (int(str(last.detail["number"])) + 1)
        async with db.write() as conn:
            await conn.execute(text("DELETE FROM document"))
        await db.close()
