"""How fast a lane may go."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.delivery.pacing import MOST_LANES, Pacer

SECOND = timedelta(seconds=1)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_callers_that_come_together_get_one_slot_each() -> None:
    pacer = Pacer(Clock())
    assert [pacer.take("slack:desk", SECOND) for _ in range(3)] == [0.0, 1.0, 2.0]
    assert pacer.take("slack:other", SECOND) == 0.0


def test_time_frees_the_lane() -> None:
    clock = Clock()
    pacer = Pacer(clock)
    pacer.take("a", SECOND)
    assert pacer.wait("a") == 1.0
    clock.now += 0.75
    assert pacer.wait("a") == 0.25
    clock.now += 10
    assert pacer.wait("a") == 0.0
    assert pacer.take("a", SECOND) == 0.0


def test_a_429_holds_the_lane_and_is_not_shortened() -> None:
    pacer = Pacer(Clock())
    pacer.delay("a", timedelta(seconds=30))
    pacer.delay("a", timedelta(seconds=5))
    assert pacer.wait("a") == 30.0
    assert pacer.take("a", SECOND) == 30.0
    assert pacer.take("a", SECOND) == 31.0


def test_idle_lanes_are_forgotten_and_held_ones_are_not() -> None:
    clock = Clock()
    pacer = Pacer(clock)
    pacer.delay("held", timedelta(hours=1))
    for number in range(MOST_LANES * 3):
        clock.now += 1
        pacer.take(f"lane {number}", SECOND / 2)
    assert len(pacer._next) <= MOST_LANES + 1
    assert pacer.wait("held") == pytest.approx(3_600 - MOST_LANES * 3)


@given(st.lists(st.tuples(st.floats(0, 5), st.booleans()), max_size=40))
def test_no_two_sends_are_closer_than_the_pace(steps: list[tuple[float, bool]]) -> None:
    clock = Clock()
    pacer = Pacer(clock)
    sent = []
    for elapsed, held in steps:
        clock.now += elapsed
        if held:
            pacer.delay("a", SECOND * 3)
        sent.append(clock.now + pacer.take("a", SECOND))
    assert all(later - earlier >= 0.999 for earlier, later in pairwise(sent))
