from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.samples import subject
from watcher.alerting.quiet import quiet_by, quiet_until
from watcher.model.alert import Matcher, QuietHours

LONDON = "Europe/London"


def hours(start: str, end: str, zone: str = LONDON, days: str = "0123456", name: str = "night") -> QuietHours:
    return QuietHours(
        name, time.fromisoformat(start), time.fromisoformat(end), zone, frozenset(int(day) for day in days)
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        # London is an hour ahead of UTC in July; 2026-07-12 is a Sunday.
        (hours("22:00", "07:00"), "2026-07-12 20:59:59", None),
        (hours("22:00", "07:00"), "2026-07-12 21:00", "2026-07-13 06:00"),
        (hours("22:00", "07:00"), "2026-07-13 05:59:59", "2026-07-13 06:00"),
        (hours("22:00", "07:00"), "2026-07-13 06:00", None),
        (hours("12:00", "13:30"), "2026-07-12 11:15", "2026-07-12 12:30"),
        (hours("12:00", "13:30"), "2026-07-12 12:30", None),
        # Days are those on which it starts: Saturday's night holds on Sunday morning, Sunday's own does not come.
        (hours("22:00", "07:00", days="5"), "2026-07-12 04:00", "2026-07-12 06:00"),
        (hours("22:00", "07:00", days="5"), "2026-07-12 22:00", None),
        (hours("22:00", "07:00", days="6"), "2026-07-12 04:00", None),
        # Equal times are a whole day.
        (hours("00:00", "00:00", days="56"), "2026-07-12 12:00", "2026-07-12 23:00"),
        (hours("00:00", "00:00", days="56"), "2026-07-12 23:00", None),
        (hours("09:00", "09:00", days="5"), "2026-07-12 07:59", "2026-07-12 08:00"),
        (hours("22:00", "07:00", zone="Asia/Kathmandu"), "2026-07-12 16:15", "2026-07-13 01:15"),
        # In winter the same rule is an hour later in UTC.
        (hours("22:00", "07:00"), "2026-01-12 21:30", None),
        (hours("22:00", "07:00"), "2026-01-12 22:00", "2026-01-13 07:00"),
        # 29 March 2026: the clocks jump from 01:00 to 02:00 (01:00 UTC), so the night is an hour shorter.
        (hours("22:00", "07:00"), "2026-03-29 05:59", "2026-03-29 06:00"),
        # An end that the clocks jump over comes with the jump; a quiet time inside the jump does not come at all.
        (hours("00:15", "01:30"), "2026-03-29 00:59", "2026-03-29 01:00"),
        (hours("00:15", "01:30"), "2026-03-29 01:00", None),
        (hours("01:15", "01:45"), "2026-03-29 01:00", None),
        (hours("01:15", "03:00"), "2026-03-29 01:00", "2026-03-29 02:00"),
        # 25 October 2026: 01:00 to 02:00 comes twice (00:00 and 01:00 UTC). What ended does not begin again.
        (hours("23:00", "01:30"), "2026-10-25 00:29", "2026-10-25 00:30"),
        (hours("23:00", "01:30"), "2026-10-25 01:15", None),
        (hours("01:30", "04:00"), "2026-10-25 00:30", "2026-10-25 04:00"),
        (hours("01:30", "04:00"), "2026-10-25 01:15", "2026-10-25 04:00"),
        # Samoa left out 30 December 2011 altogether.
        (hours("08:00", "20:00", zone="Pacific/Apia"), "2011-12-30 09:59", None),
        (hours("22:00", "07:00", zone="Pacific/Apia"), "2011-12-30 09:00", "2011-12-30 10:00"),
    ],
)
def test_quiet_by_the_clock_on_the_wall(quiet: QuietHours, now: str, until: str | None) -> None:
    assert quiet_until(quiet, at(now)) == (at(until) if until else None)


ZONES = st.sampled_from([LONDON, "America/New_York", "Australia/Lord_Howe", "Asia/Tehran", "UTC"])
TIMES = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
# Days around the changes of the clocks, and any others.
DATES = st.one_of(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.sampled_from([date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 10, 4), date(2026, 10, 25)]),
)


@given(TIMES, TIMES, ZONES, st.sets(st.integers(0, 6)), DATES, st.integers(0, 1439))
def test_the_end_is_when_it_ends(start: time, end: time, zone: str, days: set[int], day: date, minute: int) -> None:
    quiet = QuietHours("night", start, end, zone, frozenset(days))
    now = datetime.combine(day, time(), UTC) + timedelta(minutes=minute)
    until = quiet_until(quiet, now)
    if until is None:
        return
    assert now < until <= now + timedelta(hours=26)
    assert quiet_until(quiet, until - timedelta(seconds=1)) is not None
    # Whatever holds right after the end began right then, on a day of its own.
    after = quiet_until(quiet, until)
    assert after is None or start == end


@given(TIMES, TIMES, ZONES, DATES)
def test_quiet_comes_in_one_piece_whatever_the_clocks_do(start: time, end: time, zone: str, day: date) -> None:
    """From one noon to the next it begins and ends once: an hour that comes twice does not bring it twice."""
    quiet = QuietHours("night", start, end, zone)
    noon, next_noon = (
        datetime.combine(one, time(12), ZoneInfo(zone)).astimezone(UTC) for one in (day, day + timedelta(days=1))
    )
    steps = int((next_noon - noon) / timedelta(minutes=15))
    held = [quiet_until(quiet, noon + timedelta(minutes=15 * step)) is not None for step in range(steps)]
    assert sum(one is not other for one, other in pairwise(held)) <= 2


@given(TIMES, TIMES, DATES, st.integers(0, 1439), st.sets(st.integers(0, 6)))
def test_without_clock_changes_it_is_plain_arithmetic(
    start: time, end: time, day: date, minute: int, days: set[int]
) -> None:
    now = datetime.combine(day, time(), UTC) + timedelta(minutes=minute)
    clock, today, yesterday = now.time(), day.weekday() in days, (day.weekday() - 1) % 7 in days
    expected = (
        (today and start <= clock < end) if start < end else ((today and clock >= start) or (yesterday and clock < end))
    )
    assert (quiet_until(QuietHours("night", start, end, "UTC", frozenset(days)), now) is not None) is expected


def test_matchers_and_several_quiet_hours() -> None:
    now = at("2026-07-12 22:00")
    long, short = hours("20:00", "09:00", name="long"), hours("20:00", "07:00", name="short")
    other = QuietHours("other", time(20), time(10), LONDON, matchers=(Matcher("signal", "nato-*"),))
    assert quiet_by([short, long, other], subject(), now) == (long, at("2026-07-13 08:00"))
    assert quiet_by([other], subject(), now) is None
    assert quiet_by([other], subject(signal_id="nato-deals"), now) == (other, at("2026-07-13 09:00"))
    assert quiet_by([], subject(), now) is None
