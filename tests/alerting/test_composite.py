"""A composite holds exactly when its conditions do, and its match adds up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.samples import NOW
from watcher.alerting.composite import contributions, happened_at, publishers, stand
from watcher.alerting.composite_match import HEADLINES, as_match
from watcher.model.composite import Composite, Contribution, Firing, Part, Together
from watcher.model.match import Assertion
from watcher.model.signal import Severity, Signal

HOUR = timedelta(hours=1)
WINDOW = 24 * HOUR


def composite(when: Together, within: timedelta = WINDOW) -> Composite:
    return Composite(Signal("trigger", "Trigger", ()), when, within)


def fired(signal: str = "a", story: int = 1, hours: float = 1, **changes: Any) -> Firing:
    moment = NOW - timedelta(hours=hours)
    known: dict[str, Any] = {
        "signal_id": signal,
        "story_id": f"story-{story}",
        "document_id": f"doc-{story}-{hours}",
        "title": f"Headline {story} of {signal}",
        "publisher": "wire.example",
        "published_at": None,
        "first_seen_at": moment,
        "score": 70,
        "assertion": Assertion.ASSERTED,
    }
    return Firing(**(known | changes))


BOTH = composite(Together(all=(Part("a"), Part("b"))))


def test_all_sides_must_hold_in_the_window() -> None:
    assert stand(BOTH, [fired("a"), fired("b", 2, 23)], (), NOW).holds
    assert not stand(BOTH, [fired("a"), fired("b", 2, 25)], (), NOW).holds
    assert not stand(BOTH, [fired("a"), fired("c", 2)], (), NOW).holds


def test_what_is_lacking_is_said() -> None:
    assert stand(BOTH, [fired("a")], (), NOW).reasons == ("b: 0 of 1 needed in the last 24 hours",)


def test_one_story_counts_once() -> None:
    two = composite(Together(all=(Part("a", count=2),)))
    assert not stand(two, [fired("a", 1, 1), fired("a", 1, 2)], (), NOW).holds
    assert stand(two, [fired("a", 1, 1), fired("a", 2, 2)], (), NOW).holds


def test_a_part_may_ask_for_score_assertion_groups_and_tags() -> None:
    part = Part("a", 1, 75, (Assertion.DECIDED,), ("defiance",), ("iraq",))
    asked = composite(Together(all=(part,)))
    good: dict[str, Any] = {
        "score": 75,
        "assertion": Assertion.DECIDED,
        "groups": frozenset({"defiance"}),
        "tags": frozenset({"iraq"}),
    }
    assert stand(asked, [fired(**good)], (), NOW).holds
    worse: dict[str, Any]
    for worse in ({"score": 74}, {"assertion": Assertion.ASSERTED}, {"groups": frozenset()}, {"tags": frozenset()}):
        assert not stand(asked, [fired(**(good | worse))], (), NOW).holds


def test_what_bars_is_named() -> None:
    barred = composite(Together(all=(Part("a"),), none=(Part("peace"),)))
    standing = stand(barred, [fired("a"), fired("peace", 2)], (), NOW)
    assert not standing.holds
    assert "barred by peace" in standing.reasons[0]


def test_a_story_happens_when_it_was_published_if_that_can_be_believed() -> None:
    old = fired("b", 2, published_at=NOW - 30 * HOUR)
    assert not stand(BOTH, [fired("a"), old], (), NOW).holds
    ahead = fired("b", 2, published_at=NOW + 30 * HOUR)
    assert happened_at(ahead) == ahead.first_seen_at


def test_an_occurrence_goes_on_while_its_first_story_is_in_the_window() -> None:
    first = stand(BOTH, [fired("a", 1, 20), fired("b", 2, 1)], (), NOW)
    known = contributions(first, "occ-1")
    later = stand(BOTH, [fired("a", 1, 20), fired("b", 2, 1), fired("a", 3, 0)], known, NOW)
    assert (later.occurrence_id, len(later.stories)) == ("occ-1", 3)


def test_after_it_only_other_stories_make_a_new_one() -> None:
    known = (
        Contribution("occ-1", "a", "story-1", "doc-1", NOW - 30 * HOUR),
        Contribution("occ-1", "b", "story-2", "doc-2", NOW - 10 * HOUR),
    )
    used = fired("b", 2, 10)
    assert not stand(BOTH, [used, fired("a", 3)], known, NOW).holds
    fresh = stand(BOTH, [used, fired("a", 3), fired("b", 4)], known, NOW)
    assert (fresh.holds, fresh.occurrence_id) == (True, "")


def test_the_match_is_as_strong_as_its_weakest_side() -> None:
    standing = stand(BOTH, [fired("a", 1, score=95), fired("b", 2, score=64, assertion=Assertion.DECIDED)], (), NOW)
    match = as_match(BOTH, standing)
    assert (match.score, match.severity, match.assertion) == (64, Severity.MEDIUM, Assertion.DECIDED)
    assert match.ledger[0].reason == "the weakest side: b, “Headline 2 of b”"
    assert match.sentence == "Headline 2 of b (b) · Headline 1 of a (a)"
    assert [(one.group, one.text) for one in match.evidence] == [("a", "Headline 1 of a"), ("b", "Headline 2 of b")]
    assert publishers(standing) == 1


def test_further_signals_and_stories_make_it_stronger() -> None:
    any_of = composite(Together(all=(Part("a"),), any=(Part("b"), Part("c"))))
    few = stand(any_of, [fired("a"), fired("b", 2)], (), NOW)
    many = stand(any_of, [fired("a"), fired("b", 2), fired("c", 3), fired("b", 4)], (), NOW)
    assert (as_match(any_of, few).score, as_match(any_of, many).score) == (70, 70 + 5 + 4)


def test_a_sentence_lists_a_few_headlines() -> None:
    one = composite(Together(all=(Part("a"),)))
    match = as_match(one, stand(one, [fired("a", story) for story in range(9)], (), NOW))
    assert match.sentence.count(" · ") == HEADLINES
    assert match.sentence.endswith("and 4 more")


parts = st.builds(Part, st.sampled_from("abc"), st.integers(1, 3), st.sampled_from([0, 60, 80]))
conditions = st.recursive(
    parts,
    lambda inner: st.builds(
        Together,
        st.lists(inner, max_size=2).map(tuple),
        st.lists(inner, max_size=2).map(tuple),
        st.lists(inner, max_size=1).map(tuple),
    ),
    max_leaves=6,
)
firings = st.lists(
    st.builds(
        fired,
        st.sampled_from("abc"),
        st.integers(1, 4),
        st.integers(0, 30),
        score=st.sampled_from([50, 60, 70, 80, 99]),
    ),
    max_size=10,
)


def plainly(one: Part | Together, found: list[Firing]) -> bool:
    """The conditions, read as they are written."""
    if isinstance(one, Part):
        fits = {each.story_id for each in found if each.signal_id == one.signal and each.score >= one.min_score}
        return len(fits) >= one.count
    asked = [plainly(each, found) for each in one.all] + ([any(plainly(e, found) for e in one.any)] if one.any else [])
    return bool(asked) and all(asked) and not any(plainly(each, found) for each in one.none)


def recent(found: list[Firing], now: datetime) -> list[Firing]:
    return [one for one in found if now - WINDOW < one.first_seen_at <= now]


@given(conditions, firings)
def test_it_holds_as_a_plain_reading_of_the_rule_says(condition: Part | Together, found: list[Firing]) -> None:
    when = condition if isinstance(condition, Together) else Together(all=(condition,))
    asked = composite(when)
    standing = stand(asked, found, (), NOW)
    assert standing.holds == plainly(when, recent(found, NOW))
    if not standing.holds:
        assert standing.stories == ()
        return
    keys = [(one.signal_id, one.story_id) for one in standing.stories]
    assert len(keys) == len(set(keys)) > 0
    moments = [happened_at(one) for one in standing.stories]
    assert moments == sorted(moments)
    match = as_match(asked, standing)
    assert match.score == sum(entry.points for entry in match.ledger) <= 100
    assert match.alert == (match.score >= match.alert_at)
    again = stand(asked, found, contributions(standing, "occ"), NOW)
    assert (again.holds, again.occurrence_id) == (True, "occ")
