"""Moments as people read them: by the clock on their wall, and in UTC. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.delivery.inert import cut


def told_at(written: str, timezone: str = "UTC") -> str:
    """ "Fri 20 Nov 2026, 11:00 CET (10:00 UTC)"; what is no RFC 3339 time is shown as it was written, made inert."""
    at = read_moment(written)
    if at is None:
        return cut(written, 40)
    there = at.astimezone(_zone(timezone))
    shown = f"{there:%a} {there.day} {there:%b %Y, %H:%M} {_name(there)}"
    return shown if not there.utcoffset() else f"{shown} ({_in_utc(at, there)})"


def stretch(since: str, until: str, timezone: str = "UTC") -> str:
    """ "Thu 19 Nov, 18:00 to Fri 20 Nov 2026, 08:00 CET (17:00 to 07:00 UTC)"; "" if a bound cannot be read."""
    begin, end = read_moment(since), read_moment(until)
    if begin is None or end is None:
        return ""
    there, later = (at.astimezone(_zone(timezone)) for at in (begin, end))
    if there.date() == later.date() and there.utcoffset() == later.utcoffset():
        shown = f"{there:%a} {there.day} {there:%b %Y, %H:%M} to {later:%H:%M} {_name(later)}"
        return shown if not there.utcoffset() else f"{shown} ({_utc_hours(begin, end)})"
    # Clocks may change between the two.
    zone = f" {_name(there)}" if there.utcoffset() != later.utcoffset() else ""
    year = f" {there.year}" if there.year != later.year else ""
    shown = (
        f"{there:%a} {there.day} {there:%b}{year}, {there:%H:%M}{zone}"
        f" to {later:%a} {later.day} {later:%b %Y, %H:%M} {_name(later)}"
    )
    if not there.utcoffset() and not later.utcoffset():
        return shown
    return f"{shown} ({_utc_hours(begin, end)})"


def read_moment(written: str) -> datetime | None:
    """An RFC 3339 time with its zone, or None."""
    try:
        at = datetime.fromisoformat(written) if len(written) <= 40 else None
        return at.astimezone(UTC) if at is not None and at.tzinfo else None
    except (ValueError, OverflowError):
        return None


def age(span: timedelta) -> str:
    """ "26 hours", "3 days": rounded down, in the largest unit of which there are two."""
    minutes = max(0, int(span.total_seconds() // 60))
    for size, name in ((1440, "days"), (60, "hours")):
        if minutes >= 2 * size:
            return f"{minutes // size} {name}"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # the rules were checked; a message must go out in any case
        return ZoneInfo("UTC")


def _name(at: datetime) -> str:
    """CET, or +03 where a zone has no letters."""
    name = at.tzname() or "UTC"
    return name if name[:1].isalpha() else f"UTC{name}"


def _utc_hours(begin: datetime, end: datetime) -> str:
    return f"{begin:%H:%M} to {end:%H:%M} UTC"


def _in_utc(at: datetime, there: datetime) -> str:
    """The day only where it is another one."""
    utc = at.astimezone(UTC)
    return f"{utc:%H:%M} UTC" if utc.date() == there.date() else f"{utc:%a %H:%M} UTC"
