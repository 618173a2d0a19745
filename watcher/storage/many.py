"""Many rows at once. SQLAlchemy looks each value of each row up by its name; here a column is converted as a whole.

Statement and types are SQLAlchemy's on both databases. On PostgreSQL it also runs them: the server takes longer anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import Insert

from watcher.storage.chunks import chunks
from watcher.storage.columns import Converter

Row: TypeAlias = "tuple[Any, ...]"

_SQLITE = sqlite.dialect()


async def insert_rows(conn: AsyncConnection, statement: Insert, names: tuple[str, ...], rows: Sequence[Row]) -> None:
    """Run an INSERT that names no values for these rows; `names` says which column each value of a row is for.

    Raises ValueError for a value that its column cannot hold.
    """
    for piece in chunks(rows):
        if conn.dialect.name == "sqlite":
            text, order = _prepared(statement, names)
            await conn.exec_driver_sql(text, _stored(piece, order))
        else:
            await conn.execute(statement, [dict(zip(names, row, strict=True)) for row in piece])


@cache
def _prepared(statement: Insert, names: tuple[str, ...]) -> tuple[str, tuple[tuple[int, Converter | None], ...]]:
    """The statement as SQLite reads it. For each value that it asks for: its place in a row, and what converts it."""
    compiled = statement.compile(dialect=_SQLITE, column_keys=list(names))
    types = {column.name: column.type for column in statement.table.columns}
    order = [(names.index(name), types[name].dialect_impl(_SQLITE)) for name in compiled.positiontup or ()]
    return compiled.string, tuple((place, kind.bind_processor(_SQLITE)) for place, kind in order)


def _stored(rows: Sequence[Row], order: Sequence[tuple[int, Converter | None]]) -> list[Row]:
    given = list(zip(*rows, strict=True))
    return list(
        zip(*[map(convert, given[place]) if convert else given[place] for place, convert in order], strict=True)
    )
