"""Every kind keeps the contract."""

from __future__ import annotations

from tests.sources.contract import HttpContract, Joined
from watcher.sources.api import ApiFields, ApiOptions
from watcher.sources.kind import Options
from watcher.sources.page import PageOptions
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


def test_every_kind_has_joined() -> None:
    contracts = [Joined]
    for contract in contracts:
        contracts += contract.__subclasses__()
    assert {each.kind for each in contracts if hasattr(each, "kind")} == set(KINDS)
