"""The database URL as people write it, made into what the drivers want."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from watcher.storage.errors import StorageError

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
_FORMS = "write sqlite:///path/to/file.db or postgresql://user:password@host:5432/name"


def parse_address(text: str) -> URL:
    """The URL with its asynchronous driver filled in. Raises StorageError, which never repeats the URL."""
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):  # ValueError quotes a part of the URL, perhaps of the password
        raise StorageError(f"the database URL cannot be read; {_FORMS}") from None
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise StorageError(f"the database URL names neither SQLite nor PostgreSQL; {_FORMS}")
    url = url.set(drivername=driver)
    if is_sqlite(url):
        _check_file(url)
    elif not url.database:
        raise StorageError(f"the database URL names no database; {_FORMS}")
    return url


def is_sqlite(url: URL) -> bool:
    """Whether the URL is a SQLite file; otherwise it is PostgreSQL."""
    return url.get_backend_name() == "sqlite"


def display(url: URL) -> str:
    """What may be shown of it: where it is, never user, password or options (which can hold a password too)."""
    if is_sqlite(url):
        return str(url.database)
    place = url.host or str(url.query.get("host", "local socket"))
    port = f":{url.port}" if url.port else ""
    return f"{place}{port}/{url.database}"


def password_of(url: URL) -> str | None:
    """The password, wherever the URL holds it."""
    from_query = url.query.get("password")
    return str(url.password) if url.password else (str(from_query) if from_query else None)


def prepare_file(url: URL) -> None:
    """Create the directory of a SQLite file, for our eyes only. Raises StorageError."""
    folder = Path(str(url.database)).parent
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"the directory of database {display(url)} cannot be made ({error.strerror}); "
            "create it, or choose another place"
        ) from None


def _check_file(url: URL) -> None:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise StorageError(f"the SQLite URL names no file, and memory forgets everything at the end; {_FORMS}")
