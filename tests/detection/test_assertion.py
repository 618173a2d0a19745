"""How a development is stated, resolved at the sentence in which its pattern holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.detection.samples import crackdown, detector, only
from watcher.detection.assertion import FACTOR, resolve, weaker
from watcher.detection.cues import CueBook
from watcher.model.match import Assertion
from watcher.model.signal import Cue, Direction

A = Assertion

CASES = [
    ("Iraqi army disarms militia", A.ASSERTED),
    ("Iraqi army disarmed militia, officials said", A.ATTRIBUTED),
    ("Iraqi army could disarm militia", A.HYPOTHETICAL),
    ("Iraqi army to disarm militia", A.HYPOTHETICAL),
    ("Iraqi army managed to disarm militia", A.ASSERTED),
    ("Iraqi army began to disarm militia", A.ASSERTED),
    ("Is the Iraqi army disarming a militia?", A.HYPOTHETICAL),
    ("US urges Iraq to disarm militia", A.DEMANDED),
    ("Iraq must disarm militia", A.DEMANDED),
    ("Baghdad denies crackdown on militias", A.DENIED),
    ("Iraqi army did not disarm militia", A.DENIED),
    ("Iraqi army not only disarmed militia", A.ASSERTED),
    ("Crackdown on militias never happened", A.DENIED),
    ("Iraq denied torture but disarmed militia", A.ASSERTED),
    ("Iraqi army will disarm militia", A.HYPOTHETICAL),
    ("Iraqi army will disarm militia under a decree", A.DECIDED),
    ("Iraqi army could disarm militia under a decree", A.HYPOTHETICAL),
    ("Iraq disarmed a militia ten years ago", A.HISTORICAL),
    (
        "Ten years ago, when rain fell in the north and in the south and on roads, Iraq disarmed a militia",
        A.HISTORICAL,
    ),
    ("In May Iraq disarmed a militia", A.ASSERTED),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_the_assertion_of_a_headline(text: str, expected: Assertion) -> None:
    match = only(text)
    assert match is not None
    assert match.assertion is expected
    assert match.alert is (expected in (A.ASSERTED, A.ATTRIBUTED, A.DECIDED))


def test_words_that_a_pattern_asks_for_are_no_cues() -> None:
    reader = detector(crackdown(["target (not) act", "target act"]))
    match = only("Militia will not disarm", reader=reader)
    assert match is not None
    assert match.assertion is A.HYPOTHETICAL
    assert match.cue == "=will"


def test_a_cue_elsewhere_in_the_text_governs_nothing() -> None:
    match = only("Iraqi army disarms militia", "Prices could rise. The minister denied it.")
    assert match is not None
    assert match.assertion is A.ASSERTED


def test_a_fact_in_the_lead_beats_a_possibility_in_the_title() -> None:
    match = only("Iraq may disarm militia soon", "Iraqi police raided a militia base in Basra on Sunday.")
    assert match is not None
    assert match.assertion is A.ASSERTED
    assert match.alert


def test_a_title_is_not_believed_when_the_text_tells_the_past() -> None:
    match = only("The year Iraq disarmed its militia", "Years ago Iraq disarmed a militia in Basra.")
    assert match is not None
    assert match.assertion is A.HISTORICAL


def test_the_genre_outweighs_a_statement() -> None:
    match = only("Opinion: Iraqi army disarms militia")
    assert match is not None
    assert match.assertion is A.OPINION
    assert match.cue == "opinion"


def test_a_heading_gives_its_genre_to_what_stands_under_it() -> None:
    text = "Shops were open.\nWhat to watch\nIraqi army disarms militia\n"
    match = only("News of the day", text)
    assert match is not None
    assert match.assertion is A.HYPOTHETICAL
    assert not match.alert


def test_commentary_shows_in_the_first_person() -> None:
    text = "I saw it and I knew. I said to my wife that I was right. Iraqi army disarms militia. I think so."
    match = only("Notes", text)
    assert match is not None
    assert match.assertion is A.OPINION


def test_a_quoted_first_person_is_no_commentary() -> None:
    text = "“I saw it, and I said: I, and my men, and my wife, I swear,” he cried. Iraqi army disarms militia."
    match = only("Notes", text)
    assert match is not None
    assert match.assertion is A.ASSERTED


@given(st.lists(st.sampled_from(["a", "not", "could", "managed", "to", "act", "but", "said"]), max_size=12), st.data())
def test_any_row_of_cues_resolves(words: list[str], data: st.DataObject) -> None:
    book = CueBook(
        [
            Cue("not", A.DENIED, Direction.FORWARD, 5, ("but",)),
            Cue("could", A.HYPOTHETICAL),
            Cue("managed to", None),
            Cue("to", A.HYPOTHETICAL, window=2),
            Cue("said", A.ATTRIBUTED, Direction.BOTH, 20),
        ]
    )
    words = [*words, "act"]
    at = data.draw(st.sampled_from([number for number, word in enumerate(words) if word == "act"]))
    kind, cue = resolve(book.read(words, 2025), (at, at + 1), question=False)
    assert (kind is A.ASSERTED) == (cue == "")
    if "not" not in words and "could" not in words and "to" not in words:
        assert kind in (A.ASSERTED, A.ATTRIBUTED)


@given(st.sampled_from(list(A)), st.sampled_from(list(A)))
def test_the_weaker_of_two_readings_counts(one: Assertion, other: Assertion) -> None:
    kept = weaker((one, ""), (other, ""))[0]
    assert FACTOR[kept] == min(FACTOR[one], FACTOR[other])


def test_a_text_that_goes_through_past_years_is_a_retrospective() -> None:
    text = "In 2008 the Iraqi army arrested militia men. In 2014 it did so again, and in 2019 once more."
    match = only("Iraqi army raids militia", text)
    assert match is not None
    assert match.assertion is Assertion.HISTORICAL
    assert match.cue == "2008, 2014, 2019"
    recent = only("Iraqi army raids militia", "In 2019 the Iraqi army arrested militia men. It will by 2029 and 2031.")
    assert recent is not None
    assert recent.alert
