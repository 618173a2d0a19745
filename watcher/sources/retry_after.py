"""The Retry-After header (RFC 9110, 10.2.3): seconds, or a date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime


def parse_retry_after(value: str, now: datetime, least: timedelta, most: timedelta) -> timedelta | None:
    """How long to stay away, between `least` and `most`; None when the header is absent or means nothing."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        # More than nine digits is more than thirty years, and may be too large for a timedelta.
        wait = timedelta(seconds=int(text)) if len(text) < 10 else most
    else:
        try:
            when = parsedate_to_datetime(text)
        except (TypeError, ValueError, OverflowError):
            return None
        wait = (when if when.tzinfo else when.replace(tzinfo=UTC)) - now
    return min(max(wait, least), most)
