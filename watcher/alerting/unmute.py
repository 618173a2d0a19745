"""Is a mute over, so that what it held back may be told now? Pure.

Quiet hours and a snooze mean "not now": what they held back is told when they end, if nothing else told it meanwhile
and it is still fresh. A silence is a person's choice not to hear of something: what it held back stays unsaid, and is
counted in the digest.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from watcher.alerting.life import snoozes
from watcher.alerting.quiet import quiet_by
from watcher.model.alert import Alert, AlertStatus, QuietHours, Subject

QUIET, SNOOZED = "quiet-hours", "snoozed"
PASSING = (QUIET, SNOOZED)
"""The mutes that end by themselves and only put off; as decisions name them."""
REASONS = {
    QUIET: "muted until now: it came in quiet hours, which are over",
    SNOOZED: "muted until now: it came while the alert was snoozed",
}


def mute_over(
    suppressed_by: str, subject: Subject, alert: Alert | None, quiet_hours: Iterable[QuietHours], now: datetime
) -> bool:
    """Whether what `suppressed_by` held back may be judged again at `now`.

    What a person has ended or taken meanwhile is theirs, and is not brought up again.
    """
    if alert is not None and (alert.status.over or alert.status is AlertStatus.ACKNOWLEDGED or snoozes(alert, now)):
        return False
    return suppressed_by in PASSING and quiet_by(quiet_hours, subject, now) is None
