"""When a silence recurs, as a person writes it: `22:00-06:00`, `mon-fri 09:00-12:30`, `sat,sun 00:00-00:00`. Pure."""

from __future__ import annotations

import re
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from watcher.model.alert import QuietHours

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WRITTEN = re.compile(r"(?:([a-z,-]{3,40})\s+)?(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})")


class RecurrenceError(ValueError):
    """A recurrence that cannot be read; the message says what to write instead."""


def parse_recurrence(text: str, timezone: str) -> QuietHours:
    """Read days and hours in a time zone (IANA name); without days every day. Raises RecurrenceError."""
    found = _WRITTEN.fullmatch(text.strip().casefold())
    if not found:
        raise RecurrenceError(f"{text[:60]!a} is no recurrence: write 22:00-06:00, or mon-fri 09:00-12:30")
    days, *clock = found.groups()
    try:
        start, end = time(int(clock[0]), int(clock[1])), time(int(clock[2]), int(clock[3]))
    except ValueError:
        raise RecurrenceError(f"{text[:60]!a}: hours go from 00:00 to 23:59") from None
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RecurrenceError(f"no time zone {timezone[:40]!a}: write one such as Europe/London") from None
    return QuietHours("", start, end, timezone, _days(days) if days else frozenset(range(7)))


def written(recurs: QuietHours) -> str:
    """As `parse_recurrence` reads it, with its time zone: `mon,tue 22:00-06:00 Europe/London`."""
    days = "" if len(recurs.days) == 7 else ",".join(DAYS[day] for day in sorted(recurs.days)) + " "
    return f"{days}{recurs.start:%H:%M}-{recurs.end:%H:%M} {recurs.timezone}"


def _days(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if first not in DAYS or (dash and last not in DAYS):
            raise RecurrenceError(f"{part!a}: days are {', '.join(DAYS)}, or a stretch such as mon-fri")
        start = DAYS.index(first)
        length = (DAYS.index(last) - start) % 7 if dash else 0
        found |= {(start + offset) % 7 for offset in range(length + 1)}
    return frozenset(found)
