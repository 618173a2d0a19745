"""The office that end-to-end tests work in, on SQLite unless they ask for PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.storage.postgres import running_postgres
from tests.support.office import Office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """Servers and rules; the database is a file."""
    async with Office(tmp_path) as office:
        yield office


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    """An empty database of a PostgreSQL server that lives as long as the module."""
    with running_postgres() as server:
        name = server.create()
        yield server.url(name)
