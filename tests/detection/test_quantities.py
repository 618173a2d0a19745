"""Figures beside what a signal found: which are taken, what they are about, and where they stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.detection.samples import lexicon, terms
from watcher.detection.engine import Detector
from watcher.detection.patterns import parse_pattern
from watcher.model.match import Quantity
from watcher.model.signal import Group, Measure, QuantityRule, Signal

GROUPS = (
    Group("survey", 20, terms("poll*", "survey*")),
    Group("view", 20, terms("support*", "back*", "favor*", "favour*", "view*", "approve*")),
    Group("israel", 15, terms("israel*"), required=False),
    Group("memorandum", 15, terms("memorandum", "deal with iran"), required=False),
)
SUPPORT = QuantityRule("support", Measure.PERCENT, near="view", subjects=("israel", "memorandum"), moves=3)


def polling(*rules: QuantityRule) -> Detector:
    patterns = tuple(
        parse_pattern(text, [one.name for one in GROUPS]) for text in ("survey view", "view survey within 20")
    )
    return Detector([Signal("polling", "Polling", GROUPS, patterns, quantities=rules or (SUPPORT,))], [lexicon()])


def found(title: str, text: str = "", *rules: QuantityRule) -> tuple[Quantity, ...]:
    matches = polling(*rules).detect(title, text, "en").matches
    return matches[0].quantities if matches else ()


def values(title: str, text: str = "", *rules: QuantityRule) -> dict[str, float]:
    return {one.subject: one.value for one in found(title, text, *rules)}


def test_a_figure_is_told_by_the_nearest_subject() -> None:
    title = "Poll: 48 percent support Israel, 61 percent back the memorandum"
    assert values(title) == {"israel": 48.0, "memorandum": 61.0}


def test_the_figure_may_stand_in_the_text_under_the_headline() -> None:
    text = "The survey was held in May. Just 43% of adults said they view Israel favorably."
    assert values("New poll: support for Israel falls", text) == {"israel": 43.0}


def test_the_subject_of_a_sentence_without_one_is_that_of_the_title() -> None:
    assert values("Poll on Israel: support falls", "Some 43% approve, the survey says.") == {"israel": 43.0}


def test_the_first_figure_about_a_subject_counts() -> None:
    assert values("Poll: 48% support Israel, down from 52% who backed Israel") == {"israel": 48.0}


def test_a_figure_far_from_what_it_should_stand_by_is_left_alone() -> None:
    text = "The survey was held online and by telephone in every state of the union during May with a return of 7%."
    assert values("Poll: support for Israel falls", text) == {}
    near = QuantityRule("support", Measure.PERCENT, near="view", within=1, subjects=("israel",))
    assert values("Poll: 48% of all adults now support Israel", "", near) == {}


def test_without_a_group_the_held_pattern_is_what_it_stands_by() -> None:
    rule = QuantityRule("support", Measure.PERCENT)
    assert values("Poll: 48% support Israel", "Another survey had 50% in favour of it.", rule) == {"": 48.0}


def test_a_sign_that_is_no_word_belongs_to_the_figure() -> None:
    (quantity,) = found("Poll: support for Israel at 48٪")
    assert (quantity.value, quantity.evidence.text) == (48.0, "48٪")


def test_a_signal_that_asks_for_none_gets_none() -> None:
    signal = Signal("polling", "Polling", GROUPS, (parse_pattern("survey view", ["survey", "view"]),))
    (match,) = Detector([signal], [lexicon()]).detect("Poll: 48% support Israel", "", "en").matches
    assert match.quantities == ()


def test_figures_are_evidence_and_give_no_points() -> None:
    title = "Poll: 48% support Israel"
    (match,) = polling().detect(title, "", "en").matches
    assert [(one.group, one.text) for one in match.evidence if one.group == "support"] == [("support", "48%")]
    assert sum(entry.points for entry in match.ledger) == match.score


PIECES = [
    "Poll",
    "survey",
    "support",
    "Israel",
    "48%",
    "six in ten",
    ".",
    ",",
    "the memorandum",
    "٤٨٪",
    "\n",
    "<b>",
    "&nbsp;",
    "5",
]


@given(
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join),
)
def test_figures_stand_where_they_say(text: str, title: str) -> None:
    for match in polling().detect(title, text, "en").matches:
        subjects = [one.subject for one in match.quantities]
        assert len(subjects) == len(set(subjects))
        for one in match.quantities:
            field = {"title": title, "text": text}[one.evidence.field]
            assert field[one.evidence.start : one.evidence.end] == one.evidence.text != ""
            assert one.evidence in match.evidence
