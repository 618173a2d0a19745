"""Every reading of a document by a signal ends at one gate, with the pre-filter and without, and for a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detection.samples import crackdown, detector, groups
from watcher.detection.gates import Gate, stop_of
from watcher.model.signal import Signal

WORDS = (
    *("Iraqi", "police", "army", "raid", "arrested", "militia", "could", "denies", "Basra"),
    *("video", "game", "Opinion:", "the", "of", "said", "."),
)
SIGNALS = (crackdown(), crackdown(signal_id="other", alert_at=95), Signal("words", "Words", groups()[:2]))


@given(st.lists(st.sampled_from(WORDS), max_size=14), st.lists(st.sampled_from(WORDS), max_size=20))
def test_matches_and_stops_add_up_to_the_signals(title: list[str], text: list[str]) -> None:
    told = []
    for prefilter in (True, False):
        found = detector(*SIGNALS, prefilter=prefilter).detect(" ".join(title), " ".join(text), "en")
        assert found.signals == len(SIGNALS)
        assert sum(found.stopped.values()) + len(found.matches) == len(SIGNALS)
        assert all(count >= 0 for count in found.stopped.values())
        told.append({gate: count for gate, count in found.stopped.items() if count})
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("title", "gate"),
    [
        ("Iraqi police raid militia homes in Basra", None),
        ("Iraqi police could raid militia homes in Basra", Gate.ASSERTION),
        ("Opinion: Iraqi police raid militia homes in Basra", Gate.GENRE),
        ("Militia watched Iraqi police before the raid", Gate.PATTERN),
    ],
)
def test_where_a_match_ends(title: str, gate: Gate | None) -> None:
    (match,) = detector().detect(title, "", "en").matches
    assert stop_of(match) == gate


def test_too_few_points_is_a_gate_of_its_own() -> None:
    (match,) = detector(crackdown(alert_at=95)).detect("Iraqi police raid militia homes", "", "en").matches
    assert stop_of(match) is Gate.SCORE


@pytest.mark.parametrize(
    ("title", "gate"),
    [
        ("A quiet day", Gate.WORDS),
        ("Iraqi police raid militia homes in a video game", Gate.EXCLUSION),
    ],
)
def test_where_a_reading_ends_that_is_no_match(title: str, gate: Gate) -> None:
    found = detector().detect(title, "", "en")
    assert found.matches == ()
    assert {one: count for one, count in found.stopped.items() if count} == {gate: 1}


def test_a_signal_without_words_in_the_language_ends_there() -> None:
    english = tuple(
        replace(group, terms=tuple(replace(term, language="en") for term in group.terms)) for group in groups()[:3]
    )
    reader = detector(replace(crackdown(), groups=english))
    found = reader.detect("Der Himmel ist blau", "", "de")
    assert {one: count for one, count in found.stopped.items() if count} == {Gate.LANGUAGE: 1}
