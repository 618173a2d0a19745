"""Bring a database to this program's tables, with the Alembic migrations that the package carries."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from watcher.storage.engine import Database

_VERSIONS = Path(__file__).parent / "migrations" / "versions"
_LOCK = 5_204_361_977  # any number, the same in every version: it names the advisory lock


async def migrate(database: Database) -> list[str]:
    """Apply what is missing, all of it in one transaction, and return the names of what was applied, in order.

    Safe to call at every start, also by two processes at once; where nothing is missing it only reads. Raises
    StorageError, also if a newer version of the program has changed the database already.
    """
    if await _up_to_date(database):
        return []
    from watcher.storage.upgrade import upgrade  # noqa: PLC0415 - Alembic takes as long to load as SQLAlchemy's core

    async with database.alter() as conn:
        if not database.sqlite:  # on SQLite the write transaction itself keeps the others out
            await conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        return await conn.run_sync(upgrade, database.name)


async def pending_migrations(database: Database) -> list[str]:
    """Names of the migrations that the database lacks, in order. Raises StorageError like `migrate`."""
    from watcher.storage.upgrade import missing  # noqa: PLC0415 - as above

    async with database.read() as conn:
        return await conn.run_sync(missing, database.name)


def newest_revision() -> str:
    """The number that the newest migration's file begins with, which is its revision."""
    return max(path.name.partition("_")[0] for path in _VERSIONS.glob("[0-9]*_*.py"))


async def _up_to_date(database: Database) -> bool:
    async with database.read() as conn:
        return await conn.run_sync(_revision) == newest_revision()


def _revision(connection: Connection) -> str | None:
    """What the database says it is at; None before the first migration."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision
