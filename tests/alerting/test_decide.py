from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta, timezone

import pytest

from tests.alerting.samples import CONSOLE, NOW, alert, decided, document, match, silence
from watcher.alerting.decide import priority
from watcher.model.alert import Alert, AlertStatus, Matcher, QuietHours, Speak
from watcher.model.document import HELD
from watcher.model.match import Assertion, Match
from watcher.model.signal import Severity, Status

ALL_DAY = QuietHours("always", time(), time(), "UTC")
IRAQ = Matcher("signal", "iraq-*")


def test_a_first_match_opens_and_says_why_and_where() -> None:
    found = decided()
    assert (found.speak, found.suppressed_by) == (Speak.OPEN, "")
    assert found.reasons == (
        "score 80 reaches the alert threshold 60",
        "first alert of this signal for the story",
        "to screen: route 1 (line 9)",
    )


def test_below_the_threshold_is_quiet_and_says_how_far() -> None:
    found = decided(match(score=52))
    assert (found.speak, found.suppressed_by) == (Speak.QUIET, "below-threshold")
    assert found.reasons == ("score 52 is 8 below the alert threshold 60",)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.SHADOW, Status.RETIRED])
def test_only_live_signals_speak(status: Status) -> None:
    found = decided(status=status)
    assert (found.speak, found.suppressed_by) == (Speak.SUPPRESSED, "shadow")
    assert str(status) in found.reasons[-1]


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("published", "first_seen", "why"),
    [
        (NOW, NOW, None),
        (ago(hours=48), NOW, None),
        (ago(hours=48, seconds=1), NOW, "too old: published 2d 1s ago, the signal's max_age is 2d"),
        (ago(days=400), NOW, "too old: published 400d ago, the signal's max_age is 2d"),
        (None, ago(hours=48), None),
        (None, ago(hours=50), "too old: first seen 2d 2h ago, the signal's max_age is 2d"),
        # A little ahead is a clock that is a little off; far ahead is a date that means nothing.
        (NOW + timedelta(minutes=10), ago(hours=50), None),
        (NOW + timedelta(minutes=11), ago(hours=1), None),
        (NOW + timedelta(minutes=11), ago(hours=50), "too old: first seen 2d 2h ago, the signal's max_age is 2d"),
        (NOW + timedelta(days=300), NOW, None),
    ],
)
def test_age(published: datetime | None, first_seen: datetime, why: str | None) -> None:
    found = decided(of=document(published, first_seen))
    if why is None:
        assert found.speak is Speak.OPEN
    else:
        assert (found.speak, found.suppressed_by, found.reasons[-1]) == (Speak.SUPPRESSED, "too-old", why)


RISES = [
    (match(assertion=Assertion.ASSERTED), alert(), 1, "stronger assertion: asserted, was told as attributed"),
    (match(assertion=Assertion.DECIDED), alert(assertion=Assertion.HYPOTHETICAL), 1, "stronger assertion: decided"),
    (match(assertion=Assertion.ATTRIBUTED), alert(assertion=Assertion.DENIED), 1, "stronger assertion: attributed"),
    (
        match(90, Severity.CRITICAL, Assertion.ATTRIBUTED),
        alert(),
        1,
        "higher severity: critical, was told as high",
    ),
    (match(assertion=Assertion.ATTRIBUTED), alert(publishers=2), 3, "told by 3 publishers now, was 2"),
    (match(assertion=Assertion.ATTRIBUTED), alert(publishers=1), 4, "told by 4 publishers now, was 1"),
    (match(assertion=Assertion.ATTRIBUTED), alert(publishers=5), 6, "told by 6 publishers now, was 5"),
    (match(), alert(status=AlertStatus.RESOLVED), 1, "stronger assertion: asserted"),
    (match(), alert(status=AlertStatus.ACKNOWLEDGED), 1, "stronger assertion: asserted"),
]


@pytest.mark.parametrize(("found", "existing", "publishers", "why"), RISES)
def test_what_speaks_again(found: Match, existing: Alert, publishers: int, why: str) -> None:
    decision = decided(found, existing, publishers=publishers)
    assert decision.speak is Speak.AGAIN
    assert any(reason.startswith(why) for reason in decision.reasons)


NO_RISES = [
    (match(assertion=Assertion.ATTRIBUTED), alert(), 1),
    (match(score=99, assertion=Assertion.ATTRIBUTED), alert(), 1),
    (match(60, Severity.MEDIUM, Assertion.ATTRIBUTED), alert(), 1),
    (match(assertion=Assertion.ATTRIBUTED), alert(assertion=Assertion.DECIDED), 1),
    (match(assertion=Assertion.DEMANDED), alert(assertion=Assertion.OPINION), 1),
    (match(assertion=Assertion.DENIED), alert(assertion=Assertion.ASSERTED), 1),
    (match(assertion=Assertion.ATTRIBUTED), alert(), 2),
    (match(assertion=Assertion.ATTRIBUTED), alert(publishers=3), 5),
    (match(assertion=Assertion.ATTRIBUTED), alert(publishers=6), 60),
    (match(assertion=Assertion.ATTRIBUTED), alert(publishers=3), 1),
]


