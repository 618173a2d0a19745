"""Figures against the plainest way to compute them."""

from __future__ import annotations

from collections import Counter
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.services.metrics import Figures, Label, Order, Tally, in_order, macro, mean

SCORES = st.lists(st.integers(0, 100), max_size=30)
CASES = st.lists(
    st.tuples(st.sampled_from(Label), st.integers(0, 100), st.booleans(), st.sampled_from(["en", "ar", "fr"])),
    max_size=60,
)


def tallied(cases: list[tuple[Label, int, bool, str]], silent: int = 0) -> Figures:
    tally = Tally()
    for case in cases:
        tally.count(*case)
    return tally.figures(len(cases) + silent)


@given(SCORES, SCORES)
def test_pairs_in_order_as_counted_one_by_one(upper: list[int], lower: list[int]) -> None:
    won = sum(1.0 if one > other else 0.5 if one == other else 0.0 for one, other in product(upper, lower))
    order = in_order(Counter(upper), Counter(lower))
    assert order.pairs == len(upper) * len(lower)
    assert order.halves == 2 * won
    assert order.share == (won / order.pairs if order.pairs else None)


@given(CASES, st.integers(0, 20))
def test_figures_as_counted_one_by_one(cases: list[tuple[Label, int, bool, str]], silent: int) -> None:
    truth = [label is Label.FIRE for label, _, _, _ in cases]
    given_alerts = [alert for _, _, alert, _ in cases]
    right = sum(a and b for a, b in zip(truth, given_alerts, strict=True))
    precision = right / sum(given_alerts) if any(given_alerts) else None
    recall = right / sum(truth) if any(truth) else None
    figures = tallied(cases, silent)
    assert figures.precision == precision
    assert figures.recall == recall
    if right:
        assert precision
        assert recall
        assert figures.f1 == pytest.approx(2 * precision * recall / (precision + recall))
    else:
        assert not figures.f1
    watch = [score for label, score, _, _ in cases if label is Label.WATCH]
    none = [score for label, score, _, _ in cases if label is Label.NONE] + [0] * silent
    fire = [score for label, score, _, _ in cases if label is Label.FIRE]
    assert figures.fire_over_watch == in_order(Counter(fire), Counter(watch))
    assert figures.watch_over_none == in_order(Counter(watch), Counter(none))
    assert figures.documents.total() == len(cases) + silent
    foreign = [(label, alert) for label, _, alert, language in cases if language != "en"]
    assert figures.foreign(figures.fires) == sum(label is Label.FIRE for label, _ in foreign)
    assert figures.foreign(figures.found) == sum(label is Label.FIRE and alert for label, alert in foreign)


@given(CASES, CASES)
def test_figures_of_two_signals_add_up(
    one: list[tuple[Label, int, bool, str]], two: list[tuple[Label, int, bool, str]]
) -> None:
    both, together = tallied(one) + tallied(two), tallied(one + two)
    assert both.as_dict() | {"fire_over_watch": 0, "watch_over_none": 0} == together.as_dict() | {
        "fire_over_watch": 0,
        "watch_over_none": 0,
    }
    pairs = sum(figures.fire_over_watch.pairs for figures in (tallied(one), tallied(two)))
    assert both.fire_over_watch.pairs == pairs  # scores of different signals are not compared


@pytest.mark.parametrize(
    ("cases", "expected"),
    [
        ([], (None, None, None)),
        ([(Label.FIRE, 0, False, "en")], (None, 0.0, 0.0)),
        ([(Label.NONE, 70, True, "en")], (0.0, None, 0.0)),
        ([(Label.FIRE, 70, True, "en"), (Label.WATCH, 60, True, "en")], (0.5, 1.0, 2 / 3)),
        ([(Label.FIRE, 70, True, "en"), (Label.FIRE, 20, False, "ar")], (1.0, 0.5, 2 / 3)),
        ([(Label.WATCH, 50, False, "en")], (None, None, None)),
    ],
)
def test_figures_of_small_sets(
    cases: list[tuple[Label, int, bool, str]], expected: tuple[float | None, float | None, float | None]
) -> None:
    figures = tallied(cases)
    assert (figures.precision, figures.recall, figures.f1) == pytest.approx(expected)


def test_documents_that_say_nothing_have_score_0_and_no_label() -> None:
    figures = tallied([(Label.WATCH, 0, False, "en"), (Label.WATCH, 30, False, "en")], silent=4)
    assert figures.documents == Counter({Label.WATCH: 2, Label.NONE: 4})
    assert figures.watch_over_none == Order(2 * 4 + 4, 8)  # the 30 is above all four, the 0 ties with them
    assert figures.as_dict()["watch_over_none"] == 0.75


def test_the_macro_mean_leaves_out_what_is_not_defined() -> None:
    perfect = tallied([(Label.FIRE, 90, True, "en")])
    blind = tallied([(Label.FIRE, 0, False, "en")])
    assert macro([perfect, blind, tallied([])]) == {"precision": 1.0, "recall": 0.5, "f1": 0.5, "signals": 2}
    assert mean([None]) is None
