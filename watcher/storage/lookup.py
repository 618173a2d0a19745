"""A row by its id, or by the first characters of it, as people type it."""

from __future__ import annotations

from sqlalchemy import RowMapping, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.storage.errors import AmbiguousIdError


async def by_id(conn: AsyncConnection, table: Table, id_or_prefix: str) -> RowMapping | None:
    """The row, or None. Raises AmbiguousIdError if the prefix fits more than one row and is no whole id."""
    if not id_or_prefix:
        return None
    whole = (await conn.execute(select(table).where(table.c.id == id_or_prefix))).mappings().first()
    if whole is not None:
        return whole
    begins = select(table).where(table.c.id.startswith(id_or_prefix, autoescape=True)).limit(2)
    rows = (await conn.execute(begins)).mappings().all()
    if len(rows) > 1:
        raise AmbiguousIdError(f"more than one {table.name} begins with {id_or_prefix}; write more of its id")
    return rows[0] if rows else None
