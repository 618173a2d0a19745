"""INSERT with ON CONFLICT: both databases know it, SQLAlchemy has one construct for each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Insert: TypeAlias = "sqlite.Insert | postgresql.Insert"


def insert_into(conn: AsyncConnection, table: Table) -> Insert:
    """The dialect's INSERT, which has `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return insert_for(conn.dialect.name, table)


def insert_for(dialect: str, table: Table) -> Insert:
    """The same for a dialect by its name, for statements that are built once."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)


def replace_into(conn: AsyncConnection, table: Table, key: Sequence[str], keep: Sequence[str] = ()) -> Insert:
    """Insert a row, or overwrite the one that has the same `key`; the columns in `keep` stay as they were."""
    return _replacing(conn.dialect.name, table, tuple(key), tuple(keep))


@cache  # building a statement costs more than running it
def _replacing(dialect: str, table: Table, key: tuple[str, ...], keep: tuple[str, ...]) -> Insert:
    statement = insert_for(dialect, table)
    fixed = {*key, *keep}
    changed = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in fixed}
    return statement.on_conflict_do_update(index_elements=list(key), set_=changed)
