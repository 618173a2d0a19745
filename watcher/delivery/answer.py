"""What the headers of an HTTP answer say about trying again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(hours=24)


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> timedelta | None:
    """Retry-After in seconds, or as a date if `now` is given (RFC 9110 10.2.3); None if absent, nonsense or past.

    At most 24 hours: a server cannot make us forget a delivery.
    """
    value = next((headers[name] for name in headers if name.lower() == "retry-after"), "").strip()
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=int(value[:9])), LONGEST) or None
    if not value or now is None:
        return None
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    wait = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(wait, LONGEST) if wait > timedelta(0) else None
