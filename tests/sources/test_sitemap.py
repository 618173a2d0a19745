"""Sitemaps: what is read of them, which parts of an index are asked, and the hostile ones."""

from __future__ import annotations

import contextlib
import gzip
import json
import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.conftest import NOW, Bench
from tests.support.news_server import Reply
from watcher.model.document import Health, Outcome, Poll, Source, SourceState
from watcher.sources.entries import UnreadableError
from watcher.sources.rhythm import after_poll
from watcher.sources.sitemap import MAX_CHILDREN, SitemapKind, SitemapOptions
from watcher.sources.sitemap_xml import read_sitemap, words_of

SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urlset(*entries: str) -> bytes:
    return f"<urlset {SPACE}>{''.join(entries)}</urlset>".encode()


def page(path: str, lastmod: str = "") -> str:
    return f"<url><loc>https://news.example{path}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</url>"


def index(bench: Bench, *children: tuple[str, str]) -> bytes:
    entries = "".join(
        f"<sitemap><loc>{bench.server.url(path)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</sitemap>"
        for path, day in children
    )
    return f"<sitemapindex {SPACE}>{entries}</sitemapindex>".encode()


def everything(_: str) -> bool:
    return True


def source(bench: Bench, **options: object) -> Source:
    chosen = SitemapOptions.model_validate(options)
    return Source("site", "sitemap", bench.server.url("/s"), "news.example", options=chosen)


async def poll(bench: Bench, state: SourceState | None = None, **options: object) -> Poll:
    return await SitemapKind().poll(source(bench, **options), state or SourceState("site", NOW), bench.fetcher, NOW)


def after(bench: Bench, result: Poll, state: SourceState | None = None) -> SourceState:
    return after_poll(source(bench), state or SourceState("site", NOW), result, NOW, 0.5)


def titles(result: Poll) -> list[str]:
    return [item.title for item in result.items]


async def test_the_newest_pages_are_taken_with_their_dates(bench: Bench) -> None:
    old, new, undated = page("/old-news", "2025-01-01"), page("/fresh-news", "2026-03-01T09:00:00Z"), page("/some-news")
    bench.server.on("/s", Reply(urlset(undated, old, new)))
    result = await poll(bench, newest=2)
    assert titles(result) == ["fresh news", "old news"]
    assert result.items[0].published_at == datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    assert result.dropped == 1


async def test_paths_are_included_and_excluded(bench: Bench) -> None:
    bench.server.on("/s", Reply(urlset(page("/world/a-b"), page("/sport/c-d"), page("/world/video/e-f"))))
    result = await poll(bench, include=["/world/*"], exclude=["*/video/*"])
    assert titles(result) == ["a b"]


async def test_other_languages_and_pictures_of_a_page_are_not_its_address(bench: Bench) -> None:
    extra = (
        '<xhtml:link xmlns:xhtml="http://www.w3.org/1999/xhtml" rel="alternate" hreflang="de" href="https://x.example/"/>'
        '<image:image xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><image:loc>https://i.example/</image:loc>'
        "</image:image>"
    )
    bench.server.on("/s", Reply(urlset(f"<url>{extra}<loc>https://news.example/a-b</loc></url>")))
    assert [item.url for item in (await poll(bench)).items] == ["https://news.example/a-b"]


async def test_a_packed_sitemap_is_unpacked_within_bounds(bench: Bench) -> None:
    bench.server.on("/s", Reply(gzip.compress(urlset(page("/a-b")))))
    assert titles(await poll(bench)) == ["a b"]
    bench.server.on("/s", Reply(gzip.compress(urlset(page("/a-b")) + b" " * 5_000_000)))
    bomb = await poll(bench)
    assert bomb.error == "the sitemap is larger than 300,000 bytes when unpacked"
    bench.server.on("/s", Reply(gzip.compress(urlset(page("/a-b")))[:-9]))
    assert (await poll(bench)).error == "the compressed sitemap is damaged"


