"""What the feed readers hand over, and how it becomes items: plain text, checked links, read dates, bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from watcher.model.document import Item
from watcher.sources.dates import parse_date
from watcher.sources.language import language_code
from watcher.sources.links import absolute_url, canonical_url
from watcher.sources.text import capped, html_to_text, tidy, title_text

MAX_ITEMS = 500
"""Items kept of one answer; feeds put the newest first."""

MAX_GUID = 500


class UnreadableError(Exception):
    """The body is not what the kind reads; the text says what it is instead."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as the feed has it, markup and all. `base` is what its relative links refer to."""

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


@dataclass(frozen=True, slots=True)
class RawFeed:
    """The first MAX_ITEMS entries of a feed in its order; `complete` is False when the end was missing."""

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
    """Turn entries into items. Entries with neither title nor text nor link are left out."""
    notes = []
    items = [item for item in (_item(entry, feed.language, now) for entry in feed.entries) if item]
    if _stamped_now(items, now):
        items = [_undated(item) for item in items]
        notes.append("all items carry the time of asking: dates ignored")
    if feed.dropped:
        notes.append(f"{feed.dropped} items beyond the first {MAX_ITEMS} left out")
    if not feed.complete:
        notes.append(f"the feed ends early: {len(items)} items salvaged")
    return Reading(tuple(items), feed.dropped, feed.complete, tuple(notes))


def _item(entry: Entry, feed_language: str, now: datetime) -> Item | None:
    url = absolute_url(entry.link, entry.base)
    title = title_text(entry.title)
    text, truncated = capped(html_to_text(entry.body) if entry.body_is_html else tidy(entry.body))
    if not (title or text or url):
        return None
    updated = parse_date(entry.updated, now)
    guid = tidy(entry.guid[: MAX_GUID * 2]).replace("\n", " ")[:MAX_GUID]
    return Item(
        guid=guid or canonical_url(url),
        url=url,
        title=title,
        text=text,
        published_at=parse_date(entry.published, now) or updated,
        updated_at=updated,
        language=language_code(entry.language) or language_code(feed_language),
        truncated=truncated,
    )


def _stamped_now(items: Sequence[Item], now: datetime) -> bool:
    """Some feeds give every item the time at which they were asked, anew with each poll: that is no date."""
    stamps = Counter(item.published_at for item in items)
    if len(items) < 3:
        return False
    stamp, count = stamps.most_common(1)[0]
    return stamp is not None and count == len(items) and abs(stamp - now) < timedelta(minutes=5)


def _undated(item: Item) -> Item:
    return Item(
        item.guid, item.url, item.title, item.text, None, None, item.language, item.truncated, publisher=item.publisher
    )
