"""When a source is polled next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.conftest import NOW
from watcher.model.document import Health, Item, Outcome, Poll, Source, SourceState
from watcher.sources.rhythm import FIRST_WITHIN, HASTE, MAX_BACKOFF, after_poll, first_due

MINUTE = timedelta(minutes=1)
SOURCE = Source("s", "feed", "https://news.example/rss", "news.example", every=5 * MINUTE)
STATE = SourceState(
    "s", NOW, etag="old", last_modified="old", body_hash="old", health=Health.HEALTHY, leaning=Health.HEALTHY,
    told_health=Health.HEALTHY, url=SOURCE.url, documents=40, last_new_at=NOW - MINUTE,
)  # fmt: skip
GOOD = Poll(Outcome.CHANGED, etag="e", last_modified="m", body_hash="h")
BAD = Poll(Outcome.FAILED, error="timeout: no complete answer within 30 s", health=Health.FAILING, failure="timeout")


def items(*hours_ago: float) -> tuple[Item, ...]:
    return tuple(Item(str(ago), "", str(ago), "", NOW - timedelta(hours=ago)) for ago in hours_ago)


def pause(source: Source, state: SourceState, poll: Poll, jitter: float = 0.5) -> timedelta:
    return after_poll(source, state, poll, NOW, jitter).next_due_at - NOW


def planned(source: Source, state: SourceState, poll: Poll, new: int = 0, known: int = 1) -> timedelta:
    """The pause before it is moved towards the source's own place."""
    return timedelta(seconds=after_poll(source, state, poll, NOW, 0.5, new, known=known).pause_s or 0.0)


def test_success_keeps_what_the_poll_brought() -> None:
    state = after_poll(SOURCE, replace(STATE, failures=3, reason="x", polls=7, documents=5), GOOD, NOW, 0.5, 2)
    assert (state.etag, state.last_modified, state.body_hash) == ("e", "m", "h")
    assert (state.failures, state.reason, state.health) == (0, "", Health.HEALTHY)
    assert (state.last_polled_at, state.last_success_at, state.last_new_at) == (NOW, NOW, NOW)
    assert (state.polls, state.documents) == (8, 7)
    assert 0.949 * 5 * MINUTE <= state.next_due_at - NOW <= 1.051 * 5 * MINUTE


def test_validators_that_the_poll_did_not_keep_are_forgotten() -> None:
    state = after_poll(SOURCE, STATE, Poll(Outcome.CHANGED, notes=("the feed ends early",)), NOW, 0.5)
    assert (state.etag, state.last_modified, state.body_hash) == (None, None, None)
    assert state.reason == "the feed ends early"


def test_failure_keeps_what_was_known() -> None:
    state = after_poll(SOURCE, replace(STATE, moved_to="https://n.example/"), BAD, NOW, 0.5)
    assert (state.etag, state.body_hash) == ("old", "old")
    assert (state.failures, state.failure, state.reason) == (1, "timeout", BAD.error)
    assert state.health is Health.HEALTHY, "one bad poll is no change"
    assert state.moved_to is None, "the configured address is asked again"
    assert (state.last_polled_at, state.last_success_at) == (NOW, None)


def test_failures_in_a_row_double_the_pause_up_to_six_hours() -> None:
    minutes = [pause(SOURCE, replace(STATE, failures=n), BAD) / timedelta(minutes=1) for n in range(9)]
    assert minutes == [5, 10, 20, 40, 80, 160, 320, 360, 360]


def test_a_source_that_is_gone_is_asked_seldom() -> None:
    gone = replace(BAD, health=Health.GONE)
    first = after_poll(SOURCE, STATE, gone, NOW, 0.5)
    assert first.next_due_at - NOW == 5 * MINUTE, "one 410 may be a mistake"
    assert pause(SOURCE, first, gone) == MAX_BACKOFF


def test_a_source_polled_once_a_day_keeps_to_it() -> None:
    daily = replace(SOURCE, every=timedelta(days=1))
    assert pause(daily, replace(STATE, failures=9), BAD) == timedelta(days=1)


@pytest.mark.parametrize("poll", [BAD, GOOD])
def test_what_the_server_asked_for_is_kept(poll: Poll) -> None:
    assert pause(SOURCE, STATE, replace(poll, retry_after=timedelta(hours=9))) == timedelta(hours=9)
    assert 4.7 * MINUTE < pause(SOURCE, STATE, replace(poll, retry_after=MINUTE)) < 5.3 * MINUTE


