"""Whether the watcher is well, from what was found; and what of that is news."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.clocks import NOON
from watcher.alerting.vitals import AGAIN, SILENT, STALLED, STUCK, Told, examine, news
from watcher.model.vitals import Check, Vitals

LONG_AGO = NOON - timedelta(days=3)
WELL = Vitals(polled_at=NOON - timedelta(seconds=30), disk_free=50 * 10**9, disk_total=100 * 10**9)
HOUR = timedelta(hours=1)


def failing(found: Vitals, started_at=LONG_AGO) -> dict[str, Check]:
    return {check.name: check for check in examine(found, NOON, started_at) if not check.ok}


def test_all_is_well() -> None:
    assert failing(WELL) == {}
    assert failing(Vitals()) == {}


@pytest.mark.parametrize(
    ("name", "vital", "found"),
    [
        ("pipeline", True, {"stalled_for": STALLED}),
        ("pipeline", False, {"set_aside": 1}),
        ("schedule", True, {"late": {"poll": timedelta(minutes=3)}}),
        ("sources", True, {"polled_at": NOON - SILENT}),
        ("deliveries", True, {"waiting": {"desk": (3, NOON - STUCK), "mail": (1, NOON)}}),
        ("dead", False, {"dead": {"desk": 2}}),
        ("channels", False, {"orphaned": {"old": 2}}),
        ("disk", False, {"disk_free": 4 * 10**9}),
        ("disk", True, {"disk_free": 10**8}),
        ("rules", False, {"refused": ("signals/x.yaml:3: E1 wrong",)}),
    ],
)
def test_each_trouble_is_seen_by_its_check_alone(name: str, vital: bool, found: dict) -> None:
    seen = failing(replace(WELL, **found))
    assert list(seen) == [name]
    assert seen[name].vital is vital


@pytest.mark.parametrize(
    "found",
    [
        {"stalled_for": STALLED - timedelta(seconds=1)},
        {"late": {"archive": timedelta(minutes=10)}},
        {"waiting": {"desk": (500, NOON - timedelta(minutes=9))}},
        {"disk_free": 6 * 10**9, "disk_total": 10**12},
    ],
)
def test_what_is_usual_is_well(found: dict) -> None:
    assert failing(replace(WELL, **found)) == {}


def test_what_grew_old_while_nobody_ran_is_not_held_against_the_start() -> None:
    old = replace(WELL, polled_at=LONG_AGO, waiting={"desk": (3, LONG_AGO)})
    assert failing(old, NOON - timedelta(minutes=1)) == {}
    assert set(failing(old)) == {"sources", "deliveries"}


def test_a_notice_avoids_the_channels_that_it_is_about() -> None:
    seen = failing(replace(WELL, dead={"desk": 1}, waiting={"mail": (1, LONG_AGO)}, orphaned={"old": 1}))
    assert [seen[name].channels for name in ("dead", "deliveries", "channels")] == [("desk",), ("mail",), ("old",)]


def states(*values: str) -> list[list[str]]:
    """What is told, look after look an hour apart, of a check with these states."""
    told: dict[str, Told] = {}
    seen = []
    for number, state in enumerate(values):
        changes, told = news(told, [Check("dead", "text", state)], NOON + number * AGAIN)
        seen.append(["well" if change.recovered else change.check.state for change in changes])
    return seen


def test_each_change_is_told_once_and_so_is_its_end() -> None:
    assert states("", "desk=1", "desk=1", "desk=2", "", "") == [[], ["desk=1"], [], ["desk=2"], ["well"], []]


def test_a_trouble_that_changes_is_told_again_after_an_hour_only() -> None:
    _, told = news({}, [Check("dead", "", "desk=1")], NOON)
    soon = [Check("dead", "", "desk=2")]
    changes, told = news(told, soon, NOON + AGAIN / 2)
    assert changes == []
    changes, told = news(told, soon, NOON + AGAIN)
    assert [change.since for change in changes] == [NOON]
    assert told["dead"] == Told("desk=2", NOON, NOON + AGAIN)


@given(st.lists(st.sampled_from(["", "a", "b"]), max_size=30), st.integers(1, 90))
def test_operators_never_hear_of_an_end_without_a_beginning_nor_twice_in_a_row(seen: list[str], minutes: int) -> None:
    told: dict[str, Told] = {}
    troubled = False
    for number, state in enumerate(seen):
        changes, told = news(told, [Check("disk", "", state)], NOON + number * timedelta(minutes=minutes))
        for change in changes:
            assert change.recovered is (state == "")
            assert troubled or not change.recovered
        troubled = bool(state)
        assert ("disk" in told) is troubled
