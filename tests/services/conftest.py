"""A migrated SQLite database and a clock that stands still."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tests.support.clocks import HandClock
from watcher.storage.engine import Database
from watcher.storage.migrate import migrate


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, which every test copies."""
    path = tmp_path_factory.mktemp("services") / "template.db"

    async def make() -> None:
        database = await Database.open(f"sqlite:///{path}")
        await migrate(database)
        await database.close()

    asyncio.run(make())
    return path


@pytest.fixture
async def db(tmp_path: Path, template: Path) -> AsyncIterator[Database]:
    database = await Database.open(f"sqlite:///{shutil.copy(template, tmp_path / 'watch.db')}")
    yield database
    await database.close()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def restore_logging() -> Iterator[None]:
    """Put the logging of the test run back."""
    root = logging.getLogger()
    handlers, level, config = root.handlers[:], root.level, structlog.get_config()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**config)
