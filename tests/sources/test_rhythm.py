"""When a source is polled next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.conftest import NOW
from watcher.model.document import Health, Outcome, Poll, Source, SourceState
from watcher.sources.rhythm import MAX_BACKOFF, after_poll, first_due

SOURCE = Source("s", "feed", "https://news.example/rss", "news.example", every=timedelta(minutes=5))
STATE = SourceState("s", NOW, etag="old", last_modified="old", body_hash="old", health=Health.HEALTHY)
GOOD = Poll(Outcome.CHANGED, etag="e", last_modified="m", body_hash="h")
BAD = Poll(Outcome.FAILED, error="timeout: no complete answer within 30 s", health=Health.FAILING)


def pause(source: Source, state: SourceState, poll: Poll, jitter: float = 0.5) -> timedelta:
    return after_poll(source, state, poll, NOW, jitter).next_due_at - NOW


def test_success_keeps_what_the_poll_brought() -> None:
    state = after_poll(SOURCE, replace(STATE, failures=3, reason="x", polls=7, documents=5), GOOD, NOW, 0.5, new=2)
    assert (state.etag, state.last_modified, state.body_hash) == ("e", "m", "h")
    assert (state.failures, state.reason, state.health) == (0, "", Health.HEALTHY)
    assert (state.last_polled_at, state.last_success_at, state.last_new_at) == (NOW, NOW, NOW)
    assert (state.polls, state.documents) == (8, 7)
    assert state.next_due_at == NOW + timedelta(minutes=5)


def test_validators_that_the_poll_did_not_keep_are_forgotten() -> None:
    state = after_poll(SOURCE, STATE, Poll(Outcome.CHANGED, notes=("the feed ends early",)), NOW, 0.5)
    assert (state.etag, state.last_modified, state.body_hash) == (None, None, None)
    assert state.reason == "the feed ends early"


def test_failure_keeps_what_was_known() -> None:
    state = after_poll(SOURCE, replace(STATE, moved_to="https://n.example/"), BAD, NOW, 0.5)
    assert (state.etag, state.body_hash, state.moved_to) == ("old", "old", "https://n.example/")
    assert (state.failures, state.health, state.reason) == (1, Health.FAILING, BAD.error)
    assert (state.last_polled_at, state.last_success_at) == (NOW, None)


def test_failures_in_a_row_double_the_pause_up_to_six_hours() -> None:
    minutes = [pause(SOURCE, replace(STATE, failures=n), BAD) / timedelta(minutes=1) for n in range(9)]
    assert minutes == [5, 10, 20, 40, 80, 160, 320, 360, 360]


def test_a_source_that_is_gone_is_asked_seldom_at_once() -> None:
    assert pause(SOURCE, STATE, replace(BAD, health=Health.GONE)) == MAX_BACKOFF


def test_a_source_polled_once_a_day_keeps_to_it() -> None:
    daily = replace(SOURCE, every=timedelta(days=1))
    assert pause(daily, replace(STATE, failures=9), BAD) == timedelta(days=1)


@pytest.mark.parametrize("poll", [BAD, GOOD])
def test_what_the_server_asked_for_is_kept(poll: Poll) -> None:
    assert pause(SOURCE, STATE, replace(poll, retry_after=timedelta(hours=9))) == timedelta(hours=9)
    assert pause(SOURCE, STATE, replace(poll, retry_after=timedelta(minutes=1))) == timedelta(minutes=5)


def test_a_quiet_source_is_asked_less_often_if_it_may() -> None:
    source = replace(SOURCE, every_max=timedelta(hours=1))
    assert pause(source, STATE, GOOD) == timedelta(minutes=5)
    for quiet, expected in ((timedelta(minutes=10), 5), (timedelta(hours=5), 30), (timedelta(days=9), 60)):
        assert pause(source, replace(STATE, last_new_at=NOW - quiet), GOOD) == timedelta(minutes=expected)
    assert after_poll(
        source, replace(STATE, last_new_at=NOW - timedelta(days=9)), GOOD, NOW, 0.5, new=1
    ).next_due_at == (NOW + timedelta(minutes=5))


def test_the_first_polls_are_spread_within_a_minute() -> None:
    dues = [first_due(replace(SOURCE, id=f"source-{number}"), NOW) - NOW for number in range(200)]
    assert all(timedelta(0) <= due < timedelta(seconds=60) for due in dues)
    assert len({due // timedelta(seconds=10) for due in dues}) == 6
    assert first_due(SOURCE, NOW) == first_due(SOURCE, NOW)


def test_a_fast_source_is_due_at_once() -> None:
    assert first_due(replace(SOURCE, every=timedelta(seconds=60)), NOW) == NOW


durations = st.timedeltas(timedelta(seconds=1), timedelta(days=30))
polls = st.sampled_from([GOOD, BAD, replace(BAD, health=Health.GONE), replace(BAD, health=Health.BLOCKED)])


@given(durations, st.integers(0, 10**6), polls, st.floats(0, 1, exclude_max=True))
def test_the_next_poll_is_neither_early_nor_given_up(
    every: timedelta, failures: int, poll: Poll, jitter: float
) -> None:
    source = replace(SOURCE, every=every)
    wait = pause(source, replace(STATE, failures=failures), poll, jitter)
    assert every * 0.949 <= wait <= max(MAX_BACKOFF, every * 1.051)


@given(st.text(min_size=1), durations)
def test_the_first_poll_is_soon(source_id: str, every: timedelta) -> None:
    assert timedelta(0) <= first_due(replace(SOURCE, id=source_id, every=every), NOW) - NOW <= timedelta(minutes=1)
