"""Who does what to whom: active, passive, nominal; and what must not be mistaken for it."""

from __future__ import annotations

import pytest

from tests.detection.samples import crackdown, detector, held, only

HOLDS = [
    ("Iraqi police raid homes of PMF commanders", "state act target within 12"),
    ("Iraqi army disarms militia in Basra", "state act target within 12"),
    ("Iraqi army has now begun disarming a militia", "state act target within 12"),
    ("Militia commanders arrested in Basra", "target act-passive (by state)?"),
    ("Militia commanders were reportedly arrested", "target act-passive (by state)?"),
    ("Militia offices raided by Iraqi police", "target act-passive (by state)?"),
    ("Militia base shut by officers", "target act-passive (by state)?"),
    ("Militia men arrested by dawn", "target act-passive (by state)?"),
    ("Crackdown on militias widens", "act-noun (of|against|on) target"),
    ("The arrest of a militia chief", "act-noun (of|against|on) target"),
]
DOES_NOT_HOLD = [
    "Iraqi police arrested by militia",
    "Iraqi police were arrested by militia men",
    "Militia arrests rival as Iraq votes",
    "Militia raids Iraqi police post",
    "Rockets seized by militia near Basra",
    "In Iraq militia seized a village from a militia",
    "Militia talks. Iraqi police arrest thief",
    "Nobody arrested",
    "Iraqi police praise the militia",
]


@pytest.mark.parametrize(("text", "pattern"), HOLDS)
def test_a_pattern_holds(text: str, pattern: str) -> None:
    match = only(text)
    assert match is not None
    assert match.pattern == pattern


@pytest.mark.parametrize("text", DOES_NOT_HOLD)
def test_the_words_are_there_but_not_who_does_what_to_whom(text: str) -> None:
    assert held(text) is None


def test_slots_further_apart_than_within_do_not_hold() -> None:
    reader = detector(crackdown(["state act target within 3"]))
    assert only("Iraqi army disarms one two three militia", reader=reader) is not None
    assert held("Iraqi army disarms one two three four militia", reader=reader) is None


def test_literal_words_and_optional_ones() -> None:
    reader = detector(crackdown(["state (takes|took) target (to court)? within 4"]))
    found = only("Baghdad took a militia to court", reader=reader)
    assert found is not None
    assert only("Baghdad takes the militia", reader=reader) is not None
    assert held("Baghdad left the militia", reader=reader) is None


def test_spelling_variants_of_a_fuzzy_name() -> None:
    for name in ("Kataib Hezbollah", "Kata'ib Hezbolla", "KATAIB HEZBOLLAH", "Kataib Hizbollah"):
        assert only(f"Iraqi army disarms {name}") is not None, name
    assert held("Iraqi army disarms Katy Herzog") is None


def test_beyond_english_any_voice_is_taken() -> None:
    reader = detector(crackdown(["target act-passive"]))
    assert held("Militia raids seven", reader=reader) is None
    assert reader.detect("Militia raids seven", "", "de").matches


def test_a_sentence_of_nothing_but_hits_ends_soon() -> None:
    assert detector().detect("", "iraq arrest militia " * 5_000, "en").matches


BESIDE = ["state act (it|them) within 3 beside target"]
FILLER = " It rained. The market was open. A bus went by. Nobody was late."


@pytest.mark.parametrize(
    ("title", "text", "holds"),
    [
        ("", "The militia sat down. Iraqi police arrested them.", True),
        ("", "Iraqi police arrested them. The militia sat down.", True),
        ("", "Iraqi police raid them, and the militia fled.", True),
        ("A militia and its camp", "It rained. It rained more. Iraqi police raid it.", True),
        ("Iraqi police raid it", "The militia sat down.", True),
        ("", "The militia sat down. It rained. Iraqi police arrested them.", False),
        ("Iraqi police raid it", 12 * FILLER + " The militia sat down.", False),
        ("", "Iraqi police arrested them.", False),
    ],
)
def test_a_group_beside_stands_in_the_title_the_sentence_or_the_next(title: str, text: str, holds: bool) -> None:
    assert (held(title, text, reader=detector(crackdown(BESIDE))) is not None) is holds
