"""Which items are worth an article: short, fresh, half matched by a live signal, and not disowned by themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.samples import NOW, document, match
from watcher.alerting.articles import SHORT_TEXT, worth_fetching
from watcher.model.document import Document
from watcher.model.enrichment import Wish
from watcher.model.match import Assertion, Match
from watcher.model.signal import Group, Pattern, Signal, Slot, Status

SIGNAL = Signal(
    id="iraq-militia-crackdown",
    title="Militia crackdown in Iraq",
    groups=(Group("act", 30),),
    patterns=(Pattern("act target", (Slot("act"),)),),
    max_age=timedelta(hours=48),
)
HALF = replace(match(score=40, assertion=Assertion.HYPOTHETICAL), pattern="act target")
TOPIC = match(score=20)
UNTIL = NOW + SIGNAL.max_age


def wish(found: Match = HALF, of: Document | None = None, signal: Signal = SIGNAL, **changes: Any) -> Wish | None:
    about = replace(of or document(), **changes)
    return worth_fetching(about, [found], {signal.id: signal}, NOW)


def test_the_reason_names_the_signal_and_what_it_lacks() -> None:
    assert wish() == Wish("iraq-militia-crackdown: score 40 of 60, hypothetical", 20, UNTIL)
    assert wish(TOPIC) == Wish("iraq-militia-crackdown: score 20 of 60, no pattern held", 40, UNTIL)


@pytest.mark.parametrize(
    ("assertion", "held", "wanted"),
    [
        (Assertion.ASSERTED, True, True),
        (Assertion.ATTRIBUTED, True, True),
        (Assertion.DECIDED, True, True),
        (Assertion.DEMANDED, True, True),
        (Assertion.HYPOTHETICAL, True, True),
        (Assertion.DENIED, True, False),
        (Assertion.HISTORICAL, True, False),
        (Assertion.OPINION, True, False),
        (Assertion.DENIED, False, True),
        (Assertion.HISTORICAL, False, True),
        (Assertion.OPINION, False, False),
    ],
)
def test_what_the_item_itself_disowns_is_not_looked_up(assertion: Assertion, held: bool, wanted: bool) -> None:
    found = replace(HALF, assertion=assertion, pattern="act target" if held else "")
    assert (wish(found) is not None) is wanted


def test_a_signal_without_patterns_holds_by_its_groups() -> None:
    plain = replace(SIGNAL, patterns=())
    assert wish(replace(TOPIC, assertion=Assertion.DENIED), signal=plain) is None
    found = wish(TOPIC, signal=plain)
    assert found is not None
    assert found.reason.endswith("asserted")


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SHADOW, Status.RETIRED])
def test_only_live_signals_fetch(status: Status) -> None:
    assert wish(signal=replace(SIGNAL, status=status)) is None


def test_what_alerts_already_and_signals_that_are_gone_need_none() -> None:
    assert wish(replace(HALF, score=60, alert=True)) is None
    assert worth_fetching(document(), [HALF], {}, NOW) is None
    assert worth_fetching(document(), [], {SIGNAL.id: SIGNAL}, NOW) is None


@pytest.mark.parametrize(("length", "wanted"), [(0, True), (SHORT_TEXT - 1, True), (SHORT_TEXT, False)])
def test_a_long_item_carries_its_article_already(length: int, wanted: bool) -> None:
    assert (wish(text="a" * length) is not None) is wanted


@pytest.mark.parametrize(
    "url", ["", "ftp://wire.example/1", "javascript:alert(1)", "https://wire.example/" + "a" * 2_000]
)
def test_a_link_that_cannot_be_fetched_is_none(url: str) -> None:
    assert wish(url=url) is None


@pytest.mark.parametrize(
    ("published", "seen", "wanted"),
    [
        (timedelta(hours=48), timedelta(0), True),
        (timedelta(hours=49), timedelta(0), False),
        (None, timedelta(hours=47), True),
        (None, timedelta(hours=49), False),
        (-timedelta(days=9), timedelta(hours=1), True),
        (-timedelta(days=9), timedelta(hours=49), False),
    ],
)
def test_only_news_is_looked_up(published: timedelta | None, seen: timedelta, wanted: bool) -> None:
    about = document(None if published is None else NOW - published, NOW - seen)
    found = wish(of=about)
    assert (found is not None) is wanted
    assert found is None or found.until >= NOW


def test_the_nearest_is_the_reason() -> None:
    other = replace(SIGNAL, id="other", max_age=timedelta(hours=1))
    near = replace(HALF, signal_id="other", score=59)
    found = worth_fetching(document(), [TOPIC, near, HALF], {SIGNAL.id: SIGNAL, "other": other}, NOW)
    assert found == Wish("other: score 59 of 60, hypothetical", 1, NOW + timedelta(hours=1))


@pytest.mark.parametrize(("score", "wanted"), [(14, False), (15, True), (59, True)])
def test_what_touches_a_topic_in_passing_is_no_half_match(score: int, wanted: bool) -> None:
    assert (wish(match(score=score)) is not None) is wanted


@given(
    scores=st.lists(st.tuples(st.integers(0, 100), st.sampled_from(Assertion), st.booleans()), max_size=5),
    age=st.timedeltas(timedelta(0), timedelta(days=5)),
    length=st.integers(0, 2 * SHORT_TEXT),
)
def test_it_is_never_fetched_for_nothing(
    scores: list[tuple[int, Assertion, bool]], age: timedelta, length: int
) -> None:
    found = [
        replace(match(score=score, assertion=assertion), pattern="act target" if held else "")
        for score, assertion, held in scores
    ]
    about = replace(document(NOW - age), text="a" * length)
    result = worth_fetching(about, found, {SIGNAL.id: SIGNAL}, NOW)
    half = [one for one in found if not one.alert and one.score >= 15]
    open_ones = [one for one in half if one.assertion is not Assertion.OPINION]
    if result is not None:
        assert 0 < result.distance <= 60
        assert result.distance >= min(one.alert_at - one.score for one in open_ones)
        assert result.until >= NOW
        assert length < SHORT_TEXT
    elif age <= SIGNAL.max_age and length < SHORT_TEXT:
        assert all(one.assertion in {Assertion.DENIED, Assertion.HISTORICAL} and one.pattern for one in open_ones)
