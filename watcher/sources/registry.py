"""The kinds of sources there are. Another kind is one module, one line here, one class in its contract test."""

from __future__ import annotations

from watcher.sources.api import ApiKind
from watcher.sources.feed import FeedKind
from watcher.sources.kind import SourceKind
from watcher.sources.mailbox import MailboxKind
from watcher.sources.page import PageKind
from watcher.sources.push import PushKind
from watcher.sources.sitemap import SitemapKind

KINDS: dict[str, SourceKind] = {
    "feed": FeedKind(),
    "page": PageKind(),
    "api": ApiKind(),
    "sitemap": SitemapKind(),
    "mailbox": MailboxKind(),
    "push": PushKind(),
}
