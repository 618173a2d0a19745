"""The database, open: one write transaction at a time on SQLite, as many as the server likes on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from datetime import timedelta

from sqlalchemy import Connection, event, text
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from watcher.storage.address import display, is_sqlite, parse_address, password_of, prepare_file
from watcher.storage.driver import connect
from watcher.storage.errors import StorageError, explained

_READERS = 4
_CONNECT_SECONDS = 10


class Database:
    """Opened with `await Database.open(url)`; every transaction starts here. Its repr shows no credentials."""

    def __init__(self, url: URL, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self.name = display(url)
        self.sqlite = is_sqlite(url)
        self._secret = password_of(url)
        self._writer = writer
        self._reader = reader
        self._turn = asyncio.Lock()
        self._writing: set[asyncio.Task[object] | None] = set()

    def __repr__(self) -> str:
        return f"Database({self.name!r})"

    @classmethod
    async def open(cls, url: str, *, busy_timeout: timedelta = timedelta(seconds=5)) -> Database:
        """Connect to `sqlite:///path` (its directory is made) or `postgresql://…`, and make sure that it answers.

        `busy_timeout` is how long SQLite waits for another process's lock. Raises StorageError.
        """
        address = parse_address(url)
        if is_sqlite(address):
            prepare_file(address)
            database = cls(address, *_sqlite_engines(address, busy_timeout))
        else:
            database = cls(address, *_postgres_engines(address))
        try:
            async with database.read() as conn:
                await conn.execute(text("SELECT 1"))
        except BaseException:
            await database.close()
            raise
        return database

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One write transaction: committed at the end of the block, rolled back whole if anything escapes it.

        Raises StorageError; the next transaction works again. A second one inside the first raises RuntimeError,
        because on SQLite it would wait for itself for ever.
        """
        async with self._my_turn(), self._writer.begin() as conn:
            yield conn

    @asynccontextmanager
    async def alter(self) -> AsyncIterator[AsyncConnection]:
        """A write transaction that may change tables, for migrations.

        SQLite changes a table by copying and dropping it, and dropping it would delete all rows that refer to it. So
        references are not followed here, but checked at the end. Raises StorageError.
        """
        try:
            async with self._my_turn(), self._writer.connect() as conn:
                if self.sqlite:
                    await conn.run_sync(_ignore_references)
                async with conn.begin():
                    yield conn
                    if self.sqlite and (await conn.exec_driver_sql("PRAGMA foreign_key_check")).first():
                        raise StorageError(f"database {self.name}: rows would be left without their parents; undone")
        finally:
            await self._writer.dispose()  # the next connection follows references again

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        task = asyncio.current_task()
        if task in self._writing:
            raise RuntimeError("this task is already inside a write transaction")
        self._writing.add(task)
        try:
            async with self._turn if self.sqlite else nullcontext():
                with explained(self.name, self._secret):
                    yield
        finally:
            self._writing.discard(task)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """One read-only transaction; on SQLite it sees one moment, however long it reads. Raises StorageError."""
        with explained(self.name, self._secret):
            async with self._reader.connect() as conn:
                yield conn

    async def close(self) -> None:
        """Let go of every connection."""
        await self._reader.dispose()
        await self._writer.dispose()


def _sqlite_engines(url: URL, busy_timeout: timedelta) -> tuple[AsyncEngine, AsyncEngine]:
    # isolation_level None keeps sqlite3 from starting transactions of its own; the begin events below start them.
    arguments = {"isolation_level": None, "timeout": busy_timeout.total_seconds(), "async_creator_fn": connect}
    writer = create_async_engine(url, connect_args=arguments, pool_size=1, max_overflow=0, hide_parameters=True)
    reader = create_async_engine(
        url, connect_args=arguments, pool_size=_READERS, max_overflow=_READERS, hide_parameters=True
    )
    event.listen(writer.sync_engine, "connect", _prepare_writer)
    event.listen(reader.sync_engine, "connect", _prepare_reader)
    event.listen(writer.sync_engine, "begin", _begin_immediate)
    event.listen(reader.sync_engine, "begin", _begin)
    return writer, reader


def _prepare(connection: DBAPIConnection, *more: str) -> None:
    """WAL lets readers go on while one writes. FULL syncs the log at every commit: with NORMAL a power cut could take
    back the last commits, and a delivery that was sent would be sent again."""
    cursor = connection.cursor()
    for pragma in (
        "auto_vacuum = INCREMENTAL",  # means something only before the first table: a file that is there stays as it is
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "journal_size_limit = 67108864",
        *more,
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_writer(connection: DBAPIConnection, _record: object) -> None:
    _prepare(connection)


def _prepare_reader(connection: DBAPIConnection, _record: object) -> None:
    _prepare(connection, "query_only = ON")


def _ignore_references(connection: Connection) -> None:
    """Before the transaction begins, because within one the pragma has no effect."""
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA foreign_keys = OFF")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    # The write lock is taken at the start: a transaction that reads first and writes later could fail half-way.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _postgres_engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    if "connect_timeout" not in url.query:
        url = url.update_query_dict({"connect_timeout": str(_CONNECT_SECONDS)})
    if "application_name" not in url.query:
        url = url.update_query_dict({"application_name": "signal-watch"})
    try:
        engine = create_async_engine(url, pool_pre_ping=True, hide_parameters=True)
    except ImportError:
        raise StorageError(
            "PostgreSQL needs a driver that is not installed; pip install signal-watch[postgres]"
        ) from None
    event.listen(engine.sync_engine, "connect", _prepare_session)
    return engine, engine.execution_options(postgresql_readonly=True)


def _prepare_session(connection: DBAPIConnection, _record: object) -> None:
    # The driver turns times into the session's zone, where the first and the last day of the calendar do not fit.
    cursor = connection.cursor()
    cursor.execute("SET TIME ZONE 'UTC'")
    cursor.close()
    connection.commit()
