"""What leaves at once and what waits, and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.samples import NOW, subject
from watcher.alerting.gather import Bucket, Why, bucket_of, hold
from watcher.alerting.instant import moments, next_moment
from watcher.model.alert import Channel, Destination, Digest, Grouping, Limit
from watcher.model.signal import Severity

MINUTE = timedelta(minutes=1)
PLAIN = Channel("desk", "slack")
GROUPING = Grouping(("signal", "severity"), MINUTE, 5 * MINUTE, 10 * MINUTE)
GROUPED = Destination("desk", "route 1", grouping=GROUPING)
STRAIGHT = Destination("desk", "route 1")
CRITICAL = subject(severity=Severity.CRITICAL)


def test_without_digest_group_or_limit_it_leaves_at_once() -> None:
    assert hold(PLAIN, STRAIGHT, subject(), Bucket(), (), NOW) is None


def test_a_digest_keeps_everything_until_its_next_time() -> None:
    morning = replace(PLAIN, digest=Digest((time(7), time(17)), "Europe/London"))
    for one in (subject(), CRITICAL):
        held = hold(morning, GROUPED, one, Bucket(), (), NOW)
        assert held is not None
        assert (held.why, held.due_at) == (Why.DIGEST, datetime(2026, 7, 12, 16, 0, tzinfo=UTC))


def test_a_group_waits_for_quiet_at_most_so_long_and_keeps_its_distance() -> None:
    first = hold(PLAIN, GROUPED, subject(), Bucket(), (), NOW)
    assert first is not None
    assert (first.why, first.due_at, first.bucket) == (
        Why.GROUP, NOW + MINUTE, "group signal=iraq-militia-crackdown severity=high",
    )  # fmt: skip
    later = hold(PLAIN, GROUPED, subject(), Bucket(first_at=NOW - 4.5 * MINUTE), (), NOW)
    assert later is not None and later.due_at == NOW + 0.5 * MINUTE
    spaced = hold(PLAIN, GROUPED, subject(), Bucket(left_at=NOW - 2 * MINUTE), (), NOW)
    assert spaced is not None and spaced.due_at == NOW + 8 * MINUTE
    assert bucket_of(PLAIN, GROUPED, subject(signal_id="other")) != first.bucket
    assert bucket_of(PLAIN, GROUPED, subject(publisher="other")) == first.bucket


def test_critical_alerts_wait_for_no_group_and_no_limit() -> None:
    full = replace(PLAIN, limit=Limit(1, MINUTE))
    assert hold(full, GROUPED, CRITICAL, Bucket(), (NOW,), NOW) is None


def test_what_is_over_the_limit_waits_until_there_is_room() -> None:
    limited = replace(PLAIN, limit=Limit(2, 10 * MINUTE))
    one, two = NOW - 9 * MINUTE, NOW - MINUTE
    assert hold(limited, STRAIGHT, subject(), Bucket(), (one,), NOW) is None
    assert hold(limited, STRAIGHT, subject(), Bucket(), (NOW - 10 * MINUTE, two), NOW) is None
    held = hold(limited, STRAIGHT, subject(), Bucket(), (one, two), NOW)
    assert held is not None
    assert (held.why, held.due_at) == (Why.LIMIT, NOW + MINUTE)


@given(st.integers(0, 600), st.none() | st.integers(0, 600), st.none() | st.integers(0, 3600))
def test_nothing_waits_longer_than_group_and_distance_allow(wait: int, first: int | None, left: int | None) -> None:
    grouping = replace(GROUPING, wait=timedelta(seconds=wait))
    bucket = Bucket(
        None if first is None else NOW - timedelta(seconds=first),
        None if left is None else NOW - timedelta(seconds=left),
    )
    held = hold(PLAIN, replace(GROUPED, grouping=grouping), subject(), bucket, (), NOW)
    if held is not None:
        assert NOW < held.due_at <= NOW + max(grouping.longest, grouping.wait, grouping.interval)


def test_times_of_day_over_a_change_of_clocks() -> None:
    # London: clocks go from 01:00 to 02:00 on 29 March 2026, and from 02:00 back to 01:00 on 25 October.
    skipped = next_moment([time(1, 30)], "Europe/London", datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert skipped == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    twice = moments(
        [time(1, 30)], "Europe/London", datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 12, tzinfo=UTC)
    )
    assert twice == [datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)),
    st.lists(st.times(), min_size=1, max_size=4),
    st.sampled_from(["UTC", "Europe/London", "America/New_York", "Asia/Tehran", "Australia/Lord_Howe", "Pacific/Apia"]),
)
def test_every_day_has_its_moments_in_order(after: datetime, times: list[time], zone: str) -> None:
    found = moments(times, zone, after, after + timedelta(days=5))
    assert found == sorted(set(found))
    assert all(after < moment <= after + timedelta(days=5) for moment in found)
    assert len(found) >= 4
    assert next_moment(times, zone, after) == found[0]
    plain = [one for one in found if one.astimezone(ZoneInfo(zone)).time().replace(microsecond=0) in
             {each.replace(microsecond=0) for each in times}]  # fmt: skip
    assert len(plain) >= len(found) - len(times)
