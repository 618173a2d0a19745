"""Opinion without a label is known by what it argues."""

from watcher.detection.engine import Detector
from watcher.model.match import Assertion
from watcher.model.signal import Group, Pattern, Signal, Slot, Term

WORDS = {"mayor": "mayor", "act": "closed", "bridge": "bridge"}
SIGNAL = Signal(
    "bridge",
    "A bridge is closed",
    tuple(Group(name, 25, (Term(word),)) for name, word in WORDS.items()),
    (Pattern("mayor act bridge", tuple(Slot(name) for name in WORDS)),),
)
ARGUMENT = (
    "The mayor closed the bridge and went to lunch. A city should not live like this. Its council must learn to count, "
    "and its engineers ought to be heard. A town that cannot keep a bridge cannot keep its people, who should know. "
)
REPORT = "The mayor closed the bridge on Monday, her office said. Drivers should use the ferry, and lorries must wait. "


def _stated(text: str) -> Assertion:
    (match,) = Detector((SIGNAL,)).detect("The bridge on the river", text, "en").matches
    return match.assertion


def test_a_text_that_only_says_what_should_be_is_opinion() -> None:
    assert _stated(ARGUMENT) is Assertion.OPINION


def test_a_report_that_cites_is_none_however_often_it_advises() -> None:
    assert _stated(REPORT * 4) is not Assertion.OPINION
