"""Words that mean a group again, and asides that part nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detection.samples import crackdown, detector, lexicon, terms
from watcher.detection.engine import Detector
from watcher.model.match import Assertion, Match
from watcher.model.signal import Signal

AGAIN = {
    "state": terms("they", "it", "its officers"),
    "target": terms("they", "it", "them", "the group", "its men", "its offices"),
}
FOREIGN = ("state act target within 12 without place",)


def signal(*patterns: str) -> Signal:
    plain = crackdown(patterns) if patterns else crackdown()
    groups = tuple(replace(group, again=AGAIN.get(group.name, ())) for group in plain.groups)
    return replace(plain, groups=groups)


def match(text: str, title: str = "", one: Signal | None = None) -> Match | None:
    found = Detector([one or signal()], [lexicon()]).detect(title, text, "en").matches
    return found[0] if found else None


def holds(text: str, title: str = "", one: Signal | None = None) -> bool:
    found = match(text, title, one)
    return found is not None and found.pattern != ""


@pytest.mark.parametrize(
    "text",
    [
        "The militia left its camp. Iraqi police arrested them.",
        "The militia left its camp at dawn. Iraqi police raid its offices.",
        "The militia left its camp. It rained. Iraqi police raid the group.",
        "Iraqi police drove up to the militia. They arrested its men.",
        "Iraqi police drove up. By noon they raid a militia.",
        "The militia was warned. The group sat down. It rained. Iraqi police arrested its men.",
        "Kataib Hezbollah sat down as Iraqi police raid its offices.",
    ],
)
def test_words_stand_for_who_was_named_shortly_before(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "Iraqi police arrested them.",
        "Iraqi police arrested them. The militia sat down.",
        "The militia sat down. It rained. The market was open. Iraqi police arrested them.",
        "The militia said that officers raid them.",
        "Iraqi police came. Later the militia made it hard. The crackdown was over.",
    ],
)
def test_words_stand_for_nobody_who_was_not(text: str) -> None:
    assert not holds(text)


def test_a_title_names_whom_the_first_sentences_speak_of() -> None:
    assert holds("Iraqi police arrested them.", "The militia at dawn")
    assert not holds(
        "It rained. The market was open. A bus went by. Iraqi police arrested them.", "The militia at dawn"
    )


def test_who_acted_goes_on_acting() -> None:
    acting = signal("state act target within 4")
    assert holds("Iraqi police met the militia. They arrested a militia man.", one=acting)
    assert not holds("The militia met Iraqi police. They arrested a militia man.", one=acting)


def test_of_two_names_side_by_side_the_second_is_meant() -> None:
    acting = signal("target act-passive within 4")
    assert holds("An Iraq militia came. It was disarmed.", one=acting)
    assert not holds("An Iraq election came, and a militia. It was disarmed.", one=acting)


def test_a_subject_later_in_a_sentence_is_somebody_of_that_sentence() -> None:
    acting = signal("state act target within 4")
    assert holds("Iraqi police came. By noon they raid a militia.", one=acting)
    assert not holds("Iraqi police came. Late at night neighbours said they raid a militia.", one=acting)
    assert not holds("Iraqi police came. They said a raid hit a militia.", one=acting)


def test_it_counts_as_a_subject_only() -> None:
    acting = signal("act target within 3")
    assert not holds("A militia camp is empty. Baghdad arrested it seems nobody.", one=acting)
    assert holds("A militia camp is empty. Baghdad arrested them.", one=acting)


def test_what_a_pattern_bars_is_looked_for_where_the_group_was_named() -> None:
    barred = signal("state act target within 12 without place")
    named = "The militia left {}. Officers arrested them."
    assert holds(named.format("home"), one=barred)
    assert not holds(named.format("Basra"), one=barred)


def test_what_was_told_as_past_stays_past() -> None:
    past = match("Ten years ago the militia left its camp. Iraqi police arrested them.")
    assert past is not None
    assert past.assertion is Assertion.HISTORICAL


def test_a_near_miss_takes_no_such_word() -> None:
    text = "The militia sat down. Then they went home. Iraqi police looked on."
    plain = detector(crackdown()).detect("", text, "en").matches
    again = Detector([signal()], [lexicon()]).detect("", text, "en").matches
    assert [one.score for one in again] == [one.score for one in plain]


PIECES = [
    "The militia",
    "Iraqi police",
    "they",
    "it",
    "arrested",
    "raid",
    "its men",
    "them",
    ".",
    ",",
    "in Basra",
    "said",
]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join))
def test_the_gate_changes_nothing(text: str) -> None:
    readers = [Detector([signal()], [lexicon()], prefilter=gate) for gate in (True, False)]
    one, two = (reader.detect("", text, "en").matches for reader in readers)
    assert one == two


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Iraqi police, who had come from the north on Sunday, raid a militia camp.", True),
        ("Iraqi police, acting on a warrant of last week, raid a militia camp.", True),
        ("Iraqi police raid, on orders of the one judge left in town, a militia camp.", True),
        ("Iraqi police and who had come from the north on Sunday raid a militia camp.", False),
        ("Iraqi police, we saw from the north side on Sunday, raid a militia camp.", False),
        (
            "Iraqi police, who had come from the north on Sunday to see what there was to see here, raid a militia.",
            False,
        ),
    ],
)
def test_an_aside_parts_nothing(text: str, held: bool) -> None:
    assert holds(text, one=crackdown(("state act target within 4",))) is held


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("Iraq condemned the raid and the militia swore revenge.", False),
        ("Iraqi police arrested and disarmed a militia.", True),
        ("Iraqi police raid and search a militia camp.", True),
    ],
)
def test_a_noun_with_which_something_else_is_named_is_not_done_to_it(text: str, held: bool) -> None:
    assert holds(text, one=crackdown(("state act target within 8",))) is held
