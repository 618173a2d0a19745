"""Turns: transactions that decide by what they read take them one after another, in however many processes.

On SQLite every write transaction is such a turn. PostgreSQL lets two run beside each other: both would find no alert
yet, and open it; one would write an acknowledgement over with what it read before.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_DECIDING = 0x5157_0001
"""Any number that no other program uses in this database."""


async def take_turn(conn: AsyncConnection) -> None:
    """Wait until no other transaction that changes alerts is under way; ends with the transaction. Call it first: what
    was read before may be old."""
    if conn.dialect.name == "postgresql":
        await conn.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _DECIDING})
