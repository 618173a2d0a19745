"""Bring a database to this program's tables, with the Alembic migrations that the package carries."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.base import Script
from sqlalchemy import Connection, text

from watcher.storage.engine import Database
from watcher.storage.errors import StorageError

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 5_204_361_977  # any number, the same in every version: it names the advisory lock


async def migrate(database: Database) -> list[str]:
    """Apply what is missing, all of it in one transaction, and return the names of what was applied, in order.

    Safe to call at every start, also by two processes at once. Raises StorageError, also if a newer version of the
    program has changed the database already.
    """
    async with database.alter() as conn:
        if not database.sqlite:  # on SQLite the write transaction itself keeps the others out
            await conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        return await conn.run_sync(_upgrade, database.name)


async def pending_migrations(database: Database) -> list[str]:
    """Names of the migrations that the database lacks, in order. Raises StorageError like `migrate`."""
    async with database.read() as conn:
        return await conn.run_sync(_missing, database.name)


def alembic_config() -> Config:
    """Alembic's configuration without a file, so that it works from an installed package."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


def _upgrade(connection: Connection, name: str) -> list[str]:
    missing = _missing(connection, name)
    if missing:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return missing


def _missing(connection: Connection, name: str) -> list[str]:
    scripts = list(ScriptDirectory.from_config(alembic_config()).walk_revisions())  # newest first
    applied = MigrationContext.configure(connection).get_current_revision()
    revisions = [script.revision for script in scripts]
    if applied is not None and applied not in revisions:
        raise StorageError(
            f"database {name} was written by a newer version of the program (its tables are at {applied}, this version "
            f"knows up to {revisions[0]}); install that version again, or restore a backup from before"
        )
    newer = scripts if applied is None else scripts[: revisions.index(applied)]
    return [_name(script) for script in reversed(newer)]


def _name(script: Script) -> str:
    return Path(script.path).stem
