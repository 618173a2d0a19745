"""The grammar of patterns: what is read, and what is refused with advice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.detection.patterns import MAX_SLOTS, PatternError, parse_pattern
from watcher.model.signal import Slot, Voice

GROUPS = ("state", "act", "target", "hand-over")


def test_slots_come_in_order_with_the_gap() -> None:
    pattern = parse_pattern("state act target within 12", GROUPS)
    assert [slot.group for slot in pattern.slots] == ["state", "act", "target"]
    assert pattern.within == 12
    assert pattern.text == "state act target within 12"


def test_voices_and_an_optional_actor() -> None:
    pattern = parse_pattern("target act-passive (by state)?", GROUPS)
    assert pattern.slots[1] == Slot(group="act", voice=Voice.PASSIVE)
    assert pattern.slots[2] == Slot(optional=True, inner=(Slot(words=("by",)), Slot(group="state")))


def test_a_choice_of_words_and_of_phrases() -> None:
    pattern = parse_pattern("act-noun (of|in a bid against|on)? target", GROUPS)
    assert pattern.slots[0].voice is Voice.NOUN
    assert pattern.slots[1] == Slot(words=("of", "in a bid against", "on"), optional=True)


def test_near_groups_end_a_pattern() -> None:
    pattern = parse_pattern("act target within 3 near state hand-over", GROUPS)
    assert (pattern.within, pattern.near) == (3, ("state", "hand-over"))
    assert parse_pattern("act near state", GROUPS).near == ("state",)
    beside = parse_pattern("act beside state near target", GROUPS)
    assert (beside.near, beside.beside, beside.around) == (("target",), ("state",), ("target", "state"))
    both = parse_pattern("act near state without target", GROUPS)
    assert (both.near, both.without) == (("state",), ("target",))


def test_a_group_with_a_hyphen_keeps_its_name_and_takes_a_voice() -> None:
    assert parse_pattern("hand-over", GROUPS).slots == (Slot(group="hand-over"),)
    assert parse_pattern("hand-over-noun", GROUPS).slots == (Slot(group="hand-over", voice=Voice.NOUN),)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("sate act", "did you mean 'state'"),
        ("act by state", "Literal words go in parentheses: (by)"),
        ("act (of|on", "never closed"),
        ("act )", "stands alone"),
        ("? act", "stands alone"),
        ("act (of (on))", "cannot be nested"),
        ("act (of|)", "empty choice"),
        ("act (state|of)", "make one group of both"),
        ("state (tagret)", "looks like the group 'target'"),
        ("act within", "number of tokens from 0 to 40"),
        ("act within 41", "number of tokens from 0 to 40"),
        ("act within 5 target", "no slot can follow"),
        ("act near", "wants the names of groups"),
        ("act near target sate", "no group 'sate'"),
        ("act within 3 within 4", "once is enough"),
        ("act in order", "in any order"),
        ("act for", "codes of languages"),
        ("act for arabic", "no code of a language"),
        ("act without", "wants the names of groups"),
        ("act?", "not optional"),
        ("(by)", "not optional"),
        ("", "not optional"),
        ("act (--)", "not a word"),
        ("act " * (MAX_SLOTS + 1), "split it"),
        ("a" * 500, "at most 400"),
    ],
)
def test_a_pattern_that_cannot_be_read_says_what_to_write(text: str, advice: str) -> None:
    with pytest.raises(PatternError) as caught:
        parse_pattern(text, GROUPS)
    assert advice in str(caught.value)


def test_the_error_points_at_the_place() -> None:
    with pytest.raises(PatternError) as caught:
        parse_pattern("state act tarot", GROUPS)
    assert caught.value.position == 10


@given(st.text(alphabet="stae ct()|?within 0123-", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        pattern = parse_pattern(text, GROUPS)
    except PatternError as error:
        assert error.position <= len(text)
    else:
        assert pattern.slots
