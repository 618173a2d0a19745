"""How old a delivery is, what it then says, and when it is given up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.delivery.samples import NOW, delivery
from watcher.delivery.age import LATE, as_told, expired
from watcher.delivery.moments import age, stretch, told_at

HOUR = timedelta(hours=1)
SPANS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40))


@pytest.mark.parametrize(
    ("span", "words"),
    [(timedelta(0), "0 minutes"), (HOUR / 60, "1 minute"), (1.99 * HOUR, "119 minutes"), (26 * HOUR, "26 hours"),
     (48 * HOUR, "2 days"), (-HOUR, "0 minutes")],
)  # fmt: skip
def test_age_in_words(span: timedelta, words: str) -> None:
    assert age(span) == words


@given(SPANS)
def test_late_is_said_from_an_hour_on(old: timedelta) -> None:
    told = as_told(delivery(), NOW + old)
    assert bool(told.message.late) is (old >= LATE)
    assert delivery().message.late == ""


@given(SPANS, st.none() | SPANS, st.none() | SPANS)
def test_the_routes_rule_goes_before_the_channels(
    old: timedelta, route: timedelta | None, channel: timedelta | None
) -> None:
    sent = delivery(expires_at=NOW + route if route is not None else None)
    rule = route if route is not None else channel
    assert bool(expired(sent, channel, NOW + old)) is (rule is not None and old >= rule)


def test_why_it_expired() -> None:
    assert expired(delivery(), 12 * HOUR, NOW + 26 * HOUR) == (
        "26 hours old when its turn came; it was to be told within 12 hours"
    )


@pytest.mark.parametrize(
    ("written", "zone", "shown"),
    [
        ("2026-11-20T10:00:00Z", "UTC", "Fri 20 Nov 2026, 10:00 UTC"),
        ("2026-07-01T23:30:00Z", "Asia/Tehran", "Thu 2 Jul 2026, 03:00 UTC+0330 (Wed 23:30 UTC)"),
        ("2026-07-01T12:00:00Z", "Europe/London", "Wed 1 Jul 2026, 13:00 BST (12:00 UTC)"),
        ("2026-07-01T12:00:00Z", "No/Where", "Wed 1 Jul 2026, 12:00 UTC"),
        ("yesterday\r\n", "UTC", "yesterday"),
        ("2026-07-01T12:00:00", "UTC", "2026-07-01T12:00:00"),
        ("0001-01-01T00:00:00+23:00", "UTC", "0001-01-01T00:00:00+23:00"),
    ],
)
def test_moments(written: str, zone: str, shown: str) -> None:
    assert told_at(written, zone) == shown


def test_a_stretch_over_a_change_of_clocks_names_both() -> None:
    shown = stretch("2026-10-24T16:00:00Z", "2026-10-25T07:00:00Z", "Europe/London")
    assert shown == "Sat 24 Oct, 17:00 BST to Sun 25 Oct 2026, 07:00 GMT (16:00 to 07:00 UTC)"
    assert stretch("soon", "2026-10-25T07:00:00Z") == ""


@given(st.text(max_size=50), st.text(max_size=20))
def test_any_text_for_a_moment_is_shown(written: str, zone: str) -> None:
    assert len(told_at(written, zone)) <= 60
    assert stretch(written, written, zone) == "" or written
