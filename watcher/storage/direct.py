"""SQLite's writing connection: a statement inside a transaction runs where it is awaited.

The driver hands each call to a thread and waits for it, four times a statement, which costs several times what SQLite
itself needs. Inside a write transaction nothing can block: the lock is taken at its BEGIN, the disk is synced at its
COMMIT. These two go to the thread, as does everything outside a transaction.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite

_ROWS_AT_ONCE = 64


class DirectConnection(aiosqlite.Connection):
    """Only one task at a time may use it."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        inside = self._running and self._connection is not None and self._connection.in_transaction
        if not inside or fn == self._conn.commit:
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]  # aiosqlite's own
        return fn(*args, **kwargs)


async def connect(*args: Any, **kwargs: Any) -> aiosqlite.Connection:
    """Open a connection; takes what `sqlite3.connect` takes. Its thread does not keep the program alive."""
    connection = DirectConnection(
        lambda: sqlite3.connect(*args, **{**kwargs, "check_same_thread": False}), _ROWS_AT_ONCE
    )
    connection._thread.daemon = True
    return await connection
