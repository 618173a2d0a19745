"""The detector as a whole: its invariants on any text, and its temper with hostile ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.detection.samples import crackdown, detector, groups, lexicon, terms
from watcher.detection.engine import Detector
from watcher.detection.fields import MAX_TEXT, MAX_TITLE
from watcher.detection.score import FLOOR
from watcher.model.signal import Group, Signal

WORDS = [
    *("Iraqi", "police", "army", "Baghdad", "raid", "raided", "arrest", "arrested", "disarm", "crackdown", "militia"),
    *(
        "Kataib",
        "Hezbollah",
        "PMF",
        "commanders",
        "in",
        "on",
        "of",
        "by",
        "to",
        "not",
        "could",
        "denies",
        "said",
        "was",
    ),
    *("the", "Basra", "video", "game", "years", "ago", "U.S.", "Iraq's", ".", "?", ",", "\n", "“", "”", ";", "opinion"),
    *("mili\u200btia", "Iran&#8217;s", "<b>", "2.5", "%"),
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)


def _loose(name: str, term: str) -> Group:
    return Group(name, 40, terms(term), required=False)


def other_signals() -> list[Signal]:
    return [
        crackdown(),
        Signal("plain", "Plain", groups()[:3]),
        Signal(
            "either",
            "Either",
            (Group("a", 40, terms("raid*"), required=False), Group("b", 40, terms("u.s."), required=False)),
        ),
        crackdown(["state act", "target act-passive"], (), "two-ways"),
        crackdown(["act-noun target? within 3"], ("opinion",), "odd"),
    ]


FAST = Detector(other_signals(), [lexicon()])
SLOW = Detector(other_signals(), [lexicon()], prefilter=False)


@given(TEXTS, TEXTS)
def test_the_prefilter_changes_nothing(title: str, text: str) -> None:
    assert FAST.detect(title, text, "en") == SLOW.detect(title, text, "en")


@given(TEXTS, TEXTS)
def test_evidence_ledger_and_order(title: str, text: str) -> None:
    detection = FAST.detect(title, text, "en")
    for match in detection.matches:
        for evidence in match.evidence:
            field = {"title": title, "text": text}[evidence.field]
            assert evidence.text == field[evidence.start : evidence.end] != ""
        assert sum(entry.points for entry in match.ledger) == match.score
        assert FLOOR <= match.score <= 100
        assert match.alert == (match.score >= match.alert_at)
    assert list(detection.matches) == sorted(detection.matches, key=lambda match: (-match.score, match.signal_id))


@given(TEXTS, TEXTS)
def test_an_explanation_agrees_with_the_match(title: str, text: str) -> None:
    told = {one.signal_id: one for one in FAST.explain(title, text, "en")}
    assert list(told) == [signal.id for signal in other_signals()]
    for match in FAST.detect(title, text, "en").matches:
        one = told[match.signal_id]
        assert (one.score, one.assertion, one.ledger, one.alert) == (
            match.score,
            match.assertion,
            match.ledger,
            match.alert,
        )
        assert one.distance == match.alert_at - match.score


@given(st.text(max_size=400), st.text(max_size=2_000))
@settings(max_examples=60)
def test_any_text_is_read(title: str, text: str) -> None:
    FAST.detect(title, text)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 1_000_000,
        "militia " * 125_000,
        "(" * 100_000,
        "\u200b\u202e" * 50_000,
        "mili\u200btia\u202e " * 20_000,
        "Iraqi police raid militia by not could " * 5_000,
        "“" * 50_000 + "Iraqi police raid militia",
        "<" * 100_000,
        "&#173;" * 30_000,
        "a.b." * 30_000,
        "\n" * 100_000,
        "iraqi " * 30_000,
        "\ud800 \x00 \x1b[31m Iraqi police raid militia",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_text_is_read_in_bounds(text: str) -> None:
    detection = FAST.detect(text, text, "en")
    assert detection.truncated == (len(text) > MAX_TITLE)
    for match in detection.matches:
        assert len(match.sentence) <= 280
        for evidence in match.evidence:
            assert evidence.text == text[evidence.start : evidence.end]


def test_a_text_at_the_bound_is_not_cut() -> None:
    assert not FAST.detect("", "x " * (MAX_TEXT // 2), "en").truncated
    assert FAST.detect("", "x " * (MAX_TEXT // 2) + "y", "en").truncated


def test_an_unknown_list_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no lexicon has a list 'nowhere'"):
        Detector([Signal("x", "X", (Group("g", 10, lists=("nowhere",)),))])


def test_nothing_to_watch_finds_nothing() -> None:
    assert Detector([]).detect("Iraqi police raid militia", "").matches == ()


def test_the_explanation_of_named_signals_only() -> None:
    assert [one.signal_id for one in FAST.explain("x", "y", "en", {"plain"})] == ["plain"]


def test_language_is_told_from_the_text_and_its_region_is_dropped() -> None:
    assert detector().detect("La police irakienne a arrêté des miliciens dans le sud du pays", "").language == "fr"
    assert detector().detect("x", "", "en-GB").language == "en"
