"""Database URLs as people write them."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.storage.address import display, parse_address, password_of
from watcher.storage.engine import Database
from watcher.storage.errors import StorageError

SECRET = "pa55word"


@pytest.mark.parametrize(
    ("written", "driver", "shown"),
    [
        ("sqlite:///data/watch.db", "sqlite+aiosqlite", "data/watch.db"),
        ("sqlite:////var/lib/watch.db", "sqlite+aiosqlite", "/var/lib/watch.db"),
        ("sqlite+aiosqlite:///watch.db", "sqlite+aiosqlite", "watch.db"),
        (f"postgres://sara:{SECRET}@db.example/watch", "postgresql+psycopg", "db.example/watch"),
        (f"postgresql://sara:{SECRET}@db.example:5433/watch", "postgresql+psycopg", "db.example:5433/watch"),
        (f"postgresql+psycopg://db.example/watch?password={SECRET}", "postgresql+psycopg", "db.example/watch"),
        ("postgresql:///watch?host=/run/pg", "postgresql+psycopg", "/run/pg/watch"),
        (" postgresql:///watch\n", "postgresql+psycopg", "local socket/watch"),
    ],
)
def test_forms_that_are_understood(written: str, driver: str, shown: str) -> None:
    url = parse_address(written)
    assert url.drivername == driver
    assert display(url) == shown
    assert password_of(url) == (SECRET if SECRET in written else None)


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ("", "cannot be read"),
        ("watch.db", "cannot be read"),
        (f"postgres://sara@db:{SECRET}/watch", "cannot be read"),
        (f"mysql://sara:{SECRET}@db/watch", "neither SQLite nor PostgreSQL"),
        (f"postgresql+asyncpg://sara:{SECRET}@db/watch", "neither SQLite nor PostgreSQL"),
        (f"postgresql://sara:{SECRET}@db", "names no database"),
        ("sqlite://", "memory forgets everything"),
        ("sqlite:///:memory:", "memory forgets everything"),
        ("sqlite:///file:watch?mode=memory&uri=true", "memory forgets everything"),
    ],
)
def test_forms_that_are_refused_say_what_to_write(written: str, complaint: str) -> None:
    with pytest.raises(StorageError, match=complaint) as caught:
        parse_address(written)
    assert "write sqlite:///path/to/file.db or postgresql://" in str(caught.value)
    assert SECRET not in "".join(traceback.format_exception(caught.value))


@given(st.text(max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    for prefix in ("", "sqlite:///", "postgresql://u:p@h/"):
        try:
            url = parse_address(prefix + text)
        except StorageError:
            continue
        assert url.drivername in {"sqlite+aiosqlite", "postgresql+psycopg"}


async def test_the_directory_of_the_file_is_made(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite:///{tmp_path}/a/b/watch.db")
    await database.close()
    assert (tmp_path / "a" / "b" / "watch.db").exists()
    assert (tmp_path / "a" / "b").stat().st_mode & 0o077 == 0


async def test_a_directory_that_cannot_be_made_is_an_error_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"^the directory of database .*file/watch.db cannot be made"):
        await Database.open(f"sqlite:///{tmp_path}/file/watch.db")
    with pytest.raises(StorageError, match=r"the file cannot be opened; check that its directory exists"):
        (tmp_path / "folder.db").mkdir()
        await Database.open(f"sqlite:///{tmp_path}/folder.db")
