"""Bodies that mean harm, or were made by people who did not care. Large ones are made when asked for."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime

NOW = datetime.fromisoformat("2026-03-01T12:00:00+00:00")
LAUGHS = '<!DOCTYPE r [<!ENTITY l0 "lol">' + "".join(
    f'<!ENTITY l{n} "' + f"&l{n - 1};" * 10 + '">' for n in range(1, 10)
)


def rss(*items: str, head: str = "") -> bytes:
    """A feed of these items; `head` stands before the root."""
    return f'{head}<rss version="2.0"><channel><title>t</title>{"".join(items)}</channel></rss>'.encode()


def item(number: int | str, *, title: str = "", date: str = "", guid: str | None = None, text: str = "") -> str:
    """An item of its own: title, link, guid and text say its number."""
    guid = f"guid-{number}" if guid is None else guid
    return (
        f"<item><title>{title or f'Report {number}'}</title><link>https://news.example/{number}</link>"
        f'<guid isPermaLink="false">{guid}</guid><pubDate>{date}</pubDate>'
        f"<description>{text or f'What report {number} says.'}</description></item>"
    )


def dated(numbers: Iterable[int]) -> bytes:
    """Items of which each is a minute older than the one before it."""
    return rss(*(item(each, date=format_datetime(NOW - timedelta(minutes=each))) for each in numbers))


def flood(poll: int) -> bytes:
    """The feed at its n-th poll: 500 items that were not there before, on top."""
    return rss(*(item(each) for each in range(500 * (poll + 1) - 1, 500 * poll - 1, -1)))


@dataclass(frozen=True)
class Archive:
    """A feed in pieces, for one that is too large to keep: it can be gone through again and again."""

    items: int

    def __iter__(self) -> Iterator[bytes]:
        yield b'<rss version="2.0"><channel><title>t</title>'
        for each in range(self.items):
            yield item(each).encode()
        yield b"</channel></rss>"


@dataclass(frozen=True)
class Huge:
    """A feed of one item with a text of so many megabytes, in pieces."""

    megabytes: int

    def __iter__(self) -> Iterator[bytes]:
        before, after = rss(item(1, text="@")).split(b"@")
        yield before
        yield from itertools.repeat(b"word " * 20_000, self.megabytes * 10)
        yield after


def zeros_packed(megabytes: int) -> bytes:
    """So many megabytes of nothing, in a thousandth of the room."""
    return gzip.compress(bytes(1_000_000)) * megabytes


NESTED = rss("<item><title>Report 1</title>" + "<a>" * 100_000)
SOFT_404 = b"<!doctype html><html><head><title>Page not found</title></head><body><h1>404</h1></body></html>"
LOGIN = b'<html><body><form action="/login"><input type="password" name="p"></form></body></html>'
CAPTCHA = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><div class='g-recaptcha'></div>"
    b"<script src='https://www.google.com/recaptcha/api.js'></script></body></html>"
)
EVIL_TITLE = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b onclick='x()'&gt;Talks&lt;/b&gt; &lt;!channel&gt; begin"
BIDI_TITLE = "Talks \u202ereversed\u202c and \u2066isolated\u2069 \u200fbegin"
