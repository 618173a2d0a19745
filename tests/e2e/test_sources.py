"""Bad neighbours: sources that fail in every way beside a good one, which loses nothing."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import pytest

from tests.e2e.telling import everywhere
from tests.support.news_server import Exchange, Reply
from tests.support.office import Office
from tests.support.velmar import DAM_FAILS
from watcher.services import inspect

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
PAGE = b"<!doctype html><html><head><title>Portal</title></head><body><p>Welcome to our portal.</p></body></html>"
CUT_OFF = b'<?xml version="1.0"?><rss version="2.0"><channel><title>Broken</title><item><title>Half'


async def silent(exchange: Exchange) -> None:
    await exchange.stall()


async def endless(exchange: Exchange) -> None:
    """Bytes for ever, as fast as they are taken."""
    await exchange.write(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    piece = b"<item><title>more</title></item>" * 2_000
    while True:
        await exchange.write(b"%x\r\n%s\r\n" % (len(piece), piece))


async def trickling(exchange: Exchange) -> None:
    """The head, the beginning of a feed, and then nothing more."""
    await exchange.write(HEAD + b"Content-Length: 5000\r\n\r\n<?xml version='1.0'?><rss>")
    await exchange.stall()


async def announcing(exchange: Exchange) -> None:
    """Says that it is huge, and begins."""
    await exchange.write(HEAD + b"Content-Length: 90000000\r\n\r\n<?xml version='1.0'?><rss>")
    await exchange.stall()


async def dropping(exchange: Exchange) -> None:
    exchange.hang_up()


@pytest.fixture
def nobody() -> Iterator[int]:
    """A port at which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


async def test_each_bad_source_is_marked_with_its_reason_and_the_good_one_loses_nothing(
    office: Office, nobody: int
) -> None:
    office.feed("good").add(*DAM_FAILS)
    bad = {
        "silent": (silent, "failing", "timeout"),
        "trickling": (trickling, "failing", "timeout"),
        "endless": (endless, "failing", "too-large|timeout"),
        "announcing": (announcing, "failing", "too-large"),
        "dropping": (dropping, "failing", "connect|protocol"),
        "circling": (Reply(status=302, headers={"Location": "/circling"}), "failing", "redirects"),
        "sneaking": (Reply(status=302, headers={"Location": "http://169.254.169.254/meta"}), "blocked", "address"),
        "portal": (Reply(body=PAGE, headers={"Content-Type": "text/html"}), "failing", "(?i)html|feed"),
        "malformed": (Reply(body=CUT_OFF, headers={"Content-Type": "application/rss+xml"}), "failing|empty", "."),
        "nothing": (Reply(body=b"", headers={"Content-Type": "application/rss+xml"}), "failing|empty", "."),
        "noise": (Reply(body=bytes(range(256)) * 40), "failing", "."),
        "missing": (Reply(status=404), "failing", "404"),
        "gone": (Reply(status=410), "gone", "410"),
        "closed": (Reply(status=403), "blocked", "403"),
        "busy": (Reply(status=429, headers={"Retry-After": "120"}), "blocked", "429"),
        "broken": (Reply(status=500), "failing", "500"),
    }
    for name, (script, _, _) in bad.items():
        office.news.on(f"/{name}", script)
    urls = {name: office.news.url(f"/{name}") for name in ("good", *bad)}
    office.rules.sources(urls | {"unreachable": f"http://127.0.0.1:{nobody}/rss"})
    async with office.app(fetch_timeout=2.0) as app:
        summary = await app.once()

    assert office.heard() == everywhere(("alert", "dam-failure"))
    assert summary.sources == len(bad) + 2
    rows = {row["id"]: row for row in await office.rows("sources")}
    assert rows["good"]["health"] == "healthy"
    for name, (_, health, reason) in (bad | {"unreachable": (None, "failing", "connect")}).items():
        assert re.fullmatch(health, rows[name]["health"]), rows[name]
        assert re.search(reason, rows[name]["reason"]), rows[name]
        assert rows[name]["documents"] == 0
    assert rows["busy"]["next_poll_at"] > rows["good"]["next_poll_at"]
    unharmed = {name for name, row in rows.items() if row["failures"] == 0}
    assert unharmed <= {"good", "malformed", "nothing"}


async def test_a_source_that_recovers_is_healthy_again_and_tells_what_it_has(office: Office) -> None:
    office.rules.sources({"wire": office.news.url("/wire")})
    office.news.on("/wire", Reply(status=404))
    async with office.app() as app:
        await app.once()
        office.feed("wire").add(*DAM_FAILS)
        await app.once()
        (row,) = await inspect.source_rows(app.db, app.holder.current.rulebook.sources)

    assert office.heard() == everywhere(("alert", "dam-failure"))
    assert (row["health"], row["failures"], row["reason"]) == ("healthy", 0, "")


async def test_nothing_private_is_fetched_unless_it_is_allowed(office: Office) -> None:
    office.feed("wire").add(*DAM_FAILS)
    async with office.app(fetch_allow_private=()) as app:
        summary = await app.once()
        (row,) = await inspect.source_rows(app.db, app.holder.current.rulebook.sources)

    assert (summary.sources_failed, office.news.requests) == (1, [])
    assert row["health"] == "blocked"
    assert "127.0.0.1" in row["reason"]
