"""Dates as feeds write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.conftest import NOW
from watcher.sources.dates import parse_date, parse_epoch


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("Sun, 01 Mar 2026 08:00:00 GMT", "2026-03-01T08:00:00"),
        ("Sun, 01 Mar 2026 08:00:00 +0300", "2026-03-01T05:00:00"),
        ("Sun,01 Mar 2026 08:00:00 +03:30", "2026-03-01T04:30:00"),
        ("01 Mar 2026 08:00 EST", "2026-03-01T13:00:00"),
        ("Sun, 1 Mar 26 08:00:00 Z", "2026-03-01T08:00:00"),
        ("Sun, 01 Mar 2026 08:00:00 CEST", "2026-03-01T06:00:00"),
        ("Sun, 01 Mar 2026 08:00:00 GMT+0200", "2026-03-01T06:00:00"),
        ("Sun, 01 Mar 2026 08:00:00 +0000 (UTC)", "2026-03-01T08:00:00"),
        ("Sunday, 1 March 2026 08:00:00 GMT", "2026-03-01T08:00:00"),
        ("So, 1. März 2026 08:00:00 +0100", "2026-03-01T07:00:00"),
        ("dim., 01 févr. 2026 08:00:00 +0100", "2026-02-01T07:00:00"),
        ("1 enero 2026 08:00:00 +0100", "2026-01-01T07:00:00"),
        ("01-Mar-2026 08:00:00", "2026-03-01T08:00:00"),
        ("  Sun, 01  Mar 2026\n08:00:00 GMT ", "2026-03-01T08:00:00"),
        ("Mar 1, 2026 08:00:00 GMT", "2026-03-01T08:00:00"),
        ("2026-03-01T08:00:00Z", "2026-03-01T08:00:00"),
        ("2026-03-01T08:00:00.123456789+01:00", "2026-03-01T07:00:00"),
        ("2026-03-01T08:00:00+0100", "2026-03-01T07:00:00"),
        ("2026-03-01T08:00+01", "2026-03-01T07:00:00"),
        ("2026-03-01 08:00:00 UTC", "2026-03-01T08:00:00"),
        ("2026-03-01 08:00", "2026-03-01T08:00:00"),
        ("20260301T080000Z", "2026-03-01T08:00:00"),
        ("2026-03-01", "2026-03-01T00:00:00"),
        ("2026-02-28T24:00:00Z", "2026-03-01T00:00:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00"),
    ],
)
def test_dates_are_read_as_utc(raw: str, moment: str) -> None:
    assert parse_date(raw, NOW) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    ["", "yesterday", "01/03/2026", "03/01/2026 08:00", "1.3.2026", "Sun, 01 Mar 2026 08:00:00 IST",
     "Sun, 01 Mar 2026 08:00:00 AST", "Sun, 01 Mar 2026 08:00:00 XYZ", "Sun, 31 Feb 2026 08:00:00 GMT",
     "2026-13-01", "2026-03-01T25:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT", "1989-12-31T23:59:59Z",
     "Fri, 31 Dec 9999 23:59:59 GMT", "2026-03-02T12:00:01Z", "0000-00-00", "1772352000", "2026-03-01T08:00:00+99:00",
     "9" * 10_000, "Sun, 01 Foo 2026 08:00:00 GMT"],
)  # fmt: skip
def test_what_is_unknown_ambiguous_or_impossible_is_none(raw: str) -> None:
    assert parse_date(raw, NOW) is None


def test_a_little_ahead_of_our_clock_is_believed() -> None:
    assert parse_date("2026-03-02T12:00:00Z", NOW) == NOW + timedelta(days=1)


DATE_LIKE = r"\d{1,4}[-/. ]\w{1,9}[-/. ]\d{1,4}[T ]\d{1,3}:\d\d(:\d\d)?( ?[A-Z+-]\w{1,5})?"
moments = st.datetimes(datetime(1990, 1, 2), datetime(2026, 3, 1)).map(lambda moment: moment.replace(microsecond=0))
zones = st.integers(-14 * 4, 14 * 4).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


@given(moments, zones)
def test_every_date_survives_both_standards(moment: datetime, zone: timezone) -> None:
    aware = moment.replace(tzinfo=UTC).astimezone(zone)
    assert parse_date(aware.isoformat(), NOW) == aware
    assert parse_date(format_datetime(aware), NOW) == aware


@given(st.text(max_size=60) | st.from_regex(DATE_LIKE))
def test_any_text_is_a_bounded_date_or_none(raw: str) -> None:
    found = parse_date(raw, NOW)
    assert found is None or (found.tzinfo is UTC and 1990 <= found.year <= 2026)


@given(st.floats() | st.integers())
def test_any_number_is_a_bounded_date_or_none(number: float) -> None:
    found = parse_epoch(number, NOW)
    assert found is None or found <= NOW + timedelta(days=1)


def test_seconds_and_milliseconds_mean_the_same() -> None:
    assert parse_epoch(NOW.timestamp(), NOW) == parse_epoch(NOW.timestamp() * 1000, NOW) == NOW
