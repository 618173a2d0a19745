"""Every kind keeps the contract."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.sources.conftest import NOW, Bench
from tests.sources.contract import ArrivalContract, HttpContract, Joined, SourceContract
from tests.support.imap_server import ImapServer, Talk
from watcher.model.document import Item, Source
from watcher.sources.api import ApiFields, ApiOptions
from watcher.sources.kind import Options
from watcher.sources.mailbox import MailboxOptions
from watcher.sources.page import PageOptions
from watcher.sources.push import PushOptions, read_documents
from watcher.sources.registry import KINDS
from watcher.sources.sitemap import SitemapOptions

RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><link>https://news.example/</link>
<item><guid>1</guid><title>Talks begin</title><link>https://news.example/1</link></item>
<item><guid>2</guid><title>Port closed</title><link>https://news.example/2</link></item></channel></rss>"""


class _NoOptions(Options):
    """Something that differs from the options before."""


class TestFeed(HttpContract):
    kind = "feed"
    other_options = _NoOptions()
    body = RSS
    edited = RSS.replace(b"Talks begin", b"Talks begin in Muscat")


class TestIndexPage(HttpContract):
    kind = "page"
    options = PageOptions(links="li a")
    other_options = PageOptions(links="a")
    body = (
        b"<html><body><ul><li><a href='/1'>Talks begin</a></li><li><a href='/2'>Port closed</a></li></ul></body></html>"
    )
    edited = body.replace(b"Talks begin", b"Talks begin in Muscat")


class TestWatchedPage(HttpContract):
    kind = "page"
    options = PageOptions(select="main")
    other_options = PageOptions(select="body")
    body = b"<html><head><title>Status</title></head><body><main><p>The strait is open.</p></main></body></html>"
    edited = body.replace(b"open", b"closed")
    edit_is_new = True


class TestApi(HttpContract):
    kind = "api"
    options = ApiOptions(items="items", fields=ApiFields(title="t", id="id", url="u"))
    other_options = ApiOptions(items="items", fields=ApiFields(title="t", id="id"))
    body = b'{"items": [{"id": 1, "t": "Talks begin", "u": "/1"}, {"id": 2, "t": "Port closed", "u": "/2"}]}'
    edited = body.replace(b"Talks begin", b"Talks begin in Muscat")


SITEMAP = b"""<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc>https://news.example/1</loc><news:news><news:publication><news:name>News</news:name>
<news:language>en</news:language></news:publication><news:publication_date>2026-03-01T10:00:00Z</news:publication_date>
<news:title>Talks begin</news:title></news:news></url>
<url><loc>https://news.example/2</loc><lastmod>2026-03-01</lastmod><news:news><news:title>Port closed</news:title>
</news:news></url></urlset>"""


class TestSitemap(HttpContract):
    kind = "sitemap"
    options = SitemapOptions()
    other_options = SitemapOptions(newest=10)
    body = SITEMAP
    edited = SITEMAP.replace(b"Talks begin", b"Talks begin in Muscat")


def mail(number: int, subject: str) -> bytes:
    return (
        f"From: Courier <news@mail.courier.example>\r\nSubject: {subject}\r\nMessage-ID: <{number}@courier.example>\r\n"
        f"Date: Sun, 01 Mar 2026 10:00:00 +0000\r\nContent-Type: text/plain\r\n\r\n{subject}, at length.\r\n"
    ).encode()


class TestMailbox(SourceContract):
    kind = "mailbox"
    options = MailboxOptions.model_validate({"user": "env:DESK_USER", "password": "env:DESK_PASSWORD"})
    other_options = options.model_copy(update={"newest": 10})
    failure = "protocol: the folder cannot be opened"
    imap: ImapServer

    @pytest.fixture(autouse=True)
    async def served(self) -> AsyncIterator[None]:
        async with ImapServer() as self.imap:
            yield

    def source(self, bench: Bench) -> Source:
        return replace(super().source(bench), url=self.imap.url)

    async def offer(self, bench: Bench, *, more: bool = False) -> None:
        self.imap.on("EXAMINE", None)
        self.imap.messages = {1: mail(1, "Talks begin"), 2: mail(2, "Port closed")}
        if more:
            self.imap.deliver(mail(3, "Envoy arrives"))

    async def fail(self, bench: Bench) -> None:
        async def refuse(talk: Talk, tag: bytes) -> None:
            await talk.say(tag + b" NO not today")

        self.imap.on("EXAMINE", refuse)

    async def drip(self, bench: Bench) -> None:
        async def drip(talk: Talk, _tag: bytes) -> None:
            for byte in itertools.cycle(b"* OK still greeting "):
                await talk.raw(bytes([byte]))
                bench.clock.advance(1)
                await asyncio.sleep(0)

        self.imap.on("GREETING", drip)

    async def flood(self, bench: Bench) -> None:
        async def flood(talk: Talk, _tag: bytes) -> None:
            while True:
                await talk.say(b"* OK " + b"x" * 1_000)

        self.imap.on("LOGIN", flood)

    def private(self, bench: Bench) -> Source:
        return replace(self.source(bench), url="imaps://10.0.0.1")


class TestPush(ArrivalContract):
    kind = "push"
    options = PushOptions.model_validate({"token": "env:DESK_PASSWORD"})
    payload = (
        b'[{"id": 1, "title": "Talks begin", "url": "https://news.example/1"},'
        b' {"id": "b", "title": "Port closed", "published": "2026-03-01T10:00:00Z"}]'
    )
    edited = payload.replace(b"Talks begin", b"Talks begin in Muscat")
    wrong = b'{"items": [{"id": 1}]}'

    async def read(self, bench: Bench, body: bytes) -> tuple[Item, ...]:
        return await read_documents(body, "application/json", self.source(bench).url, NOW, bench.fetcher.sandbox)


def test_every_kind_has_joined() -> None:
    contracts = [Joined]
    for contract in contracts:
        contracts += contract.__subclasses__()
    assert {each.kind for each in contracts if hasattr(each, "kind")} == set(KINDS)
