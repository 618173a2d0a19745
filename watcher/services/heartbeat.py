"""Heartbeat: proof that the watcher itself lives, as a row that any process can read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from watcher.model.ports import Clock
from watcher.model.vitals import Check
from watcher.storage import heartbeat
from watcher.storage.columns import JsonValue
from watcher.storage.engine import Database

NAME = "service"
STALE_AFTER = timedelta(seconds=60)
"""Six beats missed: more than a slow disk, less than a night."""


def check_row(check: Check) -> dict[str, JsonValue]:
    """A check as it is shown and kept in the beat."""
    return {"check": check.name, "ok": check.ok, "vital": check.vital, "text": check.text}


async def beat(db: Database, clock: Clock, detail: Mapping[str, JsonValue] | None = None) -> None:
    """Write that the service is alive now."""
    async with db.write() as conn:
        await heartbeat.beat(conn, NAME, clock.now(), detail or {})


async def said(db: Database) -> Mapping[str, JsonValue]:
    """What the service said of itself with its last beat; nothing if there was none."""
    async with db.read() as conn:
        last = await heartbeat.last(conn, NAME)
    return {} if last is None else last.detail


async def age(db: Database, clock: Clock) -> timedelta | None:
    """How long ago the service last said that it lives; None if it never did."""
    async with db.read() as conn:
        last = await heartbeat.last(conn, NAME)
    return None if last is None else clock.now() - last.at
