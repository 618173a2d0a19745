from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.samples import NOW, alert, decided, match, placement, silence
from watcher.alerting.decide import advance
from watcher.model.alert import Alert, AlertStatus, Decision, Matcher, Speak
from watcher.model.match import Assertion, Match
from watcher.model.signal import Severity

LATER = NOW + timedelta(hours=1)
TOLD = Decision(Speak.AGAIN, ("why",))
HELD = Decision(Speak.SUPPRESSED, ("why",), "silence")
IRAQ = Matcher("signal", "iraq-*")


def advanced(existing: Alert | None, found: Match, decision: Decision, publishers: int = 1) -> Alert:
    return advance(
        existing,
        match=found,
        placement=placement(publishers),
        decision=decision,
        title="Another title",
        now=LATER,
        new_id="alert-2",
    )


def test_a_new_alert() -> None:
    opened = advanced(None, match(), Decision(Speak.OPEN, ("why",)), publishers=2)
    assert opened == Alert(
        "alert-2", "iraq-militia-crackdown", "story-1", AlertStatus.OPEN, Severity.HIGH, 80, Assertion.ASSERTED,
        2, 1, True, LATER, LATER, "Another title",
    )  # fmt: skip
    held = advanced(None, match(), HELD, publishers=2)
    assert held == replace(opened, told=False, version=0)


def test_speaking_again_keeps_the_strongest_and_reopens() -> None:
    taken = alert(status=AlertStatus.ACKNOWLEDGED, severity=Severity.CRITICAL, score=92, publishers=2)
    assert advanced(taken, match(), TOLD, publishers=3) == replace(
        taken, status=AlertStatus.OPEN, assertion=Assertion.ASSERTED, publishers=3, version=2, updated_at=LATER
    )


def test_a_suppressed_rise_does_not_count_as_told() -> None:
    told = alert()
    held = decided(match(90, Severity.CRITICAL), told, silences=[silence(IRAQ)])
    after = advanced(told, match(90, Severity.CRITICAL), held)
    assert after == told
    assert decided(match(90, Severity.CRITICAL), after).speak is Speak.AGAIN


def test_what_was_only_suppressed_does_not_raise_the_bar() -> None:
    hidden = advanced(None, match(95, Severity.CRITICAL), HELD, publishers=5)
    weak = match(62, Severity.MEDIUM, Assertion.ATTRIBUTED)
    opened = advanced(hidden, weak, decided(weak, hidden))
    assert (opened.told, opened.version, opened.severity, opened.assertion, opened.publishers) == (
        True, 1, Severity.MEDIUM, Assertion.ATTRIBUTED, 1,
    )  # fmt: skip
    assert (opened.id, opened.title, opened.opened_at) == (hidden.id, hidden.title, hidden.opened_at)
    assert decided(match(95, Severity.CRITICAL), opened).speak is Speak.AGAIN


def test_an_untold_alert_shows_the_strongest_that_was_held_back() -> None:
    first = advanced(None, match(62, Severity.MEDIUM), HELD)
    second = advanced(first, match(90, Severity.CRITICAL, Assertion.ATTRIBUTED), HELD)
    assert (second.told, second.severity, second.score, second.assertion) == (
        False, Severity.CRITICAL, 90, Assertion.ASSERTED,
    )  # fmt: skip


def test_quiet_changes_nothing() -> None:
    assert advanced(alert(), match(), Decision(Speak.QUIET, ("why",))) == alert()


@st.composite
def matches(draw: st.DrawFn) -> Match:
    return match(draw(st.integers(40, 100)), draw(st.sampled_from(Severity)), draw(st.sampled_from(Assertion)))


ALERTS = st.one_of(
    st.none(),
    st.builds(
        alert,
        severity=st.sampled_from(Severity),
        score=st.integers(60, 100),
        assertion=st.sampled_from(Assertion),
        publishers=st.integers(1, 8),
        told=st.booleans(),
        status=st.sampled_from(AlertStatus),
    ),
)
PUBLISHERS = st.integers(1, 8)
SPOKEN = {Speak.OPEN, Speak.AGAIN}


@given(matches(), ALERTS, PUBLISHERS)
def test_nothing_is_told_twice(found: Match, existing: Alert | None, publishers: int) -> None:
    first = decided(found, existing, publishers=publishers)
    if first.speak is Speak.QUIET:
        return
    after = advanced(existing, found, first, publishers)
    second = decided(found, after, publishers=publishers)
    assert second.speak not in SPOKEN
    assert decided(found, after, publishers=publishers, previous=found).speak not in SPOKEN


@given(matches(), matches(), ALERTS, PUBLISHERS, PUBLISHERS)
def test_what_is_stronger_is_never_quieter(
    one: Match, other: Match, existing: Alert | None, few: int, more: int
) -> None:
    """If a match speaks, one that is at least as strong in everything speaks too."""
    weak = replace(one, alert=True, score=max(one.score, 60))
    strong = match(
        max(weak.score, other.score),
        max(Severity(one.severity), Severity(other.severity), key=lambda severity: severity.rank),
        max(one.assertion, other.assertion, key=lambda assertion: assertion.strength),
    )
    if decided(weak, existing, publishers=min(few, more)).speak in SPOKEN:
        assert decided(strong, existing, publishers=max(few, more)).speak in SPOKEN


@given(st.lists(st.tuples(matches(), PUBLISHERS, st.booleans()), max_size=12))
def test_over_any_history_told_values_only_grow_and_silences_lose_nothing(
    history: list[tuple[Match, int, bool]],
) -> None:
    known: Alert | None = None
    for found, publishers, muted in history:
        mute = [silence(IRAQ)] if muted else []
        decision = decided(found, known, publishers=publishers, silences=mute)
        assert not (muted and decision.speak in SPOKEN)
        if decision.speak is Speak.QUIET:
            continue
        after = advanced(known, found, decision, publishers)
        if known is not None and known.told:
            assert after.told
            assert after.version == known.version + (decision.speak is Speak.AGAIN)
            assert (after.severity.rank, after.assertion.strength, after.publishers) >= (known.severity.rank, 0, 0)
            assert after.assertion.strength >= known.assertion.strength
            assert after.publishers >= known.publishers
        if decision.suppressed_by == "silence":
            # The mute gone, the same match speaks.
            assert decided(found, after, publishers=publishers).speak in SPOKEN
        known = after


@given(st.lists(st.tuples(matches(), PUBLISHERS), max_size=40))
def test_one_development_speaks_a_bounded_number_of_times(history: list[tuple[Match, int]]) -> None:
    """Once to open, and at most for three bands, two steps of assertion and two of corroboration."""
    known, spoken = None, 0
    for found, publishers in history:
        decision = decided(found, known, publishers=publishers)
        if decision.speak is not Speak.QUIET:
            known = advanced(known, found, decision, publishers)
        spoken += decision.speak in SPOKEN
    assert spoken <= 1 + 3 + 2 + 2
