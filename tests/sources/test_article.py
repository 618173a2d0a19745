"""Articles over real HTTP: what comes of a page, and with which verdict it fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from tests.sources.conftest import POLICY, Bench, Pauses
from tests.support.news_server import NewsServer, Reply
from watcher.sources.article import ArticleReader, NoArticleError, host_of
from watcher.sources.fetch import Fetcher
from watcher.sources.robots import Robots

PAGE = Reply(
    body=(
        b"<!doctype html><html lang=en><head><title>Tarsk dam collapses</title></head><body><main><article>"
        b"<h1>Tarsk dam collapses</h1><p>The Tarsk dam in Velmar collapsed on Monday after a week of rain.</p>"
        b"<p>Water reached the town within an hour of it, and schools were closed.</p></article></main></body></html>"
    ),
    headers={"Content-Type": "text/html"},
)


@dataclass
class Desk:
    """A reader, and the server that is its source's."""

    reader: ArticleReader
    server: NewsServer

    async def error(self, path: str = "/a") -> NoArticleError:
        with pytest.raises(NoArticleError) as caught:
            await self.reader.read(self.server.url(path), self.server.url("/feed"))
        return caught.value


@pytest.fixture
async def reading(bench: Bench) -> AsyncIterator[Desk]:
    abroad = Fetcher(replace(POLICY, allow_private=()), sleep=Pauses().sleep)
    yield Desk(ArticleReader(bench.fetcher, abroad, Robots(bench.clock.read)), bench.server)
    await abroad.close()


async def test_the_text_of_the_page_and_where_it_was(reading: Desk) -> None:
    reading.server.on("/old", Reply(status=302, headers={"Location": "/a"}))
    reading.server.on("/a", PAGE)
    article = await reading.reader.read(reading.server.url("/old"), reading.server.url("/feed"))
    assert article.url == reading.server.url("/a")
    assert article.title == "Tarsk dam collapses"
    assert "collapsed on Monday" in article.text
    assert "schools were closed" in article.text


@pytest.mark.parametrize(
    ("reply", "said", "again"),
    [
        (Reply(status=404), "404", False),
        (Reply(status=403), "403", False),
        (Reply(status=500), "500", True),
        (Reply(status=429, headers={"Retry-After": "600"}), "429", True),
        (Reply(body=b"x" * 400_000), "too-large", False),
        (Reply(body=b"%PDF-1.7 no markup"), "not an HTML page", False),
        (Reply(body=b"<html><body></body></html>"), "no text", False),
    ],
)
async def test_what_is_no_article_has_its_verdict(reading: Desk, reply: Reply, said: str, again: bool) -> None:
    reading.server.on("/a", reply)
    error = await reading.error()
    assert said in str(error)
    assert (error.again, error.refused) == (again, False)
    assert error.retry_after == (timedelta(minutes=10) if reply.status == 429 else None)


async def test_what_robots_forbid_is_not_asked_for(reading: Desk) -> None:
    reading.server.on("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /a\n"))
    reading.server.on("/a", PAGE)
    error = await reading.error()
    assert (error.refused, error.again) == (True, False)
    assert reading.server.seen("/a") == []
    assert reading.server.seen("/robots.txt")[0].headers["user-agent"].startswith("SignalWatch/")


async def test_the_robots_of_the_host_that_it_leads_to_count_too(reading: Desk) -> None:
    async with NewsServer() as other:
        other.on("/robots.txt", Reply(body=b"User-agent: *\nDisallow: /\n"))
        other.on("/b", PAGE)
        reading.server.on("/a", Reply(status=301, headers={"Location": other.url("/b")}))
        error = await reading.error()
        assert error.refused
        assert str(other.port) in str(error)


async def test_private_addresses_are_for_the_source_itself(reading: Desk) -> None:
    async with NewsServer() as other:
        other.on("/a", PAGE)
        with pytest.raises(NoArticleError, match="blocked-address") as caught:
            await reading.reader.read(other.url("/a"), reading.server.url("/feed"))
        assert not caught.value.again
        assert other.requests == []


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Wire.example/1", "wire.example"),
        ("https://wire.example:8443/1", "wire.example:8443"),
        ("https://user:pass@wire.example/1", "wire.example"),
        ("ftp://wire.example/", ""),
        ("", ""),
        ("http://[", ""),
    ],
)
def test_requests_are_counted_by_host(url: str, host: str) -> None:
    assert host_of(url) == host
