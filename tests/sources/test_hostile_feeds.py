"""Feeds that mean harm: bounded in time, and nothing of ours comes out."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sources.conftest import NOW
from watcher.sources.bounded_json import parse_json
from watcher.sources.encoding import mended
from watcher.sources.entries import Entry, RawFeed, UnreadableError, to_reading
from watcher.sources.feed import parse_feed
from watcher.sources.feed_json import read_json_feed
from watcher.sources.feed_xml import NotWellFormedError, read_xml
from watcher.sources.repair import repaired
from watcher.sources.sandbox import Sandbox

URL = "https://news.example/feed"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    box = Sandbox()
    yield box
    await box.close()


def rss(inside: str) -> bytes:
    return f'<rss version="2.0"><channel><title>t</title>{inside}</channel></rss>'.encode()


LAUGHS = "".join(f'<!ENTITY l{n} "' + f"&l{n - 1};" * 10 + '">' for n in range(1, 10))
ATTRIBUTES = " ".join(f'a{n}="1"' for n in range(20_000))
BAD = "<item><title>x <br> y</title>"
HOSTILE = {
    "a billion laughs": f'<!DOCTYPE r [<!ENTITY l0 "lol">{LAUGHS}]>'.encode() + rss("<item><title>&l9;</title></item>"),
    "laughs, not well formed": f'<!DOCTYPE r [<!ENTITY l0 "lol">{LAUGHS}]>'.encode() + rss(f"{BAD}&l9;</item>"),
    "quadratic entity": f'<!DOCTYPE r [<!ENTITY a "{"a" * 50_000}">]>'.encode()
    + rss(f"<item><title>{'&a;' * 50_000}</title></item>"),
    "comments without end": rss(f"{BAD}<description>{'<!--' * 50_000}</description></item>"),
    "an address without end": rss(f"{BAD}<author>{'a@a.' * 16_000}</author></item>"),
    "attributes": rss(f"<item><title {ATTRIBUTES}>x</title></item>"),
    "attributes, not well formed": rss(f"{BAD}<link {ATTRIBUTES}/></item>"),
    "a hundred thousand items": rss("<item><title>x</title></item>" * 100_000),
    "many items, not well formed": rss(f"{BAD}</item>" * 50_000),
    "a huge item": rss(f"<item><title>x</title><description>{'word ' * 1_000_000}</description></item>"),
    "levels": rss("<item><title>x</title>" + "<a>" * 300),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_feeds_are_read_in_bounded_time_and_size(name: str, sandbox: Sandbox) -> None:
    reading = await parse_feed(HOSTILE[name], "text/xml", URL, NOW, sandbox)
    assert len(reading.items) <= 500
    assert all(len(item.title) <= 1_000 and len(item.text) <= 100_000 for item in reading.items)


async def test_an_external_entity_is_never_opened(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s3cret")
    for inside in ("<item><title>x &e; y</title></item>", "<item><title>x &e; <br> y</title></item>"):
        body = f'<!DOCTYPE r [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode() + rss(inside)
        reading = await parse_feed(body, "", URL, NOW, sandbox)
        assert reading.items[0].title.startswith("x ")
        assert "s3cret" not in f"{reading}"


def test_a_huge_item_is_cut_and_flagged() -> None:
    reading = to_reading(read_xml(HOSTILE["a huge item"].decode(), URL, NOW), NOW)
    assert (len(reading.items[0].text), reading.items[0].truncated) == (100_000, True)


letters = st.sampled_from("<>/&;!-[]\"'=? \nabitem") | st.characters(codec="utf-8")
text = st.text(letters, max_size=150)
parts = st.lists(
    st.sampled_from(
        ["<item>", "</item>", "<title>", "</title>", "<link>", "</link>", "<guid>", "&amp;", "&nbsp;", "<![CDATA[",
         "]]>", "<entry>", "<pubDate>Sun, 01 Mar 2026 08:00:00 GMT</pubDate>", "https://n.example/", "x", "<!--", "-->"]
    )
).map("".join)  # fmt: skip


@given(text | parts)
def test_any_xml_gives_items_or_a_reason(inside: str) -> None:
    for body in (inside, rss(inside).decode(), f'<feed xmlns="http://www.w3.org/2005/Atom">{inside}</feed>'):
        try:
            reading = to_reading(read_xml(repaired(body), URL, NOW), NOW)
        except (NotWellFormedError, UnreadableError):
            continue
        assert all(item.url == "" or item.url.startswith(("http://", "https://")) for item in reading.items)
        # An entry with nothing in it is an entry; of a feed that was cut off only what says something is kept.
        assert reading.complete or all(item.title or item.text or item.url for item in reading.items)


@settings(max_examples=25, deadline=None)  # each example starts a process
@given(st.lists(text | parts, max_size=3))
async def test_any_bytes_give_items_or_a_reason(inside: list[str]) -> None:
    box = Sandbox()
    try:
        await parse_feed("".join(inside).encode(), "", URL, NOW, box)
    except UnreadableError:
        pass
    finally:
        await box.close()


# Not what looks like UTF-8 that was taken for Latin-1: that is mended.
words = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1, max_size=40).filter(
    lambda each: mended(each) == each
)


@given(st.lists(st.tuples(words, words), min_size=1, max_size=8))
def test_well_formed_feeds_come_back_whole(items: list[tuple[str, str]]) -> None:
    inside = "".join(f"<item><title>{each}</title><description>{body}</description></item>" for each, body in items)
    reading = to_reading(read_xml(rss(inside).decode(), URL, NOW), NOW)
    assert [(item.title, item.text) for item in reading.items] == items


@given(text)
def test_repair_leaves_well_formed_text_alone_and_makes_ampersands_safe(raw: str) -> None:
    assert repaired("&amp; &#38; &#x26; &lt;") == "&amp; &#38; &#x26; &lt;"
    fixed = repaired(raw)
    assert repaired(fixed) == fixed


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["id", "url", "title", "items"]), inner)
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(["version", "items", "language", "home_page_url"]), json_values))
def test_any_json_feed_gives_items_or_a_reason(feed: dict[str, object]) -> None:
    feed["version"] = "https://jsonfeed.org/version/1.1"
    try:
        reading = to_reading(read_json_feed(json.dumps(feed), URL, NOW), NOW)
    except UnreadableError:
        return
    assert len(reading.items) <= 500


@given(st.text(max_size=200))
def test_any_text_is_json_or_a_reason(raw: str) -> None:
    try:
        parse_json(raw)
    except UnreadableError as error:
        assert "\n" not in str(error)


def test_every_entry_is_an_item_also_one_without_anything_to_read() -> None:
    reading = to_reading(RawFeed((Entry(), Entry(guid="only a guid"), Entry(title="T"))), NOW)
    assert [(item.guid, item.title) for item in reading.items] == [("", ""), ("only a guid", ""), ("", "T")]
