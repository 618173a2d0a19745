"""When a silence recurs, as people write it."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.samples import NOW, silence, subject
from watcher.alerting.recurrence import RecurrenceError, parse_recurrence, written
from watcher.alerting.silence import silenced_by
from watcher.model.alert import Matcher, QuietHours

EVERY_DAY = frozenset(range(7))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22:00-06:00", QuietHours("", time(22), time(6), "UTC", EVERY_DAY)),
        ("mon-fri 09:00 - 12:30", QuietHours("", time(9), time(12, 30), "UTC", frozenset(range(5)))),
        ("Sat,Sun 0:00-0:00", QuietHours("", time(), time(), "UTC", frozenset([5, 6]))),
        ("fri-mon 01:00-02:00", QuietHours("", time(1), time(2), "UTC", frozenset([4, 5, 6, 0]))),
    ],
)
def test_as_people_write_it(text: str, expected: QuietHours) -> None:
    assert parse_recurrence(text, "UTC") == expected


@pytest.mark.parametrize(
    ("text", "zone", "message"),
    [
        ("at night", "UTC", "is no recurrence: write 22:00-06:00"),
        ("25:00-26:00", "UTC", "hours go from 00:00 to 23:59"),
        ("mo-fr 09:00-10:00", "UTC", "'mo-fr': days are mon"),
        ("09:00-10:00", "London", "no time zone 'London'"),
        ("09:00-10:00", "../../etc/passwd", "no time zone"),
    ],
)
def test_what_cannot_be_read_says_what_to_write(text: str, zone: str, message: str) -> None:
    with pytest.raises(RecurrenceError, match=message):
        parse_recurrence(text, zone)


@given(st.text(max_size=80), st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str, zone: str) -> None:
    try:
        parse_recurrence(text, zone)
    except RecurrenceError as error:
        assert str(error).isprintable()


@given(st.times(), st.times(), st.sets(st.integers(0, 6), min_size=1))
def test_what_is_written_is_read_the_same(start: time, end: time, days: set[int]) -> None:
    whole = [each.replace(second=0, microsecond=0) for each in (start, end)]
    recurs = QuietHours("", whole[0], whole[1], "Europe/London", frozenset(days))
    hours, _, zone = written(recurs).rpartition(" ")
    assert parse_recurrence(hours, zone) == recurs


def test_a_silence_mutes_only_at_its_hours() -> None:
    lunch = silence(Matcher("signal", "*"), recurs=parse_recurrence("sun 12:00-14:00", "Europe/London"))
    assert silenced_by([lunch], subject(), NOW - timedelta(minutes=30)) is lunch  # Sunday 12:30 in London
    assert silenced_by([lunch], subject(), NOW + timedelta(hours=1)) is None
