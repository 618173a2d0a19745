"""INSERT with ON CONFLICT: both databases know it, SQLAlchemy has one construct for each."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Insert: TypeAlias = "sqlite.Insert | postgresql.Insert"


def insert_into(conn: AsyncConnection, table: Table) -> Insert:
    """The dialect's INSERT, which has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)


def replace_into(conn: AsyncConnection, table: Table, key: Collection[str], keep: Collection[str] = ()) -> Insert:
    """Insert a row, or overwrite the one that has the same `key`; the columns in `keep` stay as they were."""
    statement = insert_into(conn, table)
    fixed = {*key, *keep}
    changed = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in fixed}
    return statement.on_conflict_do_update(index_elements=list(key), set_=changed)
