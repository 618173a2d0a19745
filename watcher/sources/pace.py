"""How long a publisher wants to be left alone: Cache-Control, and what feeds say of themselves. Pure.

RSS 2.0 has `ttl` (minutes), `skipHours` (0 to 23, GMT) and `skipDays` (English names); RDF and many others carry
`sy:updatePeriod` and `sy:updateFrequency`. They stand at the head of a feed, in front of its items.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

LONGEST = timedelta(days=7)
"""No wish counts for more; what is kept of it is bounded by the source's `every_max` anyway."""

HEAD = 16_384
"""Bytes of a feed in which its own wishes are looked for."""

_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,12})", re.I)
_UNCACHED = re.compile(r"(?:^|,)\s*no-(?:cache|store)\b", re.I)
_NUMBER = rb"\s*(\d{1,6})\s*<"
_TTL = re.compile(rb"<ttl>" + _NUMBER)
_PERIOD = re.compile(rb"<(?:sy|syn):updateperiod>\s*(hourly|daily|weekly|monthly|yearly)\s*<")
_FREQUENCY = re.compile(rb"<(?:sy|syn):updatefrequency>" + _NUMBER)
_HOURS = re.compile(rb"<skiphours>(.{0,2000}?)</skiphours>", re.S)
_HOUR = re.compile(rb"<hour>" + _NUMBER)
_DAYS = re.compile(rb"<skipdays>(.{0,1000}?)</skipdays>", re.S)
_DAY = re.compile(rb"<day>\s*([a-z]{3})[a-z]*\s*<")
_MARKS = (b"<ttl", b"<skip", b":updateperiod")
_WEEK = (b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun")
_PERIODS = {
    b"hourly": timedelta(hours=1),
    b"daily": timedelta(days=1),
    b"weekly": timedelta(days=7),
    b"monthly": timedelta(days=30),
    b"yearly": timedelta(days=365),
}


def max_age(cache_control: str) -> timedelta | None:
    """The answer's `max-age`, at most LONGEST; None if there is none or the answer is not to be kept."""
    header = cache_control[:1_000]
    found = _MAX_AGE.search(header)
    if found is None or _UNCACHED.search(header):
        return None
    return min(LONGEST, timedelta(seconds=int(found[1]))) if int(found[1]) else None


def feed_wish(body: bytes, now: datetime) -> timedelta | None:
    """What a feed's head asks for, at most LONGEST; None for other bodies and feeds that ask for nothing."""
    head = body[:HEAD].lower()
    # RDF and some others have it behind the items; there nothing is lost but a wish.
    ends = [at for mark in (b"<item", b"<entry") if (at := head.find(mark)) >= 0]
    head = head[: min(ends, default=HEAD)]
    if not any(mark in head for mark in _MARKS):
        return None  # as most feeds: no need to look closely
    wishes = [_minutes(head), _update(head), _skip(head, now)]
    return min(LONGEST, max((wish for wish in wishes if wish), default=timedelta(0))) or None


def _minutes(head: bytes) -> timedelta | None:
    found = _TTL.search(head)
    return timedelta(minutes=int(found[1])) if found else None


def _update(head: bytes) -> timedelta | None:
    found, often = _PERIOD.search(head), _FREQUENCY.search(head)
    return _PERIODS[found[1]] / max(1, int(often[1]) if often else 1) if found else None


def _skip(head: bytes, now: datetime) -> timedelta | None:
    """Until the first hour that is not to be skipped; None if this one is not, or if all are."""
    hours_in, days_in = _HOURS.search(head), _DAYS.search(head)
    hours = {int(each) % 24 for each in _HOUR.findall(hours_in[1])} if hours_in else set()
    days = (
        {_WEEK.index(each.lower()) for each in _DAY.findall(days_in[1]) if each.lower() in _WEEK} if days_in else set()
    )
    if not (hours or days):
        return None
    now = now.astimezone(UTC)
    start = now.replace(minute=0, second=0, microsecond=0)
    for ahead in range(24 * 7):
        moment = start + timedelta(hours=ahead)
        if moment.hour not in hours and moment.weekday() not in days:
            return max(moment - now, timedelta(0)) or None
    return None
