"""JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

from datetime import datetime

from watcher.sources.bounded_json import parse_json
from watcher.sources.entries import Entry, RawFeed, UnreadableError
from watcher.sources.newest import newest
from watcher.sources.sandbox import Json


def read_json_feed(text: str, url: str, now: datetime) -> RawFeed:
    """Read a feed that came from `url`. Raises UnreadableError."""
    feed = parse_json(text)
    if not isinstance(feed, dict) or "jsonfeed.org/version" not in _string(feed, "version"):
        raise UnreadableError("not a feed: JSON, but no JSON Feed")
    items = feed.get("items")
    if not isinstance(items, list):
        raise UnreadableError("not a feed: a JSON Feed without items")
    base = _string(feed, "home_page_url") or url
    kept, dropped = newest([item for item in items if isinstance(item, dict)], _date, now)
    return RawFeed(tuple(_entry(item, base) for item in kept), _string(feed, "language"), dropped)


def _entry(item: dict[str, Json], base: str) -> Entry:
    markup, plain = _string(item, "content_html"), _string(item, "content_text")
    return Entry(
        guid=_string(item, "id"),
        link=_string(item, "url", "external_url"),
        base=base,
        title=_string(item, "title"),
        body=markup or plain or _string(item, "summary"),
        body_is_html=bool(markup),
        published=_string(item, "date_published"),
        updated=_string(item, "date_modified"),
        language=_string(item, "language"),
    )


def _date(item: dict[str, Json]) -> str:
    return _string(item, "date_published", "date_modified")


def _string(of: dict[str, Json], *keys: str) -> str:
    for key in keys:
        value = of.get(key)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""
