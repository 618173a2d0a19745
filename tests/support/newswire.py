"""Feeds that grow and change while somebody polls them.

feed = Feed()
server.on("/wire", feed)
feed.add("Tarsk dam collapses", "The Tarsk dam in Velmar collapsed on Monday.")
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from xml.sax.saxutils import escape

from tests.support.news_server import Exchange, Reply, encode


@dataclass(slots=True)
class Entry:
    """One item as the feed shows it now; change it and the next poll sees the change."""

    guid: str
    title: str
    text: str
    link: str
    published: datetime


@dataclass(slots=True)
class Feed:
    """An RSS feed, and a script for NewsServer that serves it as it is at that moment, newest item first."""

    name: str = "wire"
    entries: list[Entry] = field(default_factory=list)

    def add(self, title: str, text: str, *, age: timedelta = timedelta(minutes=3), link: str = "") -> Entry:
        """A new item, published `age` ago."""
        number = len(self.entries) + 1
        entry = Entry(
            guid=f"{self.name}-{number}",
            title=title,
            text=text,
            link=link or f"https://{self.name}.example/news/{number}",
            published=datetime.now(UTC) - age,
        )
        self.entries.append(entry)
        return entry

    async def __call__(self, exchange: Exchange) -> None:
        body = self.xml().encode()
        await exchange.write(encode(Reply(body=body, headers={"Content-Type": "application/rss+xml; charset=utf-8"})))

    def xml(self) -> str:
        items = "".join(
            f"<item><title>{escape(entry.title)}</title><link>{escape(entry.link)}</link>"
            f'<guid isPermaLink="false">{escape(entry.guid)}</guid>'
            f"<pubDate>{format_datetime(entry.published)}</pubDate>"
            f"<description>{escape(entry.text)}</description></item>"
            for entry in reversed(self.entries)
        )
        return (
            '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
            f"<title>{escape(self.name)}</title><link>https://{self.name}.example/</link>"
            f"<description>news</description>{items}</channel></rss>"
        )
