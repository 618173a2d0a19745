"""`watcher sources search` and `watcher archive prune`, as a person runs them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import Cli
from tests.services.fakes import document
from watcher.storage import documents
from watcher.storage.engine import Database
from watcher.storage.migrate import migrate

NOW = datetime.now(UTC)


@pytest.fixture
def archive(cli: Cli) -> Cli:
    """Two documents: one of today with a hostile title, one of two years ago."""

    async def fill() -> None:
        folder = cli.folder / "data"
        folder.mkdir(exist_ok=True)
        db = await Database.open(f"sqlite:///{folder / 'watcher.db'}")
        await migrate(db)
        async with db.write() as conn:
            fresh = document(1, title="\x1b[2J Dam at Velmar", text="It gave way at dawn.", first_seen_at=NOW)
            old = document(2, title="Old dam", text="It held.", first_seen_at=NOW - timedelta(days=730))
            await documents.add(conn, [old, fresh])
        await db.close()

    asyncio.run(fill())
    return cli


def test_it_finds_the_newest_first_and_shows_where(archive: Cli) -> None:
    result = archive("sources", "search", "dam")
    assert result.code == 0
    assert result.out.index("[Dam] at Velmar") < result.out.index("Old [dam]")
    assert "\x1b" not in result.out


def test_json_has_the_places_and_filters_narrow(archive: Cli) -> None:
    (row,) = archive("sources", "search", "gave way", "--since", "7d", "--language", "en", "--json").json
    assert row["source_id"] == "wire"
    assert [row["snippet"][begin:end] for begin, end in row["hits"]] in (["gave", "way"], ["gave way"])
    assert archive("sources", "search", "dam", "--source", "nobody", "--json").json == []


@pytest.mark.parametrize("words", ['"', "* AND (", "title:dam NEAR/2 x", "dam'); DROP TABLE document;--"])
def test_a_hostile_query_is_words_or_a_clear_error(archive: Cli, words: str) -> None:
    result = archive("sources", "search", "--", words)
    assert result.code in (0, 1)
    assert "syntax" not in result.out + result.err
    assert "Traceback" not in result.err


def test_pruning_is_rehearsed_and_done(archive: Cli) -> None:
    assert archive("archive", "prune", "--dry-run", "--json").json == {"documents": 1, "deleted": False}
    assert archive("archive", "prune", "--json").json == {"documents": 1, "deleted": True}
    assert "Old" not in archive("sources", "search", "dam").out
