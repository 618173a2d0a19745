"""Quiet hours: a recurring mute by the clock on the wall of a time zone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.alerting.instant import instant
from watcher.alerting.silence import holds
from watcher.model.alert import QuietHours, Subject


def quiet_until(hours: QuietHours, now: datetime) -> datetime | None:
    """The UTC instant at which the quiet that holds at `now` ends, or None if none holds.

    Quiet lasts from the first moment at which the clock reads `start` or later until the first at which it reads `end`
    or later, so an hour that the clocks skip or repeat neither reopens nor prolongs it. `days` are those on which it
    starts; equal `start` and `end` are a whole day. Raises ZoneInfoNotFoundError for an unknown zone.
    """
    zone = ZoneInfo(hours.timezone)
    today = now.astimezone(zone).date()
    ends = []
    # One that began yesterday may still hold; the date itself may be ahead while a zone changes its day.
    for day in (today - timedelta(days=1), today):
        if day.weekday() in hours.days:
            start = instant(datetime.combine(day, hours.start), zone)
            end = instant(datetime.combine(_end_day(hours, day), hours.end), zone)
            if start <= now < end:
                ends.append(end)
    return max(ends, default=None)


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


def _end_day(hours: QuietHours, day: date) -> date:
    return day if hours.start < hours.end else day + timedelta(days=1)
