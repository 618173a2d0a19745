"""How long a story takes documents in, by the signals that its members match."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stories.samples import NOW, document
from watcher.model.signal import STORY_WINDOW, Signal
from watcher.model.story import Signature, StoryMember, StoryStatus
from watcher.stories.candidates import in_reach
from watcher.stories.place import place
from watcher.stories.signature import sign
from watcher.stories.window import Windows

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
OWN = {"raid": 24 * HOUR, "vote": 14 * 24 * HOUR}


def windows(own: Mapping[str, timedelta]) -> Windows:
    return Windows([Signal(name, name, (), story_window=window) for name, window in own.items()])


def matching(fired: str = "", near: str = "", id_: str = "doc-1") -> Signature:
    """Of a report on which these signals alert, or nearly do."""
    return replace(
        sign(document(id=id_, publisher=f"{id_}.example", content_hash=id_)),
        fired=frozenset(fired.split()),
        near=frozenset(near.split()),
    )


@pytest.mark.parametrize(
    ("one", "other", "hours"),
    [
        (matching("raid"), matching("raid"), 24),
        (matching("raid vote"), matching("raid"), 24),
        (matching("raid vote"), matching("raid vote"), 14 * 24),
        (matching("raid", near="vote"), matching("raid", near="vote"), 24),  # only nearly a vote
        (matching("raid", near="vote"), matching("vote"), 14 * 24),
        (matching("raid"), matching("vote"), 24),  # nothing in common: the shorter
        (matching("other"), matching("vote"), 72),
        (matching("other"), matching("other"), 72),
        (matching(near="vote"), matching(near="vote"), 14 * 24),
        (matching(), matching(), 72),
    ],
)
def test_the_longest_window_of_the_signals_in_common(one: Signature, other: Signature, hours: int) -> None:
    assert windows(OWN).between(one, other) == windows(OWN).between(other, one) == hours * HOUR
    assert Windows().between(one, other) == STORY_WINDOW
    assert windows(OWN).longest == 14 * 24 * HOUR
    assert windows({"raid": 24 * HOUR}).longest == STORY_WINDOW


@pytest.mark.parametrize("signal", ["raid", "vote", "other"])
def test_a_report_joins_within_the_window_of_its_signal_and_not_later(signal: str) -> None:
    own, copy = windows(OWN), matching(signal, id_="doc-2")
    window = OWN.get(signal, STORY_WINDOW)
    inside, outside = (
        StoryMember("story-1", matching(signal), StoryStatus.NEW, NOW - age) for age in (window, window + SECOND)
    )
    assert place(copy, [inside], NOW, "story-2", own).story_id == "story-1"
    assert in_reach(copy, [inside, outside], own, NOW) == [inside]
    late = place(copy, [outside], NOW, "story-2", own)
    assert (late.story_id, late.reasons) == ("story-2", (f"nothing similar in the last {window // HOUR} hours",))


def test_the_same_report_does_not_age() -> None:
    own, again = windows(OWN), replace(matching("raid", id_="doc-2"), content_hash="doc-1")
    long_ago = StoryMember("story-1", matching("raid"), StoryStatus.NEW, NOW - 90 * HOUR)
    assert in_reach(again, [long_ago], own, NOW) == [long_ago]
    assert place(again, [long_ago], NOW, "story-2", own).story_id == "story-1"


def test_a_window_of_odd_minutes_is_named_as_such() -> None:
    own = windows({"raid": timedelta(minutes=90)})
    assert place(matching("raid"), [], NOW, "story", own).reasons == ("nothing similar in the last 90 minutes",)


some = st.frozensets(st.sampled_from(["raid", "vote", "other"]))


@given(some, some, some, some)
def test_it_is_always_the_window_of_one_of_them(
    a: frozenset[str], b: frozenset[str], c: frozenset[str], d: frozenset[str]
) -> None:
    one = replace(matching(), fired=a, near=b - a)
    other = replace(matching(), fired=c, near=d - c)
    found = windows(OWN).between(one, other)
    assert found == windows(OWN).between(other, one)
    assert found in {OWN.get(name, STORY_WINDOW) for name in a | b | c | d} | {STORY_WINDOW}
    assert found <= windows(OWN).longest
