"""Spare: what came to its turn too late, or whose recipient wants no more, is not sent, and is not forgotten either.

The delivery keeps its reason, and the alert's life tells of it.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.delivery.age import expired
from watcher.model.delivery import Delivery, DeliveryStatus
from watcher.services.desk import Desk
from watcher.storage import alerts, recipients, unsent
from watcher.storage.engine import Database

log = structlog.get_logger(__name__)
NOT_SENT = "not-sent"
"""The event in the alert's life."""


async def spare(db: Database, desk: Desk, delivery: Delivery, now: datetime) -> bool:
    """Whether a claimed delivery is not to be sent; then it has ended."""
    channel = desk.rulebook.routing.channels.get(delivery.channel)
    if why := expired(delivery, channel.expire_after if channel else None, now):
        status = DeliveryStatus.EXPIRED
    elif delivery.target and await _muted(db, delivery):
        status, why = DeliveryStatus.SUPERSEDED, "the recipient wants no more messages of this channel"
    else:
        return False
    async with db.write() as conn:
        if await unsent.give_up(conn, delivery, status, now, why):
            await _tell(conn, delivery, status, why, now)
    log.warning("delivery.spared", delivery=delivery.id, channel=delivery.channel, status=str(status), reason=why)
    return True


async def _muted(db: Database, delivery: Delivery) -> bool:
    async with db.read() as conn:
        return await recipients.is_muted(conn, delivery.channel, delivery.target)


async def _tell(conn: AsyncConnection, delivery: Delivery, status: DeliveryStatus, why: str, now: datetime) -> None:
    """In the life of each alert that it was to tell: a digest tells of many."""
    told = [delivery.alert_id] if delivery.alert_id else [item.alert_id for item in delivery.message.items]
    detail = {"channel": delivery.channel, "target": delivery.target, "status": str(status), "reason": why}
    for alert_id in told:
        await alerts.log(conn, alert_id, NOT_SENT, detail, now)
