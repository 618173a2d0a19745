"""Gather: an alert leaves for its channel at once, or waits for a digest, a group, or the channel's limit.

What waits is a row of the same transaction as the alert; it leaves for the outbox in one transaction too. So a crash
can neither lose it nor tell it twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.alerting.decide import priority
from watcher.alerting.gather import Bucket, Hold, Why, bucket_of, hold
from watcher.alerting.instant import moments
from watcher.model.alert import Alert, Channel, Destination, Digest, Subject
from watcher.model.delivery import Delivery, Message, Roundup
from watcher.model.ports import Clock
from watcher.model.signal import Severity
from watcher.services import compose, roundup
from watcher.services.desk import Desk, DeskHolder
from watcher.storage import holding, outbox, roundups
from watcher.storage.engine import Database
from watcher.storage.holding import Held
from watcher.storage.turn import take_turn

log = structlog.get_logger(__name__)
LATE = timedelta(days=8)
"""A digest window never reaches further back: after a long stop one digest tells of the last week."""


async def queue(
    conn: AsyncConnection,
    desk: Desk,
    alert: Alert,
    told: Message,
    routed: Sequence[Destination],
    subject: Subject,
    now: datetime,
) -> int:
    """Put what is told into the outbox, or keep it for later; returns how many deliveries were written."""
    at_once = []
    for destination in routed:
        channel = desk.rulebook.routing.channels[destination.channel]
        held = await _hold(conn, channel, destination, subject, now)
        if held is None:
            at_once.append(destination)
        else:
            await holding.add(conn, Held(channel.name, held.bucket, held.why, alert.id, told, now, held.due_at))
    return await outbox.enqueue(conn, compose.deliveries(alert, told, at_once, desk.targets, now))


async def _hold(
    conn: AsyncConnection, channel: Channel, destination: Destination, subject: Subject, now: datetime
) -> Hold | None:
    name = bucket_of(channel, destination, subject)
    bucket = await holding.bucket(conn, channel.name, name) if name and not channel.digest else Bucket()
    limit = channel.limit
    sent = await holding.told_since(conn, channel.name, now - limit.per, limit.most) if limit else ()
    return hold(channel, destination, subject, bucket, sent, now)


class Gatherer:
    """Lets buckets go when they are due, and digests at their times."""

    def __init__(
        self, db: Database, holder: DeskHolder, clock: Clock, *, on_told: Callable[[], None] = lambda: None
    ) -> None:
        self._db, self._holder, self._clock, self._on_told = db, holder, clock, on_told

    async def tick(self) -> int:
        """Let go what is due; returns how many deliveries were written."""
        desk, now, written = self._holder.current, self._clock.now(), 0
        channels = desk.rulebook.routing.channels
        digests = {name: (channel, channel.digest) for name, channel in channels.items() if channel.digest}
        async with self._db.read() as conn:
            due = await holding.due(conn, now, digests)
        for channel, bucket in due:
            if channel not in channels:
                continue  # taken out of the rules: what waits for it is kept until it is back
            async with self._db.write() as conn:
                await take_turn(conn)
                written += await _let_go(conn, desk, channel, bucket, now)
        for channel_of, times in digests.values():
            async with self._db.write() as conn:
                await take_turn(conn)
                written += await _digest(conn, desk, channel_of, times, now)
        if written:
            self._on_told()
        return written


async def _let_go(conn: AsyncConnection, desk: Desk, channel: str, bucket: str, now: datetime) -> int:
    gone = await holding.waiting(conn, channel, bucket)
    if not gone:
        return 0
    await holding.leave(conn, gone, now)
    told = [one.message for one in gone]
    if len({message.alert_id for message in told}) == 1:
        message, alert_id = told[-1], told[-1].alert_id
    else:
        bounds = Roundup(str(gone[0].why), compose.rfc3339(gone[0].held_at), compose.rfc3339(now))
        message, alert_id = roundup.roundup_message("summary", roundup.items(told), bounds, now), None
    written = _deliveries(desk, channel, message, alert_id, f"{bucket} {gone[-1].seq}", now)
    log.info("alerts.gathered", channel=channel, why=str(gone[0].why), alerts=len(gone))
    return await outbox.enqueue(conn, written)


async def _digest(conn: AsyncConnection, desk: Desk, channel: Channel, times: Digest, now: datetime) -> int:
    since = await holding.digest_until(conn, channel.name)
    if since is None:  # a new digest begins now: its first window ends at its next time
        await holding.digest_left(conn, channel.name, now, now, 0)
        return 0
    passed = moments(times.at, times.timezone, max(since, now - LATE), now)
    if not passed:
        return 0
    until = passed[-1]
    gone = [one for one in await holding.waiting(conn, channel.name, Why.DIGEST) if one.held_at < until]
    listed = roundup.items(one.message for one in gone)
    if not await holding.digest_left(conn, channel.name, since, until, len(listed)):
        return 0
    await holding.leave(conn, gone, now)
    if not listed and not times.empty:
        return 0
    facts = await _facts(conn, desk, since, until)
    message = roundup.roundup_message("digest", listed, facts, now)
    log.info("digest.left", channel=channel.name, alerts=len(listed), until=facts.until)
    window = f"digest {facts.until}"
    return await outbox.enqueue(conn, _deliveries(desk, channel.name, message, None, window, now))


async def _facts(conn: AsyncConnection, desk: Desk, since: datetime, until: datetime) -> Roundup:
    counted = await roundups.activity(conn, until - timedelta(days=roundup.DAYS), until)
    return Roundup(
        why=str(Why.DIGEST),
        since=compose.rfc3339(since),
        until=compose.rfc3339(until),
        suppressed=roundup.ranked(await roundups.suppressed(conn, since, until)),
        near_misses=await roundups.near_misses(conn, since, until),
        activity=roundup.activity(desk.rulebook.signals, counted),
    )


def _deliveries(
    desk: Desk, channel: str, message: Message, alert_id: str | None, named: str, now: datetime
) -> list[Delivery]:
    """One for each recipient; the same bucket at the same time always gets the same ids."""
    return [
        compose.to_send(message, alert_id, named, channel, target, priority(Severity(message.severity)), now, channel)
        for target in desk.targets.get(channel, ("",))
    ]