async def test_of_an_index_only_what_has_changed_is_asked(bench: Bench) -> None:
    bench.server.on("/s", Reply(index(bench, ("/1", "2026-02-01"), ("/2", "2026-02-02"))))
    bench.server.on("/1", Reply(urlset(page("/first-one")), headers={"ETag": '"one"'}))
    bench.server.on("/2", Reply(urlset(page("/second-one"))))
    first = await poll(bench)
    assert sorted(titles(first)) == ["first one", "second one"]
    state = after(bench, first)
    bench.server.on("/s", Reply(index(bench, ("/1", "2026-02-03"), ("/2", "2026-02-02"))))
    bench.server.on("/1", Reply(urlset(page("/third-one"))))
    second = await poll(bench, state)
    assert titles(second) == ["third one"]
    assert bench.server.seen("/1")[-1].headers["if-none-match"] == '"one"'
    assert len(bench.server.seen("/2")) == 1


async def test_an_index_with_new_dates_but_nothing_new_is_unchanged_and_healthy(bench: Bench) -> None:
    bench.server.on("/s", Reply(index(bench, ("/1", "2026-02-01"))))
    bench.server.on("/1", Reply(urlset(page("/first-one")), headers={"ETag": '"one"'}), Reply(status=304))
    state = after(bench, await poll(bench))
    bench.server.on("/s", Reply(index(bench, ("/1", "2026-02-05"))))
    again = await poll(bench, state)
    assert (again.outcome, again.health, again.items) == (Outcome.UNCHANGED, Health.HEALTHY, ())
    assert json.loads(again.cursor or "")["children"][bench.server.url("/1")]["lastmod"] == "2026-02-05"


async def test_sitemaps_without_a_date_are_asked_although_the_index_is_the_same(bench: Bench) -> None:
    bench.server.on("/s", Reply(index(bench, ("/1", ""))))
    bench.server.on("/1", Reply(urlset(page("/first-one"))))
    state = after(bench, await poll(bench))
    bench.server.on("/1", Reply(urlset(page("/first-one"), page("/second-one"))))
    again = await poll(bench, state)
    assert (again.outcome, len(again.items)) == (Outcome.CHANGED, 2)
    calm = await poll(bench, after(bench, again, state))
    assert (calm.outcome, calm.items) == (Outcome.UNCHANGED, ())


async def test_one_broken_sitemap_leaves_the_others_and_is_asked_again(bench: Bench) -> None:
    bench.server.on("/s", Reply(index(bench, ("/1", "2026-02-01"), ("/2", "2026-02-02")), headers={"ETag": '"i"'}))
    bench.server.on("/1", Reply(status=404))
    bench.server.on("/2", Reply(urlset(page("/second-one"))))
    first = await poll(bench)
    assert (titles(first), first.outcome) == (["second one"], Outcome.CHANGED)
    assert first.notes == ("1 sitemaps of the index failed: http-status: the server answers 404",)
    bench.server.on("/1", Reply(urlset(page("/first-one"))))
    assert titles(await poll(bench, after(bench, first))) == ["first one"]


async def test_an_index_whose_sitemaps_all_fail_has_failed(bench: Bench) -> None:
    bench.server.on("/s", Reply(index(bench, ("/1", ""), ("/2", "2026-02-02"))))
    result = await poll(bench)
    assert result.outcome is Outcome.FAILED
    assert result.error.startswith("none of the sitemaps in the index can be read: http-status")


async def test_an_endless_index_is_bounded_in_depth_and_number(bench: Bench) -> None:
    bench.server.on("/s", Reply(index(bench, ("/s", ""), *((f"/{number}", "2026-01-01") for number in range(1_000)))))
    for number in range(1_000):
        bench.server.on(f"/{number}", Reply(urlset(page(f"/news-{number}-item"))))
    await poll(bench)
    assert len(bench.server.requests) <= MAX_CHILDREN + 1


