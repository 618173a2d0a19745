"""Feeds that pages name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.sources.discover import MOST, named_feeds, raw_title, usual_feeds

URL = "https://news.example/world/"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/rss.xml">', ["https://news.example/rss.xml"]),
        ("<LINK TYPE='application/atom+xml' HREF='atom?a=1&amp;b=2'/>", ["https://news.example/world/atom?a=1&b=2"]),
        ("<link type=application/feed+json href=f.json>", ["https://news.example/world/f.json"]),
        ('<link rel="stylesheet" type="text/css" href="/x.css">', []),
        ('<link type="application/rss+xml" href="javascript:alert(1)">', []),
        ('<link type="application/rss+xml">', []),
        ('<link type="application/rss+xml" href="/a"><link type="application/rss+xml" href="/a">',
         ["https://news.example/a"]),
        ("", []),
    ],
)  # fmt: skip
def test_named_feeds(page: str, expected: list[str]) -> None:
    assert named_feeds(page, URL) == expected


def test_many_feeds_are_cut() -> None:
    page = "".join(f'<link type="application/rss+xml" href="/{number}">' for number in range(100))
    assert len(named_feeds(page, URL)) == MOST


def test_usual_places_are_those_of_the_site() -> None:
    assert usual_feeds(URL)[0] == "https://news.example/feed"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<rss><channel><title>World &amp; all</title>", "World &amp; all"),
        ('{"version": "x", "title": "Feed"}', "Feed"),
        ("<rss>", ""),
    ],
)
def test_titles(text: str, expected: str) -> None:
    assert raw_title(text) == expected


@given(st.text(max_size=500))
def test_any_text_can_be_searched(page: str) -> None:
    assert isinstance(named_feeds(page, URL), list)
    assert isinstance(raw_title(page), str)


def test_hostile_pages_are_searched_in_linear_time() -> None:
    for piece in ("<link ", "<link a=", '<link a="', "<title><title ", "<a href='"):
        named_feeds(piece * 100_000, URL)
        raw_title(piece * 100_000)
