"""Deliver: take what is due from the outbox, send it, and write down how it went.

Each lane (one Slack channel, one mail server …) is worked by itself, so that one that hangs or waits holds up no other.
The row is claimed before the send and marked done only after success. What a dead process left claimed is due again.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.delivery.age import as_told
from watcher.delivery.pacing import Pacer
from watcher.delivery.retry import after_failure
from watcher.model.delivery import (
    Attempt,
    ChannelAdapter,
    Delivery,
    DeliveryError,
    DeliveryStatus,
    WitnessedAdapter,
)
from watcher.model.errors import UserError
from watcher.model.ports import Chance, Clock
from watcher.services import endpoints
from watcher.services.desk import DeskHolder
from watcher.services.lane import Lane, Send
from watcher.services.noting import Notebook, Notes, Outcome, Recalled, Statement, recall
from watcher.services.sparing import spare
from watcher.storage import outbox, unsent
from watcher.storage.claiming import claim
from watcher.storage.engine import Database

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=2)
"""Longer than the longest request of any channel (30 s), so that a living sender never loses its claim."""
ABREAST = 8
"""Sends under way at once in a lane without a pace, unless its adapter says `abreast`."""
WAKE_EVERY = timedelta(hours=1)
"""How often a channel that answers brings forward what waits there for its next try: a message that always fails beside
others that do not is so tried no more than once an hour."""


class Deliverer:
    """Sends what is due; `kick` starts workers for idle lanes and returns at once."""

    def __init__(
        self, db: Database, holder: DeskHolder, clock: Clock, pacer: Pacer, *, owner: str, chance: Chance,
        notebook: Notebook | None = None,
    ) -> None:  # fmt: skip
        """`notebook` keeps receipts between a channel's answer and their commit: a process that is killed there has
        told somebody whom it would tell again."""
        self._db, self._holder, self._clock, self._pacer = db, holder, clock, pacer
        self._owner, self._chance = owner, chance
        self._lanes: dict[str, Lane] = {}
        self._workers: dict[str, asyncio.Task[None]] = {}
        self._woken: dict[str, datetime] = {}
        self._notebook, self._notes = notebook, Notes(notebook)
        self._stopping = False
        self.tally: Counter[str] = Counter()

    def kick(self) -> None:
        """Make every lane look for work."""
        if self._stopping:
            return
        for name in {adapter.lane for adapter in self._holder.current.senders.values()}:
            if name in self._lanes:
                self._lanes[name].kick()
            else:
                self._lanes[name] = Lane(partial(self._begin, name))
                self._workers[name] = asyncio.create_task(self._work(name), name=f"deliver {name}")

    async def drain(self, grace: timedelta) -> None:
        """Deliver until nothing is due within `grace`: retries and paced lanes are waited for that long each."""
        idle_rounds = 0
        while idle_rounds < 50:  # something is due, yet nobody can claim it: it is another process's, or storage fails
            before = self.tally.total()
            self.kick()
            await self.settle()
            idle_rounds = 0 if self.tally.total() > before else idle_rounds + 1
            async with self._db.read() as conn:
                closed = await endpoints.closed(conn)
                due = await outbox.next_due(conn, self._holder.current.senders.keys() - closed)
            wait = None if due is None else due - self._clock.now()
            if wait is None or wait > grace:
                return
            await self._clock.sleep(max(0.05, wait.total_seconds()))

    async def settle(self, timeout_s: float | None = None) -> bool:
        """Wait for the workers, at most so long; True if none is left."""
        if self._workers:
            await asyncio.wait(self._workers.values(), timeout=timeout_s)
        return not self._workers

    async def stop(self, timeout_s: float) -> None:
        """Claim nothing more, let sends under way finish; what does not in time is sent again after a restart."""
        self._stopping = True
        if not await self.settle(timeout_s):
            tasks = list(self._workers.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def recover(self, is_alive: Callable[[str], bool]) -> int:
        """Make due again what processes that are gone had claimed."""
        async with self._db.write() as conn:
            gone = [owner for owner in await outbox.owners(conn) if owner != self._owner and not is_alive(owner)]
            released = await self._take_over(conn, gone) if gone else 0
        for owner in gone:
            if self._notebook:
                self._notebook.bury(owner)
        if released:
            log.warning("delivery.recovered", deliveries=released)
        return released

    async def _take_over(self, conn: AsyncConnection, gone: list[str]) -> int:
        """By what they noted: what was taken is sent, what was not offered is not in doubt."""
        lines = [line for owner in gone for line in (self._notebook.notes(owner) if self._notebook else ())]
        recalled = recall(lines)
        for (id_, token), outcome in recalled.taken.items():
            claimed = await outbox.get(conn, id_)
            if claimed and claimed.lease_token == token:
                await outbox.finish_sent(conn, claimed, outcome.receipt, outcome.attempt)
        held = await outbox.held_by(conn, gone) if self._notebook else []
        unsent = [one.id for one in held if self._not_offered(one, recalled)]
        now = self._clock.now()
        return await outbox.give_back(conn, unsent, now) + await outbox.release(conn, gone, now)

    def _not_offered(self, held: Delivery, recalled: Recalled) -> bool:
        adapter = self._holder.current.adapters.get(held.channel)
        return isinstance(adapter, WitnessedAdapter) and (held.id, held.lease_token) not in recalled.offered

    async def _work(self, lane: str) -> None:
        """Send what is due in one lane until nothing is."""
        try:
            await self._lanes[lane].run()
        except UserError as error:
            log.error("delivery.stalled", lane=lane, error=str(error))  # noqa: TRY400
        except Exception:  # the next kick starts the lane anew
            log.exception("delivery.stalled", lane=lane)
        finally:
            del self._lanes[lane], self._workers[lane]

    async def _begin(self, lane: str, under_way: list[Delivery]) -> list[Send]:
        """Claim as many as may be sent beside those under way: in a lane with a pace, one at a time.

        What tells the same alert at the same place waits for its turn: nobody hears of an end before the beginning.
        """
        adapters = {name: one for name, one in self._holder.current.senders.items() if one.lane == lane}
        if self._stopping or not adapters:
            return []
        paced = any(adapter.pace > timedelta(0) for adapter in adapters.values())
        abreast = 1 if paced else min(getattr(adapter, "abreast", ABREAST) for adapter in adapters.values())
        if (room := abreast - len(under_way)) <= 0:
            return []
        if (wait := self._pacer.wait(lane)) > 0:
            await self._clock.sleep(wait)
        async with self._db.write() as conn:
            may = await endpoints.open_ones(conn, adapters, adapters)
            claimed = await claim(conn, self._clock.now(), self._owner, LEASE, room, may, busy=under_way)
        return [(one, self._send(one, adapters[one.channel])) for one in claimed]

    async def _send(self, delivery: Delivery, adapter: ChannelAdapter) -> None:
        started = self._clock.now()
        if await spare(self._db, self._holder.current, delivery, started):
            self.tally["spared"] += 1
            return
        statement = self._notes.statement(delivery, started, self._clock.now)
        failure = None if statement.outcome else await self._try(delivery, adapter, statement, started)
        if statement.outcome:
            await self._sent(delivery, statement.outcome)
        elif failure:
            if failure.retry_after:
                self._pacer.delay(adapter.lane, failure.retry_after)
            await self._failed(delivery, failure, started)
        self._notes.settled(delivery)

    async def _try(
        self, delivery: Delivery, adapter: ChannelAdapter, statement: Statement, started: datetime
    ) -> DeliveryError | None:
        """What went wrong, or None; `statement` knows if it was taken, whatever went wrong then."""
        try:
            self._pacer.take(adapter.lane, adapter.pace)
            told = as_told(delivery, started)
            if isinstance(adapter, WitnessedAdapter):
                await adapter.send_witnessed(told, statement)
            else:
                statement.taken(await adapter.send(told))
        except DeliveryError as error:
            return error
        except Exception as error:  # whatever escapes an adapter is retried, never lost
            log.exception("delivery.crashed", delivery=delivery.id, channel=delivery.channel)
            return DeliveryError(f"internal error: {type(error).__name__}", ambiguous=True)
        return None

    async def _sent(self, delivery: Delivery, outcome: Outcome) -> None:
        async with self._db.write() as conn:
            kept = await outbox.finish_sent(conn, delivery, outcome.receipt, outcome.attempt)
            woken = await self._wake(conn, delivery.channel, outcome.attempt.ended_at)
        if woken:
            log.info("delivery.woken", channel=delivery.channel, deliveries=woken)
        self.tally["sent" if kept else "sent_late"] += 1
        log.info("delivery.sent", delivery=delivery.id, channel=delivery.channel, attempt=delivery.attempts)

    async def _wake(self, conn: AsyncConnection, channel: str, now: datetime) -> int:
        """The channel answers: what waits there for its next try, perhaps for hours, goes now, the gravest first."""
        last = self._woken.get(channel)
        if last is not None and now - last < WAKE_EVERY:
            return 0
        self._woken[channel] = now
        return await unsent.wake(conn, channel, now)

    async def _failed(self, delivery: Delivery, error: DeliveryError, started: datetime) -> None:
        retry = after_failure(error, delivery.attempts, self._clock.now(), self._chance())
        attempt = Attempt(delivery.id, delivery.attempts, started, self._clock.now(), str(retry.status), error.reason)
        async with self._db.write() as conn:
            await outbox.finish_failed(conn, delivery, retry.status, retry.due_at, attempt)
            if error.gone:
                await endpoints.close(conn, self._holder.current, delivery.channel, error, attempt.ended_at)
        dead = retry.status is DeliveryStatus.DEAD
        self.tally["dead" if dead else "retried"] += 1
        log.log(
            40 if dead else 30, "delivery.dead" if dead else "delivery.failed", delivery=delivery.id,
            channel=delivery.channel, attempt=delivery.attempts, reason=error.reason,
            due_at=None if dead else retry.due_at.isoformat(timespec="seconds"),
        )  # fmt: skip
