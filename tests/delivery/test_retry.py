"""When to try again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.delivery.samples import NOW
from watcher.delivery.retry import DELAYS, LONGEST, after_failure
from watcher.model.delivery import DeliveryError, DeliveryStatus

PLAIN = DeliveryError("503")


def test_the_schedule_is_that_of_standard_webhooks() -> None:
    waits = [after_failure(PLAIN, attempt, NOW, 0.5).due_at - NOW for attempt in range(1, 10)]
    hours = [timedelta(hours=number) for number in (2, 5, 10, 14, 20, 24)]
    assert waits == [timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), *hours]
    assert after_failure(PLAIN, 10, NOW, 0.5).status is DeliveryStatus.DEAD


def test_permanent_is_dead_at_once_even_if_ambiguous() -> None:
    error = DeliveryError("410", permanent=True, ambiguous=True)
    assert after_failure(error, 1, NOW, 0.0).status is DeliveryStatus.DEAD


def test_ambiguous_is_told_apart() -> None:
    assert after_failure(DeliveryError("timeout", ambiguous=True), 1, NOW, 0.0).status is DeliveryStatus.AMBIGUOUS
    assert after_failure(PLAIN, 1, NOW, 0.0).status is DeliveryStatus.RETRY


def test_anything_unexpected_is_tried_again() -> None:
    assert after_failure(KeyError("x"), 1, NOW, 0.0).status is DeliveryStatus.RETRY


@pytest.mark.parametrize(("asked", "wait"), [(timedelta(minutes=1), timedelta(minutes=1)),
                                             (timedelta(days=9), LONGEST)])  # fmt: skip
def test_retry_after_is_a_floor_up_to_a_day(asked: timedelta, wait: timedelta) -> None:
    assert after_failure(DeliveryError("429", retry_after=asked), 1, NOW, 0.9).due_at == NOW + wait


@given(
    st.integers(1, 9),
    st.floats(0, 1, exclude_max=True),
    st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30)),
    st.booleans(),
)
def test_a_wait_is_near_the_schedule_above_the_floor_and_within_a_day(
    attempts: int, jitter: float, asked: timedelta | None, ambiguous: bool
) -> None:
    error = DeliveryError("no", retry_after=asked, ambiguous=ambiguous)
    wait = after_failure(error, attempts, NOW, jitter).due_at - NOW
    assert min(DELAYS[attempts - 1] * 0.9, LONGEST) <= wait <= LONGEST
    assert wait >= min(asked or timedelta(0), LONGEST)
    if not asked:
        assert wait <= DELAYS[attempts - 1] * 1.1
