"""Bytes of a well-formed feed to items: 50 items, 200 KB of RSS, with plain text and with HTML in it.

The floor in the same run: strict lxml that walks over the same elements and reads their text, nothing else done. Peers
are feedparser as it is usually called, and fastfeedparser if it is installed.
"""

from __future__ import annotations

import importlib.util
import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape

import feedparser
from lxml import etree

from benchmarks.material import words
from watcher.sources.feed import read_strictly

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://news.example/feed.xml"
ITEMS, ROUNDS, SECONDS = 50, 7, 0.2


def main() -> None:
    """Print a row for each kind of content."""
    print(
        f"parse: a feed of {ITEMS} items, milliseconds of CPU a feed, best of {ROUNDS} rounds (and ratio to the floor)"
    )
    for name, body in (("plain text", _feed(html=False)), ("HTML", _feed(html=True))):
        floor = _best(lambda body=body: _walk(body))
        print(f"{name}, {len(body) / 1000:.0f} KB: lxml, parsed and walked {floor:.2f}")
        for reader, read in _READERS.items():
            taken = _best(lambda body=body, read=read: read(body))
            print(f"    {reader:<44} {taken:>7.2f} ({taken / floor:.1f} x)")


def _best(work: Callable[[], object]) -> float:
    """Milliseconds: the machine is shared, and the least disturbed round says most."""
    taken = []
    for _ in range(ROUNDS):
        runs, started = 0, time.process_time()
        while time.process_time() - started < SECONDS:
            work()
            runs += 1
        taken.append((time.process_time() - started) / runs)
    return min(taken) * 1000


def _walk(body: bytes) -> None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    for item in etree.fromstring(body, parser).iter("item"):
        _ = [child.text for child in item]


def _fast(body: bytes) -> object:
    import fastfeedparser  # type: ignore[import-not-found]  # noqa: PLC0415 - a peer that need not be there

    return fastfeedparser.parse(body)


_READERS: dict[str, Callable[[bytes], object]] = {
    "ours: items, text without markup": lambda body: read_strictly(body, "application/rss+xml", URL, NOW),
    "feedparser, text with its markup": feedparser.parse,
    "feedparser, sanitizing and resolving off": lambda body: feedparser.parse(
        body, sanitize_html=False, resolve_relative_uris=False
    ),
}
if importlib.util.find_spec("fastfeedparser"):
    _READERS["fastfeedparser, text with its markup"] = _fast


def _feed(*, html: bool) -> bytes:
    rng = random.Random(1)
    vocabulary = words(2_000, rng)

    def sentence() -> str:
        return " ".join(rng.choices(vocabulary, k=24)).capitalize() + ", R&D aside."

    def item(number: int) -> str:
        link = f"https://news.example/2026/11/story-{number}.html"
        paragraphs = [" ".join(sentence() for _ in range(3)) for _ in range(4)]
        text = escape(" ".join(paragraphs))
        if html:
            markup = (f'<p>{escape(each)} <a href="{link}">more</a> <b>now</b></p>\n' for each in paragraphs)
            text = f"<![CDATA[{''.join(markup)}]]>"
        return (
            f"<item><title>{escape(sentence()[:80])}</title><link>{link}</link><guid>{link}</guid>"
            f"<pubDate>Sun, 22 Nov 2026 {number % 12:02}:10:00 GMT</pubDate><dc:creator>A. Author</dc:creator>"
            f"<category>World</category><description>{text}</description></item>"
        )

    inside = "".join(item(number) for number in range(ITEMS))
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>T</title><link>https://news.example/</link><description>d</description>{inside}</channel></rss>"
    ).encode()
