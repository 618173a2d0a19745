"""Figures that move make an alert speak again, and a first telling names the change."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.samples import alert, decided, match
from watcher.alerting.figures import moved, shown
from watcher.model.alert import Speak, ToldFigure
from watcher.model.match import Assertion, Evidence, Match, Quantity
from watcher.model.signal import Measure, QuantityRule, Signal

SUPPORT = QuantityRule("support", Measure.PERCENT, moves=3)
EVIDENCE = Evidence("title", 0, 2, "48", "support")


def polled(value: float, subject: str = "israel", unit: str = "percent") -> Match:
    return replace(match(score=78), assertion=Assertion.ATTRIBUTED, quantities=(_figure(value, subject, unit),))


def _figure(value: float, subject: str = "israel", unit: str = "percent") -> Quantity:
    return Quantity("support", value, unit, subject, EVIDENCE)


def told(value: float, story: str = "story-1", subject: str = "israel", unit: str = "percent") -> ToldFigure:
    return ToldFigure(story, "support", subject, unit, value)


def test_a_figure_that_moved_enough_is_told_again() -> None:
    decision = decided(polled(43), alert(), watched=[SUPPORT], told=[told(48)])
    assert decision.speak is Speak.AGAIN
    assert "support (israel) moved from 48 to 43 percent" in decision.reasons


def test_a_figure_that_moved_less_is_not() -> None:
    decision = decided(polled(46), alert(), watched=[SUPPORT], told=[told(48)])
    assert (decision.speak, decision.suppressed_by) == (Speak.SUPPRESSED, "already-told")


def test_a_move_of_exactly_as_much_counts() -> None:
    assert decided(polled(45), alert(), watched=[SUPPORT], told=[told(48)]).speak is Speak.AGAIN


def test_a_value_near_any_that_the_story_told_is_nothing_new() -> None:
    decision = decided(polled(47), alert(), watched=[SUPPORT], told=[told(48), told(43)])
    assert decision.suppressed_by == "already-told"


def test_another_subject_or_unit_is_another_figure() -> None:
    for figure in (told(48, subject="memorandum"), told(48, unit="people")):
        assert decided(polled(43), alert(), watched=[SUPPORT], told=[figure]).suppressed_by == "already-told"


def test_a_story_that_told_no_figure_is_compared_with_the_last_one_anywhere() -> None:
    decision = decided(polled(43), alert(), watched=[SUPPORT], told=[told(20, "story-2"), told(48, "story-3")])
    assert "support (israel) moved from 48 to 43 percent" in decision.reasons


def test_without_a_figure_to_compare_nothing_moved() -> None:
    assert decided(polled(43), alert(), watched=[SUPPORT]).suppressed_by == "already-told"


def test_a_first_telling_names_the_change_since_the_last_one() -> None:
    decision = decided(polled(46), watched=[SUPPORT], told=[told(52, "story-2"), told(48, "story-3")])
    assert decision.speak is Speak.OPEN
    assert "support (israel) is 46 percent, last told as 48" in decision.reasons


def test_a_first_telling_of_the_same_figure_names_no_change() -> None:
    decision = decided(polled(48), watched=[SUPPORT], told=[told(48, "story-2")])
    assert not any("support" in reason for reason in decision.reasons)


def test_a_signal_without_moves_compares_nothing() -> None:
    unwatched = replace(SUPPORT, moves=None)
    assert decided(polled(10), alert(), watched=[unwatched], told=[told(48)]).suppressed_by == "already-told"


def test_money_and_people_move_by_a_share_of_the_last_value() -> None:
    pledge = QuantityRule("support", Measure.MONEY, moves=10)
    for value, speaks in ((2.1e9, Speak.SUPPRESSED), (2.2e9, Speak.AGAIN), (1.7e9, Speak.AGAIN)):
        decision = decided(polled(value, unit="USD"), alert(), watched=[pledge], told=[told(2e9, unit="USD")])
        assert decision.speak is speaks
    assert "support (israel) moved from 2,000,000,000 to 1,700,000,000 USD" in decision.reasons


percents = st.integers(0, 200).map(lambda half: half / 2)


@given(percents, st.lists(st.tuples(percents, st.sampled_from(["story-1", "story-2"]))), st.integers(1, 20))
def test_it_moves_as_a_plain_reading_of_the_rule_says(
    value: float, before: list[tuple[float, str]], least: int
) -> None:
    signal = Signal("s", "S", (), quantities=(replace(SUPPORT, moves=least),))
    own = [one for one, story in before if story == "story-1"]
    compared = own or [one for one, _ in before][-1:]
    expected = bool(compared) and min(abs(one - value) for one in compared) >= least
    reasons = moved(signal, polled(value), "story-1", [told(one, story) for one, story in before])
    assert bool(reasons) == expected
    if expected:
        assert reasons == (f"support (israel) moved from {shown(compared[-1])} to {shown(value)} percent",)


def test_figures_are_shown_without_needless_zeros() -> None:
    assert [shown(one) for one in (48.0, 43.5, 66.67, 100.0, 3.2e9, 0.0)] == [
        "48",
        "43.5",
        "66.67",
        "100",
        "3,200,000,000",
        "0",
    ]
