"""Which items of a feed are kept when there are more than we want: the newest, wherever the feed has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from heapq import nlargest
from typing import TypeVar

from watcher.sources.dates import parse_date
from watcher.sources.entries import MAX_ITEMS

T = TypeVar("T")


def newest(items: Sequence[T], date_of: Callable[[T], str], now: datetime) -> tuple[Sequence[T], int]:
    """At most MAX_ITEMS of the items in their order, and how many were left out.

    If most have a date that can be read, those with the latest are kept; or else the first, because feeds put what is
    new on top. A date far ahead counts like none: it must not push others out.
    """
    if len(items) <= MAX_ITEMS:
        return items, 0
    dropped = len(items) - MAX_ITEMS
    dates = [parse_date(date_of(item), now) for item in items]
    if sum(date is not None for date in dates) * 2 < len(items):
        return items[:MAX_ITEMS], dropped
    # Of one moment the earlier in the feed.
    ranked = ((date.timestamp() if date else 0.0, -at) for at, date in enumerate(dates))
    kept = sorted(-at for _, at in nlargest(MAX_ITEMS, ranked))
    return [items[at] for at in kept], dropped