async def test_sitemaps_on_a_private_address_are_not_asked(bench: Bench) -> None:
    body = index(bench, ("/1", "")).replace(b"http://127.0.0.1", b"http://10.0.0.1")
    bench.server.on("/s", Reply(body))
    assert "blocked-address" in (await poll(bench)).error


async def test_an_edited_configuration_forgets_the_cursor(bench: Bench) -> None:
    bench.server.on("/s", Reply(index(bench, ("/1", "2026-02-01"))))
    bench.server.on("/1", Reply(urlset(page("/first-one"))))
    state = after(bench, await poll(bench))
    assert titles(await poll(bench, state, exclude=["/x"])) == ["first one"]


@pytest.mark.parametrize("cursor", ["{", "[]", '{"mark": 1}', '{"mark": "x", "children": []}', "null"])
async def test_a_damaged_cursor_is_no_cursor(bench: Bench, cursor: str) -> None:
    bench.server.on("/s", Reply(index(bench, ("/1", "2026-02-01"))))
    bench.server.on("/1", Reply(urlset(page("/first-one"))))
    assert titles(await poll(bench, replace(SourceState("site", NOW), cursor=cursor))) == ["first one"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            b'<!DOCTYPE u [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>',
            "document type",
        ),
        (b"<rss version='2.0'><channel/></rss>", "use kind feed"),
        (b"<html><body>Not found</body></html>", "HTML page"),
        (b"https://news.example/1", "no XML"),
        (b"<urlset>" + b"<a>" * 100_000, "not a sitemap"),
        (b"<opml/>", "root element 'opml'"),
    ],
)
def test_what_is_no_sitemap_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError, match=reason):
        read_sitemap(body.decode(), everything)


def test_a_document_type_that_is_hidden_behind_a_long_comment_is_found() -> None:
    hidden = f'<!--{"x" * 5_000}--><!DOCTYPE u [<!ENTITY a "secret">]>'
    with pytest.raises(UnreadableError, match="document type"):
        read_sitemap(hidden + "<urlset><url><loc>https://a.example/&a;</loc></url></urlset>", everything)


def test_what_else_is_in_the_file_takes_no_memory() -> None:
    tracemalloc.start()
    try:
        sitemap = read_sitemap("<urlset>" + "<b/>" * 500_000 + page("/a-b") + "</urlset>", everything)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(sitemap.pages) == 1
    assert peak < 20_000_000


def test_a_truncated_sitemap_is_salvaged() -> None:
    text = urlset(page("/a-b"), page("/c-d")).decode()[:-30]
    sitemap = read_sitemap(text, everything)
    assert (len(sitemap.pages), sitemap.complete) == (1, False)


def test_a_million_entries_are_cut() -> None:
    sitemap = read_sitemap(urlset("<url><loc>https://a.example/</loc></url>" * 60_000).decode(), everything)
    assert (len(sitemap.pages), sitemap.beyond) == (50_000, 10_000)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://a.example/2026/03/01/talks-begin-in-muscat-81734.html", "talks begin in muscat"),
        ("https://a.example/news/port_closed/", "port closed"),
        ("https://a.example/talks-begin/123456", "talks begin"),
        ("https://a.example/%D8%A2%D8%BA%D8%A7%D8%B2-%DA%AF%D9%81%D8%AA%DA%AF%D9%88", "آغاز گفتگو"),
        ("https://a.example/", ""),
        ("https://a.example/a1b2c3d4e5", ""),
    ],
)
def test_the_words_of_an_address(url: str, words: str) -> None:
    assert words_of(url) == words


@given(st.text(max_size=300), st.booleans())
def test_any_text_is_read_or_refused(text: str, framed: bool) -> None:
    with contextlib.suppress(UnreadableError):
        read_sitemap(f"<urlset><url><loc>{text}</loc></url></urlset>" if framed else text, SitemapOptions().wants)
