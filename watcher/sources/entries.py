"""What the feed readers hand over, and how it becomes items: plain text, checked links, read dates, bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from watcher.model.document import Item
from watcher.sources.dates import parse_date
from watcher.sources.encoding import mended
from watcher.sources.language import language_code
from watcher.sources.links import absolute_url, canonical_url
from watcher.sources.text import capped, html_to_text, one_line, tidy, title_text

MAX_ITEMS = 500
"""Items kept of one answer."""

MAX_GUID = 500


class UnreadableError(Exception):
    """The body is not what the kind reads; the text says what it is instead."""


class Entry(NamedTuple):
    """One entry as the feed has it, markup and all. `base` is what its relative links refer to.

    `date` is one of which the feed does not say what it is of.
    """

    guid: str = ""
    link: str = ""
    base: str = ""
    title: str = ""
    body: str = ""
    body_is_html: bool = True
    published: str = ""
    updated: str = ""
    language: str = ""
    source_url: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class RawFeed:
    """At most MAX_ITEMS entries of a feed in its order, the newest; `complete` is False when the end was missing."""

    entries: tuple[Entry, ...]
    language: str = ""
    dropped: int = 0
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What a parser got out of a body."""

    items: tuple[Item, ...]
    dropped: int = 0
    complete: bool = True
    notes: tuple[str, ...] = ()


def to_reading(feed: RawFeed, now: datetime) -> Reading:
    """Turn entries into items, one each: also what has nothing to read in it is an entry of the feed."""
    notes = []
    language = language_code(feed.language)
    items = [_item(entry, language, now) for entry in feed.entries]
    if not feed.complete:
        # The last of them was cut off before it said anything.
        items = [item for item in items if item.title or item.text or item.url]
    if _stamped_now(items, now):
        items = [replace(item, published_at=None, updated_at=None) for item in items]
        notes.append("all items carry the time of asking: dates ignored")
    if feed.dropped:
        notes.append(f"{feed.dropped} items left out: only the newest {MAX_ITEMS} are kept")
    if not feed.complete:
        notes.append(f"the feed ends early: {len(items)} items salvaged")
    return Reading(tuple(items), feed.dropped, feed.complete, tuple(notes))


def _item(entry: Entry, feed_language: str | None, now: datetime) -> Item:
    url = absolute_url(entry.link, entry.base)
    title = title_text(mended(entry.title))
    body = mended(entry.body)
    text, truncated = capped(html_to_text(body) if entry.body_is_html else tidy(body))
    guid = one_line(entry.guid[: MAX_GUID * 2])[:MAX_GUID]
    updated = parse_date(entry.updated, now) if entry.updated else None
    published = parse_date(entry.published, now) if entry.published else None
    return Item(
        guid or canonical_url(url),
        url,
        title,
        text,
        published or (parse_date(entry.date, now) if entry.date else None) or updated,
        updated,
        (language_code(entry.language) if entry.language else None) or feed_language,
        truncated,
    )


def _stamped_now(items: Sequence[Item], now: datetime) -> bool:
    """Some feeds give every item the time at which they were asked, anew with each poll: that is no date."""
    if len(items) < 3:
        return False
    stamp = items[0].published_at
    return (
        stamp is not None
        and abs(stamp - now) < timedelta(minutes=5)
        and all(item.published_at == stamp for item in items)
    )
