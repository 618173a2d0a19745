"""Quiet hours: a recurring mute by the clock on the wall of a time zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from watcher.alerting.recurring import quiet_until
from watcher.alerting.silence import holds
from watcher.model.alert import QuietHours, Subject


def quiet_by(quiet_hours: Iterable[QuietHours], subject: Subject, now: datetime) -> tuple[QuietHours, datetime] | None:
    """The quiet hours that hold for `subject` at `now` and their end (UTC), of several those that end last.

    Quiet hours without matchers hold for everything.
    """
    found = [
        (hours, until)
        for hours in quiet_hours
        if all(holds(matcher, subject) for matcher in hours.matchers) and (until := quiet_until(hours, now))
    ]
    return max(found, key=lambda pair: (pair[1], pair[0].name), default=None)
