"""Near misses are graded: what is a signal's own tells more than what many look for; a part of a topic counts."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.detection.samples import terms
from watcher.detection.engine import Detector
from watcher.detection.patterns import parse_pattern
from watcher.detection.score import FLOOR
from watcher.model.match import Match
from watcher.model.signal import Group, Signal, Status

NAMES = ("state", "country", "paper", "act")


def revision(signal_id: str = "revision", paper: str = "memorandum", status: Status = Status.LIVE) -> Signal:
    groups = (
        Group("state", 20, terms("tehran", "washington"), required=True),
        Group("country", 10, terms("iran"), required=True),
        Group("paper", 25, terms(paper), required=True),
        Group("act", 30, terms("amend*")),
    )
    patterns = (parse_pattern("state act paper", NAMES),)
    return Signal(signal_id, "Revision", groups, patterns, status=status)


def match(title: str, text: str, *others: Signal) -> Match | None:
    found = Detector([revision(), *others]).detect(title, text, "en").matches
    return next((one for one in found if one.signal_id == "revision"), None)


FAR = "A sunny day. " * 60


def test_all_but_one_of_what_a_rule_requires_is_a_part_of_the_topic() -> None:
    found = match("The memorandum and Tehran", "")
    assert found is not None
    assert FLOOR <= found.score < 16
    assert found.missing == ("act", "country")
    assert found.ledger[-1].reason == "no pattern held: on a part of the topic (45 points of its own topic)"
    assert sum(entry.points for entry in found.ledger) == found.score


def test_one_group_is_no_part_of_a_topic() -> None:
    assert match("The memorandum", "A memorandum on milk.") is None
    assert match("Iran", FAR + "Tehran in spring.") is None, "too little of it, and that in the body"


def test_a_part_of_the_topic_says_less_than_the_topic_in_a_sentence_of_the_body() -> None:
    part, body = match("The memorandum and Tehran", ""), match("Weather", FAR + "Iran, Tehran, the memorandum.")
    assert part is not None and body is not None
    assert part.score < body.score


def test_words_that_many_signals_look_for_tell_less() -> None:
    title = "The memorandum and Tehran: Iran"
    alone, among = match(title, ""), match(title, "", *(revision(f"other-{number}") for number in range(8)))
    assert alone is not None and among is not None
    assert among.score < alone.score
    others = (revision(f"other-{number}", "treaty") for number in range(8))
    own = match(title, "", *others)
    assert own is not None and among.score < own.score < alone.score


def test_signals_on_trial_take_nothing_from_live_ones() -> None:
    title = "The memorandum and Tehran: Iran"
    trials = (revision(f"trial-{number}", status=Status.SHADOW) for number in range(8))
    assert match(title, "", *trials) == match(title, "")


def test_what_all_patterns_bar_is_no_part_of_the_topic() -> None:
    barring = (parse_pattern("state act paper without other", (*NAMES, "other")),)
    signal = replace(revision(), groups=(*revision().groups, Group("other", 0, terms("milk"))), patterns=barring)
    detector = Detector([signal])
    assert detector.detect("The memorandum and Tehran", "", "en").matches
    assert not detector.detect("The milk memorandum and Tehran", "", "en").matches


WORDS = ("Iran", "Tehran", "memorandum", "amended", "milk", "treaty", ".", "A sunny day. " * 30)


@given(st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join), st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_the_prefilter_knows_of_parts(title: str, text: str) -> None:
    signals = [revision(), revision("treaty", "treaty")]
    fast, slow = Detector(signals), Detector(signals, prefilter=False)
    assert fast.detect(title, text, "en") == slow.detect(title, text, "en")
