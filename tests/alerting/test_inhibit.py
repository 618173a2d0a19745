"""An alert of one signal mutes others of its story, and never one that is more severe."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.alerting.samples import alert, decided, match, subject
from watcher.alerting.inhibit import inhibited_by, may_be_inhibited
from watcher.model.alert import Alert, AlertStatus, Inhibition, Matcher, Speak
from watcher.model.signal import Severity

CLOSURE = replace(alert(severity=Severity.HIGH), id="alr_1", signal_id="hormuz-coalition")
RULE = Inhibition("closure-says-it", ("hormuz-*",), (Matcher("signal", "iraq-*"),), Severity.HIGH)


def test_it_says_which_alert_mutes() -> None:
    found = decided(match(80, Severity.HIGH), inhibitions=[RULE], others=[CLOSURE])
    assert (found.speak, found.suppressed_by) == (Speak.SUPPRESSED, "inhibited")
    assert found.reasons[-1] == "closure-says-it: alert alr_1 of hormuz-coalition tells this story already"


@pytest.mark.parametrize(
    "other",
    [
        replace(CLOSURE, told=False),
        replace(CLOSURE, status=AlertStatus.RESOLVED),
        replace(CLOSURE, signal_id="nato-contribution-deals"),
        replace(CLOSURE, severity=Severity.MEDIUM),
    ],
    ids=["not told", "over", "another signal", "too weak"],
)
def test_what_does_not_mute(other: Alert) -> None:
    assert decided(match(80, Severity.HIGH), inhibitions=[RULE], others=[other]).speak is Speak.OPEN


def test_a_more_severe_alert_speaks_all_the_same() -> None:
    assert decided(match(95, Severity.CRITICAL), inhibitions=[RULE], others=[CLOSURE]).speak is Speak.OPEN


def test_only_what_the_matchers_fit() -> None:
    assert not inhibited_by([RULE], subject(signal_id="nato-x"), [CLOSURE])
    assert may_be_inhibited([RULE], subject()) and not may_be_inhibited([RULE], subject(signal_id="nato-x"))