PATIENT = replace(SOURCE, every_max=timedelta(hours=1))


@pytest.mark.parametrize(("rhythm", "expected"), [(None, 5), (60, 5), (1_200, 10), (3_600, 30), (86_400, 60)])
def test_a_source_is_asked_about_twice_in_its_own_rhythm(rhythm: float | None, expected: int) -> None:
    assert planned(PATIENT, replace(STATE, rhythm_s=rhythm), GOOD) == expected * MINUTE
    assert planned(SOURCE, replace(STATE, rhythm_s=rhythm), GOOD) == 5 * MINUTE, "without every_max it keeps every"


def test_a_quiet_source_is_asked_less_often_until_it_speaks() -> None:
    for quiet, expected in ((10 * MINUTE, 5), (timedelta(hours=5), 30), (timedelta(days=2), 60)):
        assert planned(PATIENT, replace(STATE, last_new_at=NOW - quiet), GOOD) == expected * MINUTE
    spoke = replace(STATE, last_new_at=NOW - timedelta(hours=5), rhythm_s=600.0)
    assert planned(PATIENT, replace(spoke, last_new_at=NOW), GOOD, new=0) == 5 * MINUTE


def test_the_rhythm_is_learnt_from_what_comes() -> None:
    first = after_poll(SOURCE, SourceState("s", NOW), replace(GOOD, items=items(1, 3, 5, 30)), NOW, 0.5, 4, known=0)
    assert first.rhythm_s == 7200.0, "at first from the dates"
    assert first.windows_missed == 0, "a first poll misses nothing"
    later = after_poll(SOURCE, replace(first, last_new_at=NOW - timedelta(hours=1)), GOOD, NOW, 0.5, 2, known=3)
    assert later.rhythm_s == pytest.approx(7200 + 0.3 * (1800 - 7200))
    assert after_poll(SOURCE, later, GOOD, NOW, 0.5, 0, known=5).rhythm_s == later.rhythm_s


@pytest.mark.parametrize(("wish", "expected"), [(1, 5), (30, 30), (60 * 24, 60)])
def test_a_publishers_wish_counts_between_every_and_every_max(wish: int, expected: int) -> None:
    assert planned(PATIENT, STATE, replace(GOOD, wish=wish * MINUTE)) == expected * MINUTE
    assert planned(SOURCE, STATE, replace(GOOD, wish=wish * MINUTE)) == 5 * MINUTE


def test_a_window_that_turned_over_is_recorded_and_the_source_polled_more_often() -> None:
    state = replace(STATE, last_new_at=NOW - timedelta(hours=3))
    news = replace(GOOD, items=items(0.5, 1))
    state = after_poll(SOURCE, state, news, NOW, 0.5, 2, known=0)
    assert (state.windows_missed, state.hurry) == (1, 1)
    assert (state.missed_from, state.missed_until) == (NOW - timedelta(hours=3), NOW - timedelta(hours=1))
    assert state.pause_s == 150.0
    for _ in range(9):
        state = after_poll(SOURCE, state, news, NOW, 0.5, 2, known=0)
    assert state.pause_s == HASTE.total_seconds()
    assert state.windows_missed == 10
    hurries = []
    for _ in range(6):
        state = after_poll(SOURCE, state, news, NOW, 0.5, 1, known=1)
        hurries.append(state.hurry)
    assert hurries == [4, 3, 2, 1, 0, 0], "step by step once much of it is known"
    assert (state.pause_s, state.windows_missed) == (300.0, 10)


def test_little_overlap_keeps_the_haste() -> None:
    news = replace(GOOD, items=items(0.5, 1))
    hasty = replace(STATE, hurry=2)
    assert after_poll(SOURCE, hasty, news, NOW, 0.5, 9, known=1).hurry == 2
    assert after_poll(SOURCE, hasty, Poll(Outcome.UNCHANGED), NOW, 0.5).hurry == 1


