"""Feeds that are not quite XML, read by feedparser. Runs in the sandbox only: hostile input can hold it up for long."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping

import feedparser

from watcher.sources.entries import MAX_ITEMS
from watcher.sources.sandbox import Json

MAX_BODY = 5_000_000
"""Bytes; beyond this a feed that is broken as well is refused."""

_ENDS = (b"</rss>", b"</feed>", b"</rdf:rdf>", b"</channel>")
# feedparser searches authors for addresses with an expression that takes quadratic time; we do not need them.
_AUTHOR = re.compile(
    rb"<((?:dc:|atom:|itunes:)?(?:author|creator|contributor|managingEditor|webMaster|email))\b[^>]{0,500}>.{0,5000}?</\1>",
    re.DOTALL,
)
_COMMENT = re.compile(rb"<!--.{0,20000}?-->", re.DOTALL)


def read_loosely(body: bytes, options: Mapping[str, str | None]) -> Json:
    """UTF-8 bytes of a feed in; {"entries": [...], "language", "dropped", "complete"} out, or {"not_a_feed": true}.

    `options["url"]` is where the feed came from.
    """
    if len(body) > MAX_BODY:
        raise ValueError("too large")
    parsed = feedparser.parse(
        io.BytesIO(_AUTHOR.sub(b"", _COMMENT.sub(b"", body))),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": options.get("url")},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not parsed.get("version") and not parsed.entries:
        return {"not_a_feed": True}
    base = str(parsed.feed.get("link") or options.get("url") or "")
    entries: list[Json] = [_entry(entry, base) for entry in parsed.entries[:MAX_ITEMS]]
    return {
        "entries": entries,
        "language": str(parsed.feed.get("language") or ""),
        "dropped": max(0, len(parsed.entries) - MAX_ITEMS),
        "complete": body.rstrip().lower().endswith(_ENDS),
    }


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
    }
