"""Migrations: applied once, by one process, up to exactly the tables of the schema."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from tests.storage.examples import place
from watcher.storage import stories
from watcher.storage.engine import Database
from watcher.storage.errors import StorageError
from watcher.storage.migrate import migrate, newest_revision, pending_migrations
from watcher.storage.schema import metadata
from watcher.storage.upgrade import alembic_config

VERSIONS = Path(__file__).parents[2] / "watcher" / "storage" / "migrations" / "versions"
MIGRATIONS = sorted(path.stem for path in VERSIONS.glob("0*.py"))

APART = ("alembic_version", "document_search")
"""Not of the schema: SQLite's search index is a virtual table with others behind it."""


@pytest.fixture
async def own(empty_url: str) -> AsyncIterator[Database]:
    """A database with all tables, which the test may change."""
    database = await Database.open(empty_url)
    await migrate(database)
    yield database
    await database.close()


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "include_name": lambda name, *_: not str(name).startswith(APART)}
    )
    return list(compare_metadata(context, metadata))


def _partial_indexes(connection: Connection) -> set[str]:
    inspector = inspect(connection)
    dialect = connection.dialect.name
    return {
        str(index["name"])
        for table in metadata.tables
        for index in inspector.get_indexes(table)
        if index.get("dialect_options", {}).get(f"{dialect}_where") is not None
    }


async def test_migrating_makes_exactly_the_tables_of_the_schema(empty_url: str) -> None:
    database = await Database.open(empty_url)
    assert await pending_migrations(database) == MIGRATIONS
    assert await migrate(database) == MIGRATIONS
    assert await pending_migrations(database) == []
    async with database.write() as conn:
        assert await conn.run_sync(_differences) == []
        partial = await conn.run_sync(_partial_indexes)
    assert partial == {
        "ix_document_pending",
        "ix_delivery_claim",
        "ix_delivery_lease",
        "ix_enrichment_pending",
        "ix_escalation_run_next",
        "ix_held_waiting",
    }
    await database.close()


async def test_the_comparison_notices_a_difference(own: Database) -> None:
    async with own.write() as conn:
        await conn.execute(text("ALTER TABLE silence ADD COLUMN extra INTEGER"))
        await conn.execute(text("DROP INDEX ix_silence_ends"))
        assert len(await conn.run_sync(_differences)) == 2


async def test_changing_a_table_keeps_the_rows_that_refer_to_it(own: Database) -> None:
    async with own.write() as conn:
        await place(conn)

    def recreate(connection: Connection) -> None:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("document", recreate="always" if own.sqlite else "auto") as table:
            table.alter_column("trust", server_default="0.5")

    async with own.alter() as conn:
        await conn.run_sync(recreate)
    async with own.write() as conn:
        assert "doc-1" in await stories.placed(conn, ["doc-1"])
        if own.sqlite:
            assert await conn.scalar(text("PRAGMA foreign_keys")) == 1


async def test_a_change_that_would_leave_orphans_is_undone(own: Database) -> None:
    async with own.write() as conn:
        await place(conn)
    with pytest.raises(StorageError, match=r"rows would be left without their parents|it refused the request"):
        async with own.alter() as conn:
            await conn.execute(text("UPDATE story_member SET story_id = 'nowhere'"))
    async with own.read() as conn:
        members = await stories.placed(conn, ["doc-1"])
    assert members["doc-1"].story_id == "story-1"


async def test_migrating_again_changes_nothing(own: Database) -> None:
    assert await migrate(own) == []


async def test_two_processes_that_start_at_once_migrate_once(empty_url: str) -> None:
    databases = [await Database.open(empty_url) for _ in range(3)]
    async with asyncio.timeout(60):
        applied = await asyncio.gather(*(migrate(database) for database in databases), return_exceptions=True)
    for database in databases:
        await database.close()
    assert sorted(applied, key=str) == [MIGRATIONS, [], []]


async def test_a_database_of_a_newer_program_is_refused(own: Database) -> None:
    async with own.write() as conn:
        await conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(
        StorageError, match=rf"written by a newer version .* at 9999, this version knows up to {MIGRATIONS[-1][:4]}"
    ):
        await migrate(own)
    with pytest.raises(StorageError, match="newer version"):
        await pending_migrations(own)


async def test_using_a_database_without_tables_says_what_to_do(empty_url: str) -> None:
    database = await Database.open(empty_url)
    with pytest.raises(StorageError, match="run `watcher migrate`"):
        async with database.read() as conn:
            await conn.execute(metadata.tables["document"].select())
    await database.close()


def test_the_newest_file_is_the_newest_migration() -> None:
    assert newest_revision() == ScriptDirectory.from_config(alembic_config()).get_current_head()


async def test_a_database_that_is_up_to_date_is_only_read(own: Database) -> None:
    async with own.write():  # who wrote here would wait for this transaction for ever
        async with asyncio.timeout(60):
            assert await migrate(own) == []
