"""Dates as feeds write them. What cannot be read for certain is None: a wrong time is worse than none."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = timedelta(days=1)

# RFC 822 names the American zones; the rest is what news feeds use. Names that mean several zones are left out on
# purpose: IST (India, Israel, Ireland), AST (Arabia, Atlantic), BST (Britain, Bangladesh) and the like give no date.
_ZONES: dict[str, float] = {
    "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "met": 1,
    "eet": 2, "eest": 3, "sast": 2, "idt": 3, "msk": 3, "trt": 3, "eat": 3, "irst": 3.5, "irdt": 4.5, "pkt": 5,
    "npt": 5.75, "ict": 7, "wib": 7, "hkt": 8, "sgt": 8, "awst": 8, "jst": 9, "kst": 9, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "brt": -3, "art": -3,
}  # fmt: skip

_MONTHS: dict[str, str] = {
    "januar": "jan", "jänner": "jan", "janvier": "jan", "janv": "jan", "enero": "jan", "ene": "jan",
    "februar": "feb", "février": "feb", "févr": "feb", "fév": "feb", "febrero": "feb",
    "märz": "mar", "mär": "mar", "mrz": "mar", "mars": "mar", "marzo": "mar",
    "avril": "apr", "avr": "apr", "abril": "apr", "abr": "apr", "mai": "may", "mayo": "may",
    "juni": "jun", "juin": "jun", "junio": "jun", "juli": "jul", "juillet": "jul", "juil": "jul", "julio": "jul",
    "août": "aug", "agosto": "aug", "ago": "aug", "sept": "sep", "septembre": "sep", "septiembre": "sep",
    "oktober": "oct", "okt": "oct", "octobre": "oct", "octubre": "oct", "novembre": "nov", "noviembre": "nov",
    "dezember": "dec", "dez": "dec", "décembre": "dec", "déc": "dec", "diciembre": "dec", "dic": "dec",
}  # fmt: skip

_NAMES = {name: at for at, name in enumerate(
    ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
)}  # fmt: skip
# As nearly all feeds write it. Everything else, and whatever is not a date after all, takes the longer way.
_USUAL = re.compile(
    r"(?:[A-Z][a-z][a-z], )?(\d\d?) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (\d{4})"
    r" (\d\d):(\d\d):(\d\d) (?:GMT|UTC|Z|([+-])(\d\d):?(\d\d))"
)
_MAX_USUAL = 40
_ISO = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:[Tt ]\s?(\d\d):?(\d\d)(?::?(\d\d)(?:[.,]\d{1,12})?)?\s?([Zz]|UTC|GMT|[+-]\d\d(?::?\d\d)?)?)?"
)
_RFC822 = re.compile(
    r"(?:[^\W\d_]{2,12}(?:\.?,\s?|\.?\s))?(\d{1,2})\.?(?:\s|-)([^\W\d_]{3,12})\.?(?:\s|-)(\d{2}|\d{4}),?"
    r"(?:\s(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?)?(?:\s(?:\(?([A-Za-z]{1,5})\)?|(?:GMT|UTC)?([+-]\d\d:?\d\d)))?"
    r"(?:\s\([^()]{1,40}\))?"
)


def parse_date(raw: str, now: datetime) -> datetime | None:
    """The moment that `raw` names, in UTC; None if unreadable, ambiguous, before 1990, or later than a day from `now`.

    Reads RFC 822 with numeric and named zones, ISO 8601, and their usual misspellings; no zone means UTC.
    """
    moment = _usual(raw) if len(raw) <= _MAX_USUAL else None
    if moment is None:
        text = " ".join(raw[:200].split())
        moment = _iso(text) or _rfc822(text)
    if moment is None:
        return None
    return moment if _EARLIEST <= moment <= now + _LATEST else None


def parse_epoch(seconds: float, now: datetime) -> datetime | None:
    """The moment of a Unix time in seconds or milliseconds, bounded like `parse_date`."""
    if not 0 < seconds < 1e14:
        return None
    moment = datetime.fromtimestamp(seconds / 1000 if seconds > 1e11 else seconds, UTC)
    return moment if _EARLIEST <= moment <= now + _LATEST else None


@lru_cache(maxsize=4096)  # most items of a feed were there at the last poll
def _usual(raw: str) -> datetime | None:
    found = _USUAL.fullmatch(raw)
    if found is None:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    try:
        moment = datetime(int(year), _NAMES[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        if sign is None:
            return moment
        if int(hours) > 15:
            return None
        east = timedelta(hours=int(hours), minutes=int(minutes))
        return moment - east if sign == "+" else moment + east
    except (ValueError, OverflowError):
        return None


def _iso(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    return _moment((year, month, day), (hour, minute, second), _offset(zone))


def _rfc822(text: str) -> datetime | None:
    found = _RFC822.fullmatch(text)
    if found is None:
        return _american(text)
    day, name, year, hour, minute, second, zone, offset = found.groups()
    month = _month(name)
    hours = _offset(offset) if offset else _ZONES.get(zone.lower()) if zone else 0.0
    if month is None or hours is None:
        return None
    if len(year) == 2:
        year = f"20{year}" if int(year) < 70 else f"19{year}"
    return _moment((year, str(month), day), (hour, minute, second), hours)


def _american(text: str) -> datetime | None:
    """What is left for the mail parser ("Nov 5, 2026 10:00:00 GMT"): only with a numeric or plain zone it trusts."""
    if not text.endswith((" GMT", " UTC", " Z", " +0000")):
        return None
    try:
        parts = parsedate_tz(text)
        return None if parts is None else datetime(*parts[:6], tzinfo=UTC)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None


def _month(name: str) -> int | None:
    lowered = name.lower()
    short = _MONTHS.get(lowered, lowered)[:3]
    names = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    return names.index(short) + 1 if short in names else None


def _offset(zone: str | None) -> float:
    """Hours east of UTC of a numeric zone; 0 for Z, UTC, GMT and none."""
    if not zone or zone[0] not in "+-":
        return 0.0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    hours = int(digits[:2]) + int(digits[2:4]) / 60
    return -hours if zone[0] == "-" else hours


def _moment(
    date: tuple[str, str, str], time: tuple[str | None, str | None, str | None], hours: float
) -> datetime | None:
    year, month, day = (int(part) for part in date)
    hour, minute, second = (int(part or 0) for part in time)
    if abs(hours) > 15 or hour > 24:
        return None
    try:
        # 24:00 and a leap second are written by some; both are the next moment.
        midnight = datetime(year, month, day, tzinfo=timezone(timedelta(hours=hours)))
        return (midnight + timedelta(hours=hour, minutes=minute, seconds=second)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
