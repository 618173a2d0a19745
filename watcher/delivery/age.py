"""How old a delivery is when its turn comes, and what follows from that. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from watcher.delivery.moments import age
from watcher.model.delivery import Delivery

LATE = timedelta(hours=1)
"""From this age on the message says how old it is."""


def expiry(delivery: Delivery, expire_after: timedelta | None) -> datetime | None:
    """From when on it is not sent any more: its route's rule, else its channel's (`expire_after`)."""
    if delivery.expires_at is not None:
        return delivery.expires_at
    return delivery.created_at + expire_after if expire_after is not None else None


def expired(delivery: Delivery, expire_after: timedelta | None, now: datetime) -> str:
    """Why it is not sent any more, or ""."""
    until = expiry(delivery, expire_after)
    if until is None or now < until:
        return ""
    return f"{age(now - delivery.created_at)} old when its turn came; it was to be told within " + age(
        until - delivery.created_at
    )


def as_told(delivery: Delivery, now: datetime) -> Delivery:
    """The delivery as it leaves now: one that is late says so."""
    old = now - delivery.created_at
    return delivery if old < LATE else replace(delivery, message=replace(delivery.message, late=age(old)))
