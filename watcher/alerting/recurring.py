"""Hours that recur by the clock on the wall of a time zone. Pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.alerting.instant import instant
from watcher.model.alert import Hours, QuietHours


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


def within(hours: Hours, now: datetime) -> bool:
    """Whether `now` is in the hours; `end` before `start` spans midnight. Raises ZoneInfoNotFoundError."""
    return quiet_until(QuietHours("", hours.start, hours.end, hours.timezone, hours.days), now) is not None


def _end_day(hours: QuietHours, day: date) -> date:
    return day if hours.start < hours.end else day + timedelta(days=1)
