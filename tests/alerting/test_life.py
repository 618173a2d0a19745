"""What people and time do with an alert."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.samples import NOW, alert, decided, match
from tests.alerting.test_advance import advanced
from watcher.alerting.life import ACK_LASTS, EXPIRES_AFTER, LONGEST, apply, fall_due, snoozes
from watcher.model.alert import Alert, AlertStatus, Decision, Speak
from watcher.model.life import Act, Actor, Verb
from watcher.model.match import Assertion
from watcher.model.signal import Severity

ADA, BEN = Actor("ada", "cli"), Actor("ben", "slack")
HOUR = timedelta(hours=1)


def act(verb: Verb, actor: Actor = ADA, until: datetime | None = None, at: datetime = NOW, note: str = "") -> Act:
    return Act(verb, actor, at, until=until, note=note)


def test_an_acknowledgement_has_an_owner_and_an_end() -> None:
    change = apply(alert(), act(Verb.ACKNOWLEDGE))
    taken = change.alert
    assert (taken.status, taken.owner, taken.ack_until) == (AlertStatus.ACKNOWLEDGED, "ada", NOW + ACK_LASTS)
    assert (change.kind, taken.revision) == ("acknowledged", 1)
    assert change.reasons == ("ada has it until 2026-07-13 00:00 UTC",)
    over = apply(taken, act(Verb.ACKNOWLEDGE, BEN, NOW + HOUR, note="my desk"))
    assert (over.alert.owner, over.alert.ack_until) == ("ben", NOW + HOUR)
    assert over.reasons == ("ben takes it over from ada until 2026-07-12 13:00 UTC (my desk)",)


def test_nothing_is_taken_or_put_off_for_ever() -> None:
    far = NOW + timedelta(days=4000)
    assert apply(alert(), act(Verb.ACKNOWLEDGE, until=far)).alert.ack_until == NOW + LONGEST
    assert apply(alert(), act(Verb.SNOOZE, until=far)).alert.snoozed_until == NOW + LONGEST


@pytest.mark.parametrize("verb", [Verb.ACKNOWLEDGE, Verb.SNOOZE])
def test_an_end_in_the_past_changes_nothing(verb: Verb) -> None:
    change = apply(alert(), act(verb, until=NOW))
    assert not change.changed
    assert change.alert == alert()
    assert "future" in change.reasons[0]


def test_a_snooze_ends_where_it_began() -> None:
    taken = apply(alert(), act(Verb.ACKNOWLEDGE, until=NOW + 8 * HOUR)).alert
    asleep = apply(taken, act(Verb.SNOOZE, BEN, NOW + HOUR)).alert
    assert asleep.status is AlertStatus.SNOOZED
    assert snoozes(asleep, NOW) and not snoozes(asleep, NOW + HOUR)
    assert fall_due(asleep, NOW + HOUR - timedelta(seconds=1)) is None
    awake = fall_due(asleep, NOW + HOUR)
    assert awake is not None
    assert (awake.kind, awake.alert.status, awake.alert.owner) == ("woken", AlertStatus.ACKNOWLEDGED, "ada")
    # Meanwhile the acknowledgement ran out too: then it is nobody's.
    late = fall_due(asleep, NOW + 9 * HOUR)
    assert late is not None
    assert (late.alert.status, late.alert.owner, late.alert.ack_until) == (AlertStatus.OPEN, "", None)


def test_an_acknowledgement_that_runs_out_leaves_it_open() -> None:
    taken = apply(alert(), act(Verb.ACKNOWLEDGE, until=NOW + HOUR)).alert
    freed = fall_due(taken, NOW + HOUR)
    assert freed is not None
    assert (freed.kind, freed.alert.status, freed.alert.owner) == ("ack-expired", AlertStatus.OPEN, "")
    assert freed.reasons == ("the acknowledgement of ada has run out",)


def test_an_open_alert_without_news_expires_and_others_do_not() -> None:
    assert fall_due(alert(), NOW) is None
    old = fall_due(alert(), alert().updated_at + EXPIRES_AFTER)
    assert old is not None and old.alert.status is AlertStatus.EXPIRED
    for status in (AlertStatus.RESOLVED, AlertStatus.EXPIRED):
        assert fall_due(replace(alert(), status=status), NOW + timedelta(days=400)) is None


def test_what_is_over_is_over() -> None:
    ended = apply(alert(), act(Verb.RESOLVE, note="a drill")).alert
    assert (ended.status, ended.owner) == (AlertStatus.RESOLVED, "ada")
    for verb in (Verb.ACKNOWLEDGE, Verb.SNOOZE, Verb.RESOLVE):
        assert not apply(ended, act(verb, until=NOW + HOUR)).changed
    again = apply(ended, act(Verb.REOPEN, BEN))
    assert (again.alert.status, again.alert.owner, again.kind) == (AlertStatus.OPEN, "", "reopened")
    assert not apply(again.alert, act(Verb.REOPEN)).changed


def test_a_snoozed_alert_speaks_only_for_more_severity() -> None:
    asleep = replace(alert(), status=AlertStatus.SNOOZED, snoozed_until=NOW + HOUR, severity=Severity.HIGH)
    asleep = replace(asleep, assertion=Assertion.ATTRIBUTED)
    surer = decided(match(80, Severity.HIGH), asleep)
    assert (surer.speak, surer.suppressed_by) == (Speak.SUPPRESSED, "snoozed")
    assert "put off until 2026-07-12 13:00 UTC" in surer.reasons[-1]
    assert decided(match(92, Severity.CRITICAL), asleep).speak is Speak.AGAIN
    assert decided(match(80, Severity.HIGH), replace(asleep, snoozed_until=NOW)).speak is Speak.AGAIN


def test_corroboration_leaves_it_with_its_owner_and_a_rise_does_not() -> None:
    taken = apply(alert(severity=Severity.HIGH, assertion=Assertion.ASSERTED), act(Verb.ACKNOWLEDGE)).alert
    told = Decision(Speak.AGAIN, ("why",))
    spread = advanced(taken, match(80, Severity.HIGH), told, publishers=3)
    assert (spread.status, spread.owner, spread.publishers) == (AlertStatus.ACKNOWLEDGED, "ada", 3)
    worse = advanced(taken, match(95, Severity.CRITICAL), told)
    assert (worse.status, worse.owner, worse.ack_until) == (AlertStatus.OPEN, "", None)


_acts = st.builds(
    Act,
    verb=st.sampled_from(Verb),
    actor=st.sampled_from([ADA, BEN]),
    at=st.integers(0, 500).map(lambda hours: NOW + hours * HOUR),
    until=st.none() | st.integers(-5, 2000).map(lambda hours: NOW + hours * HOUR),
    note=st.text(max_size=5),
)


@given(st.lists(_acts, max_size=12))
def test_whatever_people_do_its_state_makes_sense(acts: list[Act]) -> None:
    current: Alert = alert()
    for one in sorted(acts, key=lambda each: each.at):
        due = fall_due(current, one.at)
        current = due.alert if due else current
        change = apply(current, one)
        assert change.reasons
        assert change.changed == (change.alert != current)
        assert change.alert.revision == current.revision + change.changed
        current = change.alert
        has_owner = current.status in {AlertStatus.ACKNOWLEDGED, AlertStatus.RESOLVED}
        assert bool(current.owner) or not has_owner
        assert (current.snoozed_until is not None) == (current.status is AlertStatus.SNOOZED)
        assert current.status is not AlertStatus.ACKNOWLEDGED or current.ack_until is not None
        assert (current.signal_id, current.story_id, current.score) == (
            alert().signal_id,
            alert().story_id,
            alert().score,
        )