@pytest.mark.parametrize(("found", "existing", "publishers"), NO_RISES)
def test_what_was_told_already(found: Match, existing: Alert, publishers: int) -> None:
    decision = decided(found, existing, publishers=publishers)
    assert (decision.speak, decision.suppressed_by) == (Speak.SUPPRESSED, "already-told")
    assert decision.reasons[-1].startswith("alert alert-1 has told as much already (high, ")


def test_the_same_version_read_again_is_quiet() -> None:
    found = match(assertion=Assertion.ATTRIBUTED)
    assert decided(found, alert(), previous=found).speak is Speak.QUIET
    assert decided(found, alert(), previous=match(70)).speak is Speak.SUPPRESSED
    # What could not be told then may be told now.
    assert decided(found, alert(told=False), previous=found).speak is Speak.OPEN
    assert decided(match(), alert(), previous=match()).speak is Speak.AGAIN


def test_an_alert_that_was_never_told_may_open() -> None:
    decision = decided(match(60, Severity.MEDIUM, Assertion.DENIED), alert(told=False, version=0))
    assert decision.speak is Speak.OPEN
    assert "nothing of this story was told for this signal so far" in decision.reasons


def test_a_silence_is_named_with_its_comment_and_end() -> None:
    decision = decided(silences=[silence(IRAQ)])
    assert (decision.speak, decision.suppressed_by) == (Speak.SUPPRESSED, "silence")
    assert decision.reasons[-1] == "silence sil-1 of ann (exercise in Basra), until 2026-07-12 14:00 UTC"
    assert decided(silences=[silence(IRAQ)], now=NOW + timedelta(hours=3)).speak is Speak.OPEN
    assert decided(match(90, Severity.CRITICAL), silences=[silence(IRAQ)]).suppressed_by == "silence"


def test_quiet_hours_hold_all_but_critical() -> None:
    held = decided(quiet_hours=[ALL_DAY])
    assert (held.speak, held.suppressed_by) == (Speak.SUPPRESSED, "quiet-hours")
    assert held.reasons[-1] == "quiet hours always (UTC), until 2026-07-13 00:00 UTC"
    critical = decided(match(90, Severity.CRITICAL), quiet_hours=[ALL_DAY])
    assert critical.speak is Speak.OPEN
    assert "quiet hours always hold, but critical alerts speak through them" in critical.reasons


def test_the_excess_of_a_quarantined_source_is_held_back_until_another_report_comes() -> None:
    held = decided(of=replace(document(), tags=("iraq", HELD)))
    assert (held.speak, held.suppressed_by) == (Speak.SUPPRESSED, "quarantine")
    assert decided(existing=alert(told=False)).speak is Speak.OPEN


def test_no_route() -> None:
    decision = decided(destinations=())
    assert (decision.speak, decision.suppressed_by) == (Speak.SUPPRESSED, "no-route")


def test_the_first_no_is_the_answer() -> None:
    """Each later obstacle shows when the one before it is taken away."""
    old, told = document(ago(days=9)), alert(assertion=Assertion.ASSERTED)
    mute, quiet = [silence(IRAQ)], [ALL_DAY]

    def why(found: Match | None = None, **given: object) -> str:
        return decided(found, **given).suppressed_by  # type: ignore[arg-type]

    rest = {"silences": mute, "quiet_hours": quiet, "destinations": ()}
    assert why(match(1), existing=told, status=Status.SHADOW, of=old, **rest) == "below-threshold"
    assert why(existing=told, status=Status.SHADOW, of=old, **rest) == "shadow"
    assert why(existing=told, of=old, **rest) == "too-old"
    assert why(existing=told, **rest) == "already-told"
    assert why(**rest) == "silence"
    assert why(quiet_hours=quiet, destinations=()) == "quiet-hours"
    assert why(destinations=()) == "no-route"
    assert why(destinations=CONSOLE) == ""


def test_priority() -> None:
    assert sorted(Severity, key=priority) == [Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW]
    assert priority(Severity.CRITICAL) == 0


def test_moments_are_told_in_utc() -> None:
    mute = silence(IRAQ, ends_at=datetime(2026, 7, 12, 23, tzinfo=timezone(timedelta(hours=3))))
    assert decided(silences=[mute]).reasons[-1].endswith("until 2026-07-12 20:00 UTC")
