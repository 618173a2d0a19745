"""SQLite's connection: one call into the driver's thread for a statement together with its rows.

SQLite is only ever touched in that thread, in the order of the calls, also when whoever waits for one was cancelled;
sqlite3 itself refuses another. A call costs more than most statements do, and SQLAlchemy's adapter makes four for a
query (cursor, execute, fetch, close): here one is a call, and the other three cost nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Self, TypeVar

import aiosqlite

AT_ONCE = 200
"""Rows that come with their statement; a longer answer stays open, and the rest of it is fetched as it is read."""

_Result = TypeVar("_Result")
Row = tuple[Any, ...]


class _Answer(NamedTuple):
    """What a statement came to. `rest` is open if there may be more rows than these."""

    rows: list[Row]
    description: Sequence[Row] | None
    rowcount: int
    lastrowid: int | None
    rest: sqlite3.Cursor | None


_NOTHING = _Answer([], None, -1, None, None)


class Connection(aiosqlite.Connection):
    """Gives out cursors that cost nothing before they execute, and nothing afterwards."""

    def cursor(self) -> Cursor:  # type: ignore[override]  # SQLAlchemy enters it, and asks for no more
        """A cursor for one statement."""
        return Cursor(self)

    async def in_thread(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        """The result of `work`, done in the driver's thread. Raises ValueError if the connection is closed."""
        result: _Result = await self._execute(lambda: work(self._conn))  # type: ignore[no-untyped-call]  # aiosqlite's own
        return result


class Cursor:
    """One statement: what SQLAlchemy's adapter for asynchronous drivers asks of a cursor."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._answer = _NOTHING

    async def __aenter__(self) -> Self:
        return self

    @property
    def description(self) -> Sequence[Row] | None:
        """Names of the columns; None if the statement gives no rows."""
        return self._answer.description

    @property
    def rowcount(self) -> int:
        """How many rows were changed; -1 if that means nothing."""
        return self._answer.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The key of the row that was inserted last."""
        return self._answer.lastrowid

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Self:
        """Run it, and fetch the first rows."""
        self._answer = await self._connection.in_thread(lambda raw: _answered(raw.execute(statement, parameters)))
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Self:
        """Run it for each of the parameters; it gives no rows."""
        self._answer = await self._connection.in_thread(lambda raw: _answered(raw.executemany(statement, parameters)))
        return self

    async def fetchone(self) -> Row | None:
        """The next row, if there is one."""
        return next(iter(await self.fetchmany(1)), None)

    async def fetchmany(self, size: int | None = None) -> list[Row]:
        """At most so many of the next rows."""
        size = size or self.arraysize
        rows, rest = self._answer.rows, self._answer.rest
        if not rows and rest:
            rows += await self._connection.in_thread(lambda _: rest.fetchmany(max(size, AT_ONCE)))
        taken = rows[:size]
        del rows[:size]
        return taken

    async def fetchall(self) -> list[Row]:
        """All rows that are left."""
        rows, rest = self._answer.rows, self._answer.rest
        if rest:
            rows += await self._connection.in_thread(lambda _: rest.fetchall())
        taken = rows.copy()
        rows.clear()
        return taken

    async def close(self) -> None:
        """Forget what was not fetched."""
        rest = self._answer.rest
        if rest:
            self._answer = self._answer._replace(rest=None)
            await self._connection.in_thread(lambda _: rest.close())


def _answered(cursor: sqlite3.Cursor) -> _Answer:
    """In the driver's thread. A cursor at its end is closed here, so that no other thread ever has one to drop."""
    rest: sqlite3.Cursor | None = None
    try:
        rows = cursor.fetchmany(AT_ONCE) if cursor.description else []
        rest = cursor if len(rows) == AT_ONCE else None
        return _Answer(rows, cursor.description, cursor.rowcount, cursor.lastrowid, rest)
    finally:
        if rest is None:
            cursor.close()


async def connect(*args: Any, **kwargs: Any) -> Connection:
    """Open a connection; takes what `sqlite3.connect` takes. Its thread does not keep the program alive."""
    connection = Connection(lambda: sqlite3.connect(*args, **{**kwargs, "check_same_thread": True}), AT_ONCE)
    connection._thread.daemon = True
    await connection
    return connection
