"""The office that end-to-end tests work in, on SQLite unless they ask for PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.storage.postgres import Postgres, running_postgres
from tests.support.office import Office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Servers and rules; the database is a file."""
    async with Office(tmp_path) as office:
        yield office


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, started when the first test needs it."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """An empty database of it."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)
