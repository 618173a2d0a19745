"""Feeds that a web page names, and where feeds usually are. Pure."""

from __future__ import annotations

import re
from html import unescape

from watcher.sources.links import absolute_url

USUAL = ("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
"""Paths that are tried when a page names no feed."""

MOST = 10
"""Feeds of one page that are looked at."""

_LOOKED_AT = 500_000
_LINK = re.compile(r"<(?:link|a)\s([^<>]{1,3000})>", re.I)
_ATTRIBUTE = re.compile(r"([a-zA-Z-]{1,30})\s*=\s*(?:\"([^\"]{0,2000})\"|'([^']{0,2000})'|([^\s\"'>]{1,2000}))")
_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
_TITLE = re.compile(r"<title(?:\s[^<>]{0,200})?>(.{0,2000}?)</title", re.I | re.S)
_JSON_TITLE = re.compile(r'"title"\s*:\s*"((?:[^"\\]|\\.){0,500})"')


def named_feeds(page: str, url: str) -> list[str]:
    """Addresses of the feeds that an HTML page names in `<link rel=alternate>`, or links to as such, in its order."""
    found: dict[str, None] = {}
    for tag in _LINK.finditer(page[:_LOOKED_AT]):
        values = {match[1].lower(): match[2] or match[3] or match[4] or "" for match in _ATTRIBUTE.finditer(tag[1])}
        kind = values.get("type", "").strip().lower().partition(";")[0]
        if kind in _TYPES and (address := absolute_url(unescape(values.get("href", "")), url)):
            found[address] = None
    return list(found)[:MOST]


def usual_feeds(url: str) -> list[str]:
    """Where feeds usually are on the page's site."""
    return [address for path in USUAL if (address := absolute_url(path, url))]


def raw_title(text: str) -> str:
    """The first title in a feed or page, markup and all; "" if there is none near the start."""
    head = text[:50_000]
    found = (_JSON_TITLE if head.lstrip("\ufeff \t\r\n").startswith("{") else _TITLE).search(head)
    return found[1] if found else ""
