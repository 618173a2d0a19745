"""Which step of a ladder comes when."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.samples import NOW
from watcher.alerting.ladder import begin, climb, end, on_duty
from watcher.model.alert import EscalationStep, Hours, Ladder

MINUTE = timedelta(minutes=1)
LADDER = Ladder(
    "duty",
    (
        EscalationStep(0 * MINUTE, ("desk",)),
        EscalationStep(5 * MINUTE, ("duty",)),
        EscalationStep(20 * MINUTE, ("soc",)),
    ),
    repeat=1,
    pause=30 * MINUTE,
)
OFFICE = Hours(time(9), time(17), "Europe/London", frozenset(range(5)))


def test_steps_come_at_their_times_and_rounds_after_the_pause() -> None:
    run, taken = begin(LADDER, "run", "alert", NOW), []
    while run.next_at is not None:
        taken.append((run.round, run.step, run.next_at - NOW))
        run = climb(run, run.next_at)
    assert taken == [
        (0, 0, 0 * MINUTE), (0, 1, 5 * MINUTE), (0, 2, 20 * MINUTE),
        (1, 0, 50 * MINUTE), (1, 1, 55 * MINUTE), (1, 2, 70 * MINUTE),
    ]  # fmt: skip
    assert run.ended == "the last step was taken"


def test_after_a_stop_steps_keep_their_distance() -> None:
    late = NOW + timedelta(hours=3)
    first = climb(begin(LADDER, "run", "alert", NOW), late)
    assert first.next_at == late + 5 * MINUTE
    assert climb(first, late + 5 * MINUTE).next_at == late + 20 * MINUTE


def test_an_ended_run_has_no_next_step() -> None:
    ended = end(begin(LADDER, "run", "alert", NOW), "ada has it")
    assert (ended.next_at, ended.ended) == (None, "ada has it")


def test_hours_of_duty() -> None:
    friday = datetime(2026, 7, 10, tzinfo=UTC)  # London is an hour ahead of UTC in July
    assert on_duty(OFFICE, friday + timedelta(hours=10)) == friday + timedelta(hours=10)
    assert on_duty(OFFICE, friday + timedelta(hours=3)) == friday + timedelta(hours=8)
    assert on_duty(OFFICE, friday + timedelta(hours=16)) == friday + timedelta(days=3, hours=8)
    assert on_duty(None, friday) == friday


def test_hours_of_duty_over_a_change_of_clocks() -> None:
    always = Hours(time(1, 30), time(5), "Europe/London")
    assert on_duty(always, datetime(2026, 3, 29, 0, 0, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert on_duty(always, datetime(2026, 10, 25, 0, 15, tzinfo=UTC)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


_moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC))
_zones = st.sampled_from(["UTC", "Europe/London", "America/New_York", "Asia/Tehran", "Australia/Lord_Howe"])


@given(_moments, st.integers(0, 22), st.integers(1, 23), st.sets(st.integers(0, 6), min_size=1), _zones)
def test_duty_begins_within_a_week_and_stays_when_asked_again(
    moment: datetime, start: int, length: int, days: set[int], zone: str
) -> None:
    hours = Hours(time(start), time(min(start + length, 23), 59), zone, frozenset(days))
    due = on_duty(hours, moment)
    assert moment <= due <= moment + timedelta(days=8)
    assert on_duty(hours, due) == due


@given(st.lists(st.integers(0, 500), min_size=1, max_size=6, unique=True), st.integers(0, 3), _moments)
def test_every_step_of_every_round_comes_once(minutes: list[int], repeat: int, now: datetime) -> None:
    steps = tuple(EscalationStep(minute * MINUTE, ("desk",)) for minute in sorted(minutes))
    run, taken = begin(Ladder("any", steps, repeat, MINUTE), "run", "alert", now), []
    while run.next_at is not None:
        assert run.next_at >= now
        now = run.next_at
        taken.append((run.round, run.step))
        run = climb(run, now)
    assert taken == [(round_, step) for round_ in range(repeat + 1) for step in range(len(steps))]
