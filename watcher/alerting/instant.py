"""Times of day in a time zone, as moments. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first UTC moment at which the clock in `zone` reads `wall` or later: one that is skipped is the jump itself,
    of one that comes twice the first counts."""
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if early <= late:
        return early
    # The clock never reads `wall`: it jumps over it somewhere between the two.
    early, late = late, early
    while late - early > _SECOND:
        middle = early + (late - early) / 2
        if middle.astimezone(zone).replace(tzinfo=None) >= wall:
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)


def moments(times: Iterable[time], timezone: str, after: datetime, until: datetime) -> list[datetime]:
    """Every moment in (after, until] at which the clock there reads one of the times, ascending; UTC.

    Raises ZoneInfoNotFoundError for an unknown zone. `until` is at most some weeks after `after`.
    """
    zone, wanted = ZoneInfo(timezone), sorted(set(times))
    day, last = after.astimezone(zone).date() - timedelta(days=1), until.astimezone(zone).date() + timedelta(days=1)
    found = set()
    while day <= last:
        found |= {instant(datetime.combine(day, one), zone) for one in wanted}
        day += timedelta(days=1)
    return sorted(moment for moment in found if after < moment <= until)


def next_moment(times: Iterable[time], timezone: str, after: datetime) -> datetime:
    """The first moment later than `after`."""
    return moments(times, timezone, after, after + timedelta(days=3))[0]
