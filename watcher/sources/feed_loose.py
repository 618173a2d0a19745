"""Feeds that are not quite XML, read by feedparser. Runs in the sandbox only: hostile input can hold it up for long."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

import feedparser

from watcher.sources.links import absolute_url
from watcher.sources.newest import newest
from watcher.sources.sandbox import Json

MAX_BODY = 5_000_000
"""Bytes; beyond this a feed that is broken as well is refused."""

_ENDS = (b"</rss>", b"</feed>", b"</rdf:rdf>", b"</channel>")
# feedparser searches authors for addresses with an expression that takes quadratic time; we do not need them.
_AUTHOR = re.compile(
    rb"<((?:dc:|atom:|itunes:)?(?:author|creator|contributor|managingEditor|webMaster|email))\b[^>]{0,500}>.{0,5000}?</\1>",
    re.DOTALL,
)
_HUGE_TAG = re.compile(rb"<[A-Za-z/][^<>]{8000,}>?")
_ITEM = re.compile(rb"<(?:item|entry)[\s>]", re.IGNORECASE)
_DATE = re.compile(
    rb"<(?:pubDate|published|issued|dc:date|updated|modified)\b[^<>]{0,200}>([^<>]{4,80})<", re.IGNORECASE
)


def read_loosely(body: bytes, options: Mapping[str, str | None]) -> Json:
    """UTF-8 bytes of a feed in; {"entries": [...], "language", "dropped", "complete"} out, or {"not_a_feed": true}.

    `options["url"]` is where the feed came from, `options["now"]` the time in ISO format.
    """
    if len(body) > MAX_BODY:
        raise ValueError("too large")
    tamed, dropped = _tamed(body, datetime.fromisoformat(options.get("now") or "1970-01-01T00:00:00+00:00"))
    parsed = feedparser.parse(
        io.BytesIO(tamed),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.entries:
        return {"not_a_feed": True}
    url = options.get("url") or ""
    base = absolute_url(str(parsed.feed.get("link") or ""), url) or url
    entries: list[Json] = [_entry(entry, base) for entry in parsed.entries]
    return {
        "entries": entries,
        "language": str(parsed.feed.get("language") or ""),
        "dropped": dropped,
        "complete": body.rstrip().lower().endswith(_ENDS),
    }


def _tamed(body: bytes, now: datetime) -> tuple[bytes, int]:
    """The feed without what feedparser takes more than linear time for, and how many items were left out."""
    kept, dropped = _newest_items(body, now)
    return _AUTHOR.sub(b"", _HUGE_TAG.sub(b"", _without_comments(kept))), dropped


def _newest_items(body: bytes, now: datetime) -> tuple[bytes, int]:
    starts = [found.start() for found in _ITEM.finditer(body)]
    pieces = [body[start:end] for start, end in pairwise([*starts, len(body)])]
    kept, dropped = newest(pieces, _date, now)
    return (body[: starts[0]] + b"".join(kept), dropped) if dropped else (body, 0)


def _date(item: bytes) -> str:
    found = _DATE.search(item)
    return found.group(1).decode("ascii", "replace") if found else ""


def _without_comments(body: bytes) -> bytes:
    """Comments go; a beginning without an end is not one, and goes alone."""
    first, *rest = body.split(b"<!--")
    return first + b"".join(piece.partition(b"-->")[2] if b"-->" in piece else piece for piece in rest)


def _entry(entry: Mapping[str, object], base: str) -> Json:
    body = str(entry.get("summary") or "")
    contents = entry.get("content")
    if isinstance(contents, list):
        for content in contents:
            full = str(content.get("value") or "")
            body = full if len(full) > len(body) else body
    return {
        "guid": str(entry.get("id") or ""),
        "link": str(entry.get("link") or ""),
        "base": base,
        "title": str(entry.get("title") or ""),
        "body": body,
        "published": str(entry.get("published") or ""),
        "updated": str(entry.get("updated") or ""),
        "language": str(entry.get("language") or ""),
        "date": str(entry.get("created") or ""),
    }
