"""More items than are wanted: the newest stay, in every format, wherever the feed has them."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.conftest import NOW
from watcher.sources.entries import MAX_ITEMS
from watcher.sources.feed import parse_feed
from watcher.sources.newest import newest
from watcher.sources.sandbox import Sandbox

URL = "https://news.example/feed"
COUNT = MAX_ITEMS + 100


def stamp(number: int) -> str:
    """Item 0 is the newest."""
    return format_datetime(NOW - timedelta(minutes=number))


def rss(order: list[int], broken: str = "") -> bytes:
    items = "".join(f"<item><title>{each}</title><pubDate>{stamp(each)}</pubDate></item>" for each in order)
    return f'<rss version="2.0"><channel><title>t{broken}</title>{items}</channel></rss>'.encode()


def json_feed(order: list[int]) -> bytes:
    items = [{"id": str(each), "title": str(each), "date_published": stamp(each)} for each in order]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()


FALLING = list(range(COUNT))
RISING = FALLING[::-1]
MIXED = random.Random(1).sample(FALLING, COUNT)


@pytest.mark.parametrize("order", [FALLING, RISING, MIXED], ids=["newest-first", "newest-last", "mixed"])
@pytest.mark.parametrize("form", ["rss", "broken", "json"])
async def test_the_newest_are_kept_in_their_order_and_the_rest_is_reported(order: list[int], form: str) -> None:
    body = {"rss": rss(order), "broken": rss(order, "<br>"), "json": json_feed(order)}[form]
    box = Sandbox(workers=1)
    reading = await parse_feed(body, "", URL, NOW, box)
    await box.close()
    assert [int(item.title) for item in reading.items] == [each for each in order if each < MAX_ITEMS]
    assert reading.dropped == COUNT - MAX_ITEMS
    assert reading.notes == ("100 items left out: only the newest 500 are kept",)


@pytest.mark.parametrize("date", ["", "Fri, 01 Jan 2099 00:00:00 GMT", "yesterday"])
def test_without_dates_that_can_be_believed_the_first_are_kept(date: str) -> None:
    kept, dropped = newest(FALLING, lambda _: date, NOW)
    assert (list(kept), dropped) == (FALLING[:MAX_ITEMS], 100)


def test_dates_far_ahead_push_nothing_out() -> None:
    kept, _ = newest(FALLING, lambda each: "2099-01-01" if each >= MAX_ITEMS else stamp(each), NOW)
    assert list(kept) == FALLING[:MAX_ITEMS]


@given(
    st.lists(st.sampled_from(["", "2026-02-01", "2026-02-02", "x", "2099-01-01"]), max_size=60).map(lambda d: d * 12)
)
def test_never_more_than_the_bound_and_nothing_uncounted(dates: list[str]) -> None:
    kept, dropped = newest(range(len(dates)), dates.__getitem__, NOW)
    assert len(kept) == min(len(dates), MAX_ITEMS)
    assert len(kept) + dropped == len(dates)
    assert list(kept) == sorted(kept)


async def test_a_few_items_are_all_kept() -> None:
    box = Sandbox(workers=1)
    reading = await parse_feed(rss([2, 0, 1]), "", URL, NOW, box)
    assert [item.title for item in reading.items] == ["2", "0", "1"]
    assert (reading.dropped, reading.notes) == (0, ())