@pytest.mark.parametrize(
    ("state", "poll", "new", "known"),
    [
        (replace(STATE, documents=0), GOOD, 5, 0),
        (replace(STATE, url="https://other.example/"), GOOD, 5, 0),
        (STATE, GOOD, 5, 1),
        (STATE, GOOD, 1, 0),
        (STATE, GOOD, 5, None),
        (STATE, replace(GOOD, cursor="9"), 5, 0),
        (replace(STATE, cursor="8"), GOOD, 5, 0),
        (STATE, replace(GOOD, items=(Item("g", "", "t", "", guid_only=True),)), 2, 0),
    ],
    ids=["first", "reconfigured", "overlap", "one", "uncounted", "reads on", "read on", "a page that changes"],
)
def test_what_is_no_missed_window(state: SourceState, poll: Poll, new: int, known: int | None) -> None:
    assert after_poll(SOURCE, state, poll, NOW, 0.5, new, known=known).windows_missed == 0


def test_our_own_outage_is_held_against_nobody() -> None:
    state = replace(STATE, failures=1, moved_to="https://n.example/", leaning=Health.FAILING, leaning_polls=2)
    after = after_poll(SOURCE, state, replace(BAD, ours=True), NOW, 0.5)
    assert (after.failures, after.health, after.leaning_polls) == (1, Health.HEALTHY, 2)
    assert (after.moved_to, after.next_due_at - NOW) == ("https://n.example/", 5 * MINUTE)
    assert after.reason.startswith("not counted, most hosts fail at once: timeout")


def test_first_polls_are_spread_over_the_interval() -> None:
    sources = [replace(SOURCE, id=f"source-{number}") for number in range(200)]
    dues = [first_due(source, NOW) - NOW for source in sources]
    assert len({due // (30 * timedelta(seconds=1)) for due in dues}) == 10
    assert dues == [first_due(source, NOW) - NOW for source in sources]
    assert all(first_due(source, NOW, crowd=30) - NOW < timedelta(seconds=1) for source in sources), "few need not wait"
    assert first_due(sources[0], NOW, crowd=20) == NOW


def test_sources_that_fell_due_together_drift_to_their_own_places() -> None:
    dues = {f"source-{number}": NOW for number in range(100)}
    for _ in range(12):
        for name, now in dues.items():
            source = replace(SOURCE, id=name)
            dues[name] = after_poll(source, replace(STATE, last_polled_at=now), GOOD, now, 0.5).next_due_at
    start = min(dues.values())
    crowded = [sum((due - start) // (30 * timedelta(seconds=1)) == slot for due in dues.values()) for slot in range(10)]
    assert max(crowded) < 25, crowded


durations = st.timedeltas(timedelta(seconds=1), timedelta(days=30))
polls = st.sampled_from([GOOD, BAD, replace(BAD, health=Health.GONE), replace(BAD, health=Health.BLOCKED)])


@given(durations, st.integers(0, 10**6), polls, st.floats(0, 1, exclude_max=True))
def test_the_next_poll_is_neither_early_nor_given_up(
    every: timedelta, failures: int, poll: Poll, jitter: float
) -> None:
    source = replace(SOURCE, every=every)
    wait = pause(source, replace(STATE, failures=failures), poll, jitter)
    assert every * 0.949 <= wait <= max(MAX_BACKOFF, every * 1.051)


@given(st.text(min_size=1), durations, st.integers(1, 50_000))
def test_the_first_poll_is_within_the_interval(source_id: str, every: timedelta, crowd: int) -> None:
    wait = first_due(replace(SOURCE, id=source_id, every=every), NOW, crowd) - NOW
    assert timedelta(0) <= wait <= min(every, FIRST_WITHIN)


polled = st.tuples(
    st.sampled_from([GOOD, BAD, Poll(Outcome.UNCHANGED), replace(GOOD, wish=timedelta(days=400))]),
    st.integers(0, 500),
    st.integers(0, 500),
)


@given(durations, st.none() | durations, st.lists(polled, max_size=30), st.floats(0, 1, exclude_max=True))
def test_no_history_leads_out_of_bounds(
    every: timedelta, more: timedelta | None, history: list[tuple[Poll, int, int]], jitter: float
) -> None:
    source = replace(SOURCE, every=every, every_max=every + more if more else None)
    state, now = SourceState("s", NOW), NOW
    least = min(HASTE, every) * 0.949
    most = max(MAX_BACKOFF, every, source.every_max or every) * 1.051
    for poll, new, known in history:
        state = after_poll(source, state, poll, now, jitter, new, known=known)
        assert least <= state.next_due_at - now <= most
        now = state.next_due_at
