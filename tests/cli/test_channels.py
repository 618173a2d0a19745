"""`watcher channels`: which are closed, and opening one again."""

from __future__ import annotations

from tests.cli.conftest import Cli
from tests.cli.test_lists import NOW, store
from watcher.storage import endpoints
from watcher.storage.endpoints import ClosedEndpoint
from watcher.storage.engine import Database


async def _close(db: Database) -> None:
    async with db.write() as conn:
        await endpoints.close(conn, ClosedEndpoint("screen", "e1", NOW, "hooks.example answered 410"))


def test_a_closed_channel_is_shown_and_opened(cli: Cli) -> None:
    (row,) = cli("channels", "--json").json
    assert (row["name"], row["kind"], row["state"], row["waiting"]) == ("screen", "console", "open", 0)
    store(cli, _close)
    shown = cli("channels")
    assert shown.code == 0
    assert "closed" in shown.out and "hooks.example answered 410" in shown.out
    assert cli("channels", "open", "screen").out == "screen is open again\n"
    again = cli("channels", "open", "screen")
    assert (again.code, again.out) == (1, "screen was not closed\n")
