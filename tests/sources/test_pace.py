"""What publishers ask for: Cache-Control, ttl, skipHours, skipDays, updatePeriod."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.conftest import NOW
from watcher.sources.pace import LONGEST, feed_wish, max_age

SUNDAY_NOON = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("max-age=300", timedelta(minutes=5)),
        ("public, Max-Age = 60, must-revalidate", timedelta(minutes=1)),
        ('max-age="60"', timedelta(minutes=1)),
        ("max-age=315360000", LONGEST),
        ("max-age=99999999999999999999", LONGEST),
        ("max-age=0", None),
        ("s-maxage=900", None),
        ("no-cache, max-age=300", None),
        ("max-age=300, no-store", None),
        ("max-age=-5", None),
        ("", None),
        ("x" * 50_000 + "max-age=5", None),
    ],
)
def test_max_age(header: str, expected: timedelta | None) -> None:
    assert max_age(header) == expected


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("<ttl>60</ttl>", HOUR),
        ("<TTL> 5 </TTL>", timedelta(minutes=5)),
        ("<ttl>999999</ttl>", LONGEST),
        ("<ttl>soon</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", HOUR),
        ("<sy:updatePeriod> daily </sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 6 * HOUR),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", 24 * HOUR),
        ("<skipHours><hour>12</hour><hour>13</hour></skipHours>", 1.5 * HOUR),
        ("<skipHours><hour>13</hour></skipHours>", None),
        ("<skipDays><day>Sunday</day></skipDays>", 11.5 * HOUR),
        ("<skipDays><day>Monday</day></skipDays>", None),
        ("<skipDays><day>Someday</day></skipDays>", None),
        ("<skipHours><hour>12</hour></skipHours><ttl>600</ttl>", 10 * HOUR),
        ("", None),
    ],
)
def test_what_a_feed_says_of_itself(head: str, expected: timedelta | None) -> None:
    body = f"<rss><channel><title>x</title>{head}<item><ttl>9999</ttl></item></channel></rss>".encode()
    assert feed_wish(body, SUNDAY_NOON) == expected


def test_a_feed_that_skips_everything_asks_for_nothing() -> None:
    days = "".join(f"<day>{day}</day>" for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
    assert feed_wish(f"<rss><skipDays>{days}</skipDays></rss>".encode(), NOW) is None


@given(st.binary(max_size=300), st.sampled_from([b"<ttl>", b"<skipHours><hour>", b"<skipDays><day>", b""]))
def test_no_bytes_ask_for_more_than_a_week(noise: bytes, start: bytes) -> None:
    wish = feed_wish(start + noise, NOW)
    assert wish is None or timedelta(0) < wish <= LONGEST


@given(st.text(max_size=200))
def test_no_header_asks_for_more_than_a_week(header: str) -> None:
    wish = max_age(header)
    assert wish is None or timedelta(0) < wish <= LONGEST
