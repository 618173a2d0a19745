from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.samples import NOW, subject
from watcher.alerting.route import applies, destinations
from watcher.model.alert import Condition, Destination, Hours, Route, Routing, Subject
from watcher.model.match import Assertion
from watcher.model.signal import Severity


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition(), True),
        (Condition(signal=("nato-*", "iraq-*")), True),
        (Condition(signal=("nato-*",)), False),
        (Condition(severity=(Severity.HIGH, Severity.CRITICAL)), True),
        (Condition(severity=(Severity.CRITICAL,)), False),
        (Condition(min_severity=Severity.HIGH), True),
        (Condition(min_severity=Severity.CRITICAL), False),
        (Condition(min_score=80), True),
        (Condition(min_score=81), False),
        (Condition(assertion=(Assertion.ASSERTED,)), True),
        (Condition(assertion=(Assertion.DENIED,)), False),
        (Condition(tags=("sport", "world")), True),
        (Condition(tags=("sport",)), False),
        (Condition(source=("wire-*",)), True),
        (Condition(source=("wire",)), False),
        (Condition(publisher=("*.example",)), True),
        (Condition(publisher=("*.org",)), False),
        (Condition(language=("fr", "EN")), True),
        (Condition(language=("en-GB",)), False),
        (Condition(signal=("iraq-*",), min_score=90), False),
    ],
)
def test_conditions(condition: Condition, expected: bool) -> None:
    assert applies(condition, subject(), NOW) is expected


def test_a_route_may_hold_only_at_some_hours() -> None:
    day = Condition(hours=Hours(time(9), time(14), "Europe/London"))
    night = Condition(hours=Hours(time(22), time(6), "Europe/London", frozenset([5])))  # Saturday's night
    assert applies(day, subject(), NOW)  # Sunday 13:00 in London
    assert not applies(day, subject(), NOW + timedelta(hours=1))
    assert applies(night, subject(), NOW - timedelta(hours=8))
    assert not applies(night, subject(), NOW + timedelta(hours=12))


def test_a_language_covers_its_regions() -> None:
    british = subject(language="en-GB")
    assert applies(Condition(language=("en",)), british, NOW)
    assert applies(Condition(language=("en_gb",)), british, NOW)
    assert not applies(Condition(language=("e",)), british, NOW)


def routing(*routes: Route) -> Routing:
    return Routing({}, routes)


CRITICAL = Condition(severity=(Severity.CRITICAL,))


def test_the_first_route_wins() -> None:
    found = destinations(
        routing(Route(("duty",), CRITICAL, line=7), Route(("desk",), line=8), Route(("x",))), subject(), NOW
    )
    assert found == (Destination("desk", "route 2 (line 8)"),)


def test_a_route_that_proceeds_lets_the_next_one_speak_and_each_channel_comes_once() -> None:
    routes = routing(
        Route(("desk", "screen"), proceed=True, line=7), Route(("desk", "morning"), line=8), Route(("x",), line=9)
    )
    assert destinations(routes, subject(), NOW) == (
        Destination("desk", "route 1 (line 7)"),
        Destination("screen", "route 1 (line 7)"),
        Destination("morning", "route 2 (line 8)"),
    )


def test_an_escalation_is_not_lost_to_an_earlier_route() -> None:
    routes = routing(Route(("desk",), proceed=True, line=7), Route(("desk",), escalate="ladder", line=8))
    (only,) = destinations(routes, subject(), NOW)
    assert only == Destination("desk", "route 1 (line 7); escalates by route 2 (line 8)", "ladder")


def test_no_route_no_destination() -> None:
    assert destinations(routing(), subject(), NOW) == ()
    assert destinations(routing(Route(("duty",), CRITICAL)), subject(), NOW) == ()


CONDITIONS = st.sampled_from(
    [Condition(), CRITICAL, Condition(min_score=50), Condition(tags=("world",)), Condition(signal=("nato-*",))]
)
ROUTES = st.lists(
    st.builds(
        Route,
        to=st.lists(st.sampled_from("abcd"), min_size=1, max_size=3).map(tuple),
        when=CONDITIONS,
        proceed=st.booleans(),
        escalate=st.sampled_from([None, "slow", "fast"]),
        line=st.integers(1, 9),
    ),
    max_size=6,
)
SUBJECTS = st.builds(
    lambda severity, score, signal_id: replace(subject(), severity=severity, score=score, signal_id=signal_id),
    st.sampled_from(Severity),
    st.integers(0, 100),
    st.sampled_from(["iraq-militia-crackdown", "nato-deals"]),
)


@given(ROUTES, SUBJECTS)
def test_the_same_as_walking_down_the_list(routes: list[Route], about: Subject) -> None:
    channels: list[str] = []
    ladders: dict[str, list[str]] = {}
    remaining = list(routes)
    while remaining:
        route = remaining.pop(0)
        if applies(route.when, about, NOW):
            channels += route.to
            for channel in route.to:
                ladders.setdefault(channel, []).extend([route.escalate] if route.escalate else [])
            if not route.proceed:
                remaining = []
    found = destinations(routing(*routes), about, NOW)
    assert [one.channel for one in found] == list(dict.fromkeys(channels))
    assert [one.escalate for one in found] == [next(iter(ladders[one.channel]), None) for one in found]
