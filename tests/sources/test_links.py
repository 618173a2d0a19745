"""Links and the one form that tells documents apart."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.sources.links import absolute_url, canonical_url, identifies

BASE = "https://news.example/world/index.html"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/a", "https://news.example/a"),
        ("a?x=1", "https://news.example/world/a?x=1"),
        ("//other.example/a", "https://other.example/a"),
        ("HTTP://News.EXAMPLE:80/A", "http://news.example/A"),
        ("https://u:p@news.example/a", "https://news.example/a"),
        (" https://news.example/a\n", "https://news.example/a"),
        ("https://news.example/a b<c>", "https://news.example/a%20b%3Cc%3E"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://news.example./a", "https://news.example/a"),
        ("https://[2606:4700::1]:8443/a", "https://[2606:4700::1]:8443/a"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("mailto:a@b.example", ""),
        ("file:///etc/passwd", ""),
        ("http://", ""),
        ("http://[::1", ""),
        ("http://a:99999/", ""),
        ("http://a%2f.example/", ""),
        ("", ""),
        ("https://news.example/" + "x" * 3000, ""),
    ],
)
def test_links_are_made_absolute_or_dropped(link: str, url: str) -> None:
    assert absolute_url(link, BASE) == url


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://News.Example/A?b=2&a=1#top", "https://news.example/A?b=2&a=1"),
        ("https://news.example", "https://news.example/"),
        ("https://news.example:443/a/", "https://news.example/a/"),
        ("https://news.example/a?utm_source=x&id=7&utm_campaign=y&fbclid=z&gclid=1", "https://news.example/a?id=7"),
        ("https://news.example/a?UTM_Medium=x", "https://news.example/a"),
        ("https://news.example/a?at_medium=RSS&at_campaign=rss", "https://news.example/a"),
        ("https://news.example/a?ref=rss&ref=chapter2", "https://news.example/a?ref=chapter2"),
        ("https://news.example/a?&&", "https://news.example/a"),
        ("ftp://news.example/a", ""),
        ("", ""),
    ],
)
def test_canonical_form(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


@given(st.text(max_size=80) | st.text(max_size=40).map("https://news.example/{}".format))
def test_any_link_becomes_a_safe_one_or_nothing(link: str) -> None:
    for found in (absolute_url(link, BASE), canonical_url(link)):
        if found:
            parts = urlsplit(found)
            assert parts.scheme in ("http", "https")
            assert parts.hostname
            assert "@" not in parts.netloc
            assert found.isascii()
            assert found.isprintable()
            assert " " not in found


@given(st.text(max_size=60).map("https://news.example/{}".format))
def test_the_canonical_form_is_its_own(link: str) -> None:
    once = canonical_url(link)
    assert canonical_url(once) == once


def test_homepages_and_the_feed_itself_identify_nothing() -> None:
    feed = "https://news.example/rss.xml"
    assert not identifies("https://news.example/", feed)
    assert not identifies(canonical_url(feed), feed)
    assert identifies("https://news.example/?p=12", feed)
    assert identifies("https://news.example/a", feed)


@given(st.text("abcXYZ019/._~!$&'()*+,;=:@%-?#[]", max_size=40).map("https://news.example/{}".format))
def test_a_link_in_good_order_is_left_as_it_is(link: str) -> None:
    parts = urlsplit(link)
    if link.endswith(("?", "#")) or "?#" in link:
        return
    assert absolute_url(link, BASE) == link
    assert canonical_url(link).startswith(f"https://news.example{parts.path}")
