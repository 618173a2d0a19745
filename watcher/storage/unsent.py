"""Deliveries that are not sent after all, and those whose next try need not wait any longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.delivery import Delivery, DeliveryStatus
from watcher.storage.schema import delivery

SOON = timedelta(minutes=5)
"""A try that is due within this time is left where it is."""

FREE = timedelta(days=3)
"""As long as this a try that was brought forward is not counted: the schedule's own three days are never shortened."""


async def give_up(conn: AsyncConnection, claimed: Delivery, status: DeliveryStatus, now: datetime, why: str) -> bool:
    """End a claimed delivery unsent as `status`; the claim counts as no try. False if its lease was lost meanwhile."""
    c = delivery.c
    mine = (c.id == claimed.id) & (c.lease_token == claimed.lease_token)
    changes = {
        "status": status,
        "finished_at": now,
        "last_error": why,
        "attempts": c.attempts - 1,
        "lease_owner": None,
        "lease_token": None,
    }
    return (await conn.execute(update(delivery).where(mine).values(**changes))).rowcount == 1


async def wake(conn: AsyncConnection, channel: str, now: datetime) -> int:
    """The channel answers again: what waits there for its next try is due now, the oldest first; returns how many."""
    c = delivery.c
    waiting = (
        (c.channel == channel)
        & c.finished_at.is_(None)
        & (c.wake_at > now + SOON)
        & c.status.in_([DeliveryStatus.RETRY, DeliveryStatus.AMBIGUOUS])
    )
    changes = {
        "due_at": now,
        "wake_at": c.created_at,  # claiming goes by it within a priority
        "attempts": case((c.created_at > now - FREE, c.attempts - 1), else_=c.attempts),
    }
    return (await conn.execute(update(delivery).where(waiting).values(**changes))).rowcount
