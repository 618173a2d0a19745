"""A source's health changes when verdicts last, and the operator hears of it once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sources.conftest import NOW
from watcher.model.document import HELD, Document, Health, Outcome, Poll, Source, SourceState
from watcher.model.signal import Severity
from watcher.sources.health import FLOOD, LASTING, LET_THROUGH, hold, notice_of, patience, summary_of, untold
from watcher.sources.rhythm import after_poll

SOURCE = Source("wire", "feed", "https://news.example/rss", "news.example")
HEALTHY = SourceState(
    "wire", NOW, url=SOURCE.url, health=Health.HEALTHY, leaning=Health.HEALTHY, told_health=Health.HEALTHY,
    documents=50, last_new_at=NOW, last_success_at=NOW, rhythm_s=3600.0,
)  # fmt: skip
GOOD = Poll(Outcome.CHANGED)
SAME = Poll(Outcome.UNCHANGED)
EMPTY = Poll(Outcome.CHANGED, health=Health.EMPTY)
FLOODS = (GOOD, FLOOD)


def bad(health: Health = Health.FAILING) -> Poll:
    return Poll(Outcome.FAILED, error="http-status: the server answers 500", health=health, failure="http-status")


def after(state: SourceState, *polls: Poll | tuple[Poll, int]) -> SourceState:
    """The state after these polls, each with the number of new documents it brought."""
    for each in polls:
        poll, new = each if isinstance(each, tuple) else (each, 0)
        state = after_poll(SOURCE, state, poll, NOW, 0.5, new, known=1)
    return state


@pytest.mark.parametrize("health", [Health.FAILING, Health.BLOCKED, Health.EMPTY])
def test_a_source_turns_bad_when_it_lasts(health: Health) -> None:
    poll = EMPTY if health is Health.EMPTY else bad(health)
    assert after(HEALTHY, *[poll] * (LASTING - 1)).health is Health.HEALTHY
    assert after(HEALTHY, *[poll] * LASTING).health is health
    assert after(HEALTHY, poll, poll, GOOD, poll, poll, GOOD).health is Health.HEALTHY


def test_one_good_poll_is_no_recovery_and_two_are() -> None:
    failing = after(HEALTHY, *[bad()] * LASTING)
    assert after(failing, GOOD).health is Health.FAILING
    assert after(failing, GOOD, bad(), GOOD).health is Health.FAILING
    assert after(failing, GOOD, GOOD).health is Health.HEALTHY


def test_a_new_source_shows_its_first_verdict_at_once() -> None:
    assert after(SourceState("wire", NOW), bad()).health is Health.FAILING
    assert after(SourceState("wire", NOW), GOOD).health is Health.HEALTHY


def test_a_first_verdict_that_did_not_last_is_replaced_by_the_next() -> None:
    assert after(SourceState("wire", NOW), bad(), GOOD).health is Health.HEALTHY
    assert after(SourceState("wire", NOW), bad(), bad(), bad(), GOOD).health is Health.FAILING
    assert after(SourceState("wire", NOW), GOOD, bad(), bad()).health is Health.HEALTHY


def test_silence_far_beyond_its_own_rhythm_is_stale_until_something_new_comes() -> None:
    quiet = replace(HEALTHY, rhythm_s=6 * 3600.0)
    assert patience(quiet) == timedelta(days=5)
    assert after(replace(quiet, last_new_at=NOW - timedelta(days=4)), SAME).health is Health.HEALTHY
    stale = after(replace(quiet, last_new_at=NOW - timedelta(days=6)), SAME)
    assert (stale.health, stale.reason) == (Health.STALE, "nothing new for 6 d; usually every 6 h")
    assert after(stale, (GOOD, 1)).health is Health.HEALTHY


def test_no_weekend_is_stale_and_an_unknown_rhythm_gets_a_month() -> None:
    assert patience(replace(HEALTHY, rhythm_s=60.0)) == timedelta(days=3)
    assert patience(replace(HEALTHY, rhythm_s=None)) == timedelta(days=30)
    assert patience(replace(HEALTHY, rhythm_s=1e300)) == timedelta(days=360)


def test_slow_has_two_thresholds() -> None:
    slow = replace(GOOD, seconds=20.0)
    state = after(replace(HEALTHY, latency_s=19.0), *[slow] * LASTING)
    assert state.health is Health.SLOW
    assert state.reason.startswith("answers after ")
    assert after(state, *[replace(GOOD, seconds=6.0)] * 30).health is Health.SLOW
    assert after(state, *[replace(GOOD, seconds=1.0)] * 30).health is Health.HEALTHY


def test_flooding_again_and_again_is_quarantined_until_it_is_calm() -> None:
    assert after(HEALTHY, FLOODS, FLOODS).health is Health.HEALTHY
    assert after(HEALTHY, FLOODS, SAME, FLOODS, SAME, FLOODS).health is Health.QUARANTINED, "a pause is no calm"
    state = after(HEALTHY, FLOODS, FLOODS, FLOODS)
    assert after(state, *[SAME] * 5).health is Health.QUARANTINED
    assert after(state, *[SAME] * 6).health is Health.HEALTHY


def test_a_first_poll_of_many_documents_is_no_flood() -> None:
    assert after(SourceState("wire", NOW), FLOODS).leaning is Health.HEALTHY


def test_a_flooding_source_is_not_polled_more_often() -> None:
    state = HEALTHY
    for _ in range(5):
        state = after_poll(SOURCE, state, GOOD, NOW, 0.5, FLOOD, known=0)
    assert (state.health, state.hurry, state.pause_s) == (Health.QUARANTINED, 0, 300.0)


def test_a_change_is_to_be_told_once() -> None:
    failing = after(HEALTHY, *[bad()] * LASTING)
    assert untold(failing)
    told = replace(failing, told_health=Health.FAILING)
    assert not untold(told)
    assert not untold(after(told, bad(), bad()))
    assert untold(after(told, GOOD, GOOD))


def test_a_first_success_is_no_news_and_a_first_failure_only_when_it_lasts() -> None:
    assert not untold(after(SourceState("wire", NOW), GOOD))
    assert not untold(after(SourceState("wire", NOW), bad()))
    assert untold(after(SourceState("wire", NOW), bad(), bad(), bad()))


def test_what_a_notice_says() -> None:
    notice = notice_of(after(HEALTHY, *[bad()] * LASTING))
    assert notice.subject == "Source wire is failing (http-status)"
    assert notice.text == (
        "It was healthy. http-status: the server answers 500. Last success 2026-03-01 12:00 UTC."
        " `watcher sources --state failing` lists it."
    )
    assert notice.severity is Severity.MEDIUM
    back = notice_of(replace(HEALTHY, told_health=Health.FAILING))
    assert (back.subject, back.text, back.severity) == ("Source wire is healthy", "It was failing.", Severity.LOW)


def test_many_changes_are_one_summary() -> None:
    states = [replace(HEALTHY, source_id=f"s{n:02}", health=Health.FAILING) for n in range(10)]
    states.append(replace(HEALTHY, source_id="x", health=Health.GONE))
    summary = summary_of(states)
    assert summary.subject == "11 sources have changed: 10 failing, 1 gone"
    assert "10 failing: s00, s01, s02, s03, s04, s05, s06, s07 and 2 more. 1 gone: x." in summary.text
    assert summary.dedup_key == summary_of(states[::-1]).dedup_key
    assert summary.dedup_key != summary_of(states[1:]).dedup_key


polls = st.sampled_from([GOOD, SAME, EMPTY, FLOODS, bad(), bad(Health.BLOCKED), bad(Health.GONE), (GOOD, 1)])


@given(st.lists(polls, max_size=40))
def test_no_source_changes_on_a_single_odd_poll(history: list[Poll | tuple[Poll, int]]) -> None:
    state = after(HEALTHY, *history)
    if state.health not in (Health.STALE, Health.GONE):
        odd = after(state, bad())
        assert odd.health in (state.health, Health.FAILING)
        if odd.health is not state.health:
            assert state.leaning is Health.FAILING
            assert state.leaning_polls >= LASTING - 1


@given(st.lists(polls, max_size=60))
def test_telling_follows_health_and_never_repeats(history: list[Poll | tuple[Poll, int]]) -> None:
    state, told = HEALTHY, []
    for each in history:
        state = after(state, each)
        if untold(state):
            notice = notice_of(state)
            told.append(notice.subject)
            state = replace(state, told_health=state.health)
            assert not untold(state)
    assert all(first != second for first, second in pairwise(told))


def documents(count: int, dated: bool = False) -> tuple[Document, ...]:
    return tuple(
        Document(
            id=str(n), source_id="wire", publisher="", guid="", url="", canonical_url="", title=str(n), text="",
            language=None, published_at=NOW + timedelta(hours=n) if dated else None, first_seen_at=NOW,
            content_hash=str(n), tags=("world",),
        )
        for n in range(count)
    )  # fmt: skip


def test_of_a_quarantined_source_all_but_the_newest_are_held_back() -> None:
    flood = replace(HEALTHY, health=Health.QUARANTINED)
    for dated, first_held in ((False, LET_THROUGH), (True, 0)):
        kept = hold(flood, documents(LET_THROUGH + 10, dated))
        held = [number for number, document in enumerate(kept) if HELD in document.tags]
        assert held == list(range(first_held, first_held + 10))
        assert {document.tags[0] for document in kept} == {"world"}


def test_nothing_is_held_back_of_other_sources_or_of_few() -> None:
    many = documents(300)
    assert hold(HEALTHY, many) == many
    few = documents(LET_THROUGH)
    assert hold(replace(HEALTHY, health=Health.QUARANTINED), few) == few
