"""Subscriptions at WebSub hubs: one row for each source that has one."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import RowMapping, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.subscription import Standing, Subscription
from watcher.storage.schema import subscription
from watcher.storage.upsert import replace_into


async def listing(conn: AsyncConnection) -> list[Subscription]:
    """All of them, by source id."""
    rows = await conn.execute(select(subscription).order_by(subscription.c.source_id))
    return [_subscription(row) for row in rows.mappings()]


async def by_token(conn: AsyncConnection, token: str) -> Subscription | None:
    """The one whose callback ends in `token`."""
    row = (await conn.execute(select(subscription).where(subscription.c.token == token))).mappings().first()
    return None if row is None else _subscription(row)


async def save(conn: AsyncConnection, kept: Subscription) -> None:
    """Store it as it is now."""
    await conn.execute(replace_into(conn, subscription, ["source_id"]), asdict(kept))


async def remove(conn: AsyncConnection, source_id: str) -> None:
    """Forget it: what the hub still sends is refused from then on."""
    await conn.execute(delete(subscription).where(subscription.c.source_id == source_id))


def _subscription(row: RowMapping) -> Subscription:
    return Subscription(**{**row, "standing": Standing(row["standing"])})
