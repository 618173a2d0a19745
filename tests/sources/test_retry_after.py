"""The Retry-After header, held within bounds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.conftest import NOW
from watcher.sources.retry_after import parse_retry_after

LEAST, MOST = timedelta(minutes=1), timedelta(hours=24)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 120 ", timedelta(minutes=2)),
        ("0", LEAST),
        ("999999", MOST),
        ("9" * 400, MOST),
        ("Sun, 01 Mar 2026 13:00:00 GMT", timedelta(hours=1)),
        ("Sun, 01 Mar 2026 11:00:00 GMT", LEAST),
        ("Fri, 31 Dec 9999 23:59:59 GMT", MOST),
        ("Sunday, 01-Mar-26 13:00:00 GMT", timedelta(hours=1)),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
    ],
)
def test_seconds_and_dates(value: str, wait: timedelta | None) -> None:
    assert parse_retry_after(value, NOW, LEAST, MOST) == wait


@given(st.text(max_size=60))
def test_anything_is_within_the_bounds_or_nothing(value: str) -> None:
    found = parse_retry_after(value, NOW, LEAST, MOST)
    assert found is None or LEAST <= found <= MOST
