"""What Alembic does: told apart from `migrate`, because most starts have nothing to apply and need none of it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.script.base import Script
from sqlalchemy import Connection

from watcher.storage.errors import StorageError

_FOLDER = Path(__file__).parent / "migrations"


def alembic_config() -> Config:
    """Alembic's configuration without a file, so that it works from an installed package."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


def upgrade(connection: Connection, name: str) -> list[str]:
    """Apply what is missing in the connection's transaction; returns the names. Raises StorageError as `missing`."""
    applied = missing(connection, name)
    if applied:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return applied


def missing(connection: Connection, name: str) -> list[str]:
    """Names of the migrations that database `name` lacks, oldest first. Raises StorageError if a newer version of the
    program has written it."""
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
