"""Closed endpoints, and what waits, on both databases."""

from __future__ import annotations

from dataclasses import replace

from tests.storage.examples import NOW
from watcher.storage import endpoints
from watcher.storage.endpoints import ClosedEndpoint
from watcher.storage.engine import Database

GONE = ClosedEndpoint("soc", "e1", NOW, "hooks.example answered 410")


async def test_a_channel_is_closed_once_and_opened_once(db: Database) -> None:
    async with db.write() as conn:
        assert await endpoints.close(conn, GONE)
        assert not await endpoints.close(conn, replace(GONE, endpoint="e2", reason="again"))
    async with db.read() as conn:
        assert await endpoints.listing(conn) == {"soc": GONE}
    async with db.write() as conn:
        assert await endpoints.reopen(conn, "soc")
        assert not await endpoints.reopen(conn, "soc")
        assert await endpoints.listing(conn) == {}
