"""What storage raises: one clear line that says what is wrong and what to do, and never a password."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError, TimeoutError

from watcher.model.errors import UserError

_LINE = 300

_SQLITE_ADVICE: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_BUSY: ("it is locked", "another process is writing; stop it or wait, then try again"),
    sqlite3.SQLITE_LOCKED: ("it is locked", "another process is writing; stop it or wait, then try again"),
    sqlite3.SQLITE_FULL: (
        "the disk is full",
        "free some space; nothing was half-written and the work goes on by itself",
    ),
    sqlite3.SQLITE_IOERR: ("the disk cannot be read or written", "check the disk, its free space and its mount"),
    sqlite3.SQLITE_CANTOPEN: (
        "the file cannot be opened",
        "check that its directory exists and may be written by this user",
    ),
    sqlite3.SQLITE_READONLY: ("it is read-only", "make the file and its directory writable for this user"),
    sqlite3.SQLITE_PERM: ("access is denied", "make the file and its directory writable for this user"),
    sqlite3.SQLITE_CORRUPT: ("the file is damaged", "stop the service and restore the last backup"),
    sqlite3.SQLITE_NOTADB: ("the file is not a database", "point the URL at another file, or restore the last backup"),
}

_POSTGRES_ADVICE: dict[str, tuple[str, str]] = {
    "08": ("the connection failed", "check that the server runs and can be reached"),
    "28": ("the server refused the login", "check user and password in WATCHER_DATABASE_URL"),
    "3D": ("that database does not exist", "create it, or correct its name in WATCHER_DATABASE_URL"),
    "25006": ("it is read-only", "point WATCHER_DATABASE_URL at the primary server"),
    "40": ("another transaction was in the way", "try again"),
    "42501": ("access is denied", "grant the user rights on the database and its schema"),
    "42P01": ("its tables are missing or old", "run `watcher migrate`"),
    "42703": ("its tables are missing or old", "run `watcher migrate`"),
    "53100": ("the server's disk is full", "free some space there; nothing was half-written"),
    "53300": ("the server has no connection left", "raise its max_connections, or stop other clients"),
    "53": ("the server is short of resources", "free some there, then try again"),
    "55P03": ("it is locked", "another process is in the way; try again"),
    "57": ("the server is stopping or starting", "wait until it is back; the work goes on by itself"),
}


class StorageError(UserError):
    """The database cannot do what was asked. `str()` is one line with the cause and what to do about it."""


class AmbiguousIdError(StorageError):
    """More than one row begins with the part of an id that was given."""


@contextmanager
def explained(database: str, secret: str | None = None) -> Iterator[None]:
    """Turn what the driver raises into a StorageError about `database` (a name without credentials)."""
    try:
        yield
    except SQLAlchemyError as error:
        raise StorageError(_line(database, error, secret)) from None


def _line(database: str, error: SQLAlchemyError, secret: str | None) -> str:
    what, advice = _verdict(error)
    detail = _detail(error)
    if secret:
        detail = detail.replace(secret, "***")
    return f"database {database}: {what}; {advice} ({detail})"


def _verdict(error: SQLAlchemyError) -> tuple[str, str]:
    if isinstance(error, TimeoutError):
        return "every connection is busy", "wait, or look for a transaction that never ends"
    cause = error.orig if isinstance(error, DBAPIError) else None
    if isinstance(cause, sqlite3.Error):
        return _sqlite_verdict(cause)
    if cause is not None:
        return _postgres_verdict(cause)
    return "it refused the request", "this is a fault of the program; please report it"


def _sqlite_verdict(cause: sqlite3.Error) -> tuple[str, str]:
    text = str(cause)
    if "no such table" in text or "no such column" in text:
        return "its tables are missing or old", "run `watcher migrate`"
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
    return _SQLITE_ADVICE.get(code, ("it refused the request", "see the cause"))


def _postgres_verdict(cause: BaseException) -> tuple[str, str]:
    state = getattr(cause, "sqlstate", None)
    if not state:  # the server never answered: libpq raises without a state
        return "the server cannot be reached or dropped the connection", "check that it runs and can be reached"
    for length in (5, 2):
        if state[:length] in _POSTGRES_ADVICE:
            return _POSTGRES_ADVICE[state[:length]]
    return "it refused the request", "see the cause"


def _detail(error: SQLAlchemyError) -> str:
    """The driver's own words without statement and parameters, which hold text from outside."""
    cause = error.orig if isinstance(error, StatementError) else error
    words = " ".join(str(cause).split("\nDETAIL:", maxsplit=1)[0].split())
    name = type(cause).__name__
    return f"{name}: {words}"[:_LINE] if words else name
