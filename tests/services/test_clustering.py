from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from watcher.services.clustering import clustering

PAIRS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30)


def test_two_of_three_together_and_a_stranger_among_them() -> None:
    """Development a in stories 1, 1, 2; development b in story 1."""
    found = clustering([("a", 1), ("a", 1), ("a", 2), ("b", 1)])
    assert found.precision == pytest.approx((2 / 3 + 2 / 3 + 1 + 1 / 3) / 4)
    assert found.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert (found.pairs_told, found.pairs_found, found.pairs_wrong, found.merged) == (3, 1, 2, 2)


def test_nothing_has_no_figures() -> None:
    assert clustering([]).as_dict()["f1"] is None


@given(PAIRS)
def test_what_is_placed_as_it_was_told_is_perfect(pairs: list[tuple[int, int]]) -> None:
    found = clustering([(one, one) for one, _ in pairs])
    assert (found.precision, found.recall, found.f1, found.pairs_wrong, found.merged) == (1, 1, 1, 0, 0)


@given(PAIRS)
def test_figures_are_those_of_the_definition(pairs: list[tuple[int, int]]) -> None:
    found = clustering(pairs)
    precision = recall = 0.0
    for one, story in pairs:
        both = pairs.count((one, story))
        precision += both / sum(other == story for _, other in pairs)
        recall += both / sum(other == one for other, _ in pairs)
    assert found.precision == pytest.approx(precision / len(pairs))
    assert found.recall == pytest.approx(recall / len(pairs))


# Sums of these in their order and in another one differ in the last bit, and so does the figure that is shown.
LAST_BIT = [(0, 0), (0, 0), (0, 2), (0, 3), (0, 4), (1, 0), (1, 0), (1, 1), (1, 2), (2, 0), (2, 0), (2, 1), (3, 0)]


@given(PAIRS)
@example([*LAST_BIT, (3, 0), (3, 0), (0, 1)])
def test_order_does_not_matter(pairs: list[tuple[int, int]]) -> None:
    assert clustering(pairs).as_dict() == clustering(sorted(pairs)).as_dict()
