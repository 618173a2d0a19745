"""Retention: keeps the archive searchable and within its bounds, in small transactions that hold nobody up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from watcher.model.ports import Clock
from watcher.services.archive import index_new
from watcher.storage import documents, retention
from watcher.storage.engine import Database

log = structlog.get_logger(__name__)
BATCH = 100
"""Documents of one transaction: a delivery or a poll waits a few hundredths of a second for it at most."""

EVERY_S = 3600.0
LEAST = timedelta(days=7)
"""Whatever the size, so much is kept: what feeds still carry would only come back."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is kept; None: for ever, or of any size."""

    age: timedelta | None = None
    size: int | None = None


class Keeper:
    """`tend` is for the timetable; `prune` does all at once."""

    def __init__(self, db: Database, clock: Clock, bounds: Bounds) -> None:
        self._db, self._clock, self._bounds = db, clock, bounds
        self._prune_at = 0.0

    async def tend(self) -> None:
        """Make what is new searchable; now and then delete what is too old or too much."""
        await index_new(self._db)
        if self._clock.monotonic() >= self._prune_at:
            await self.prune()
            self._prune_at = self._clock.monotonic() + EVERY_S

    async def cutoff(self) -> datetime | None:
        """Documents first seen before this are to go; None: nothing is."""
        now = self._clock.now()
        moments = []
        if self._bounds.age is not None:
            moments.append(now - self._bounds.age)
        if self._bounds.size is not None:
            async with self._db.read() as conn:
                used = await retention.size(conn)
                if used > self._bounds.size:
                    total = (await documents.counts(conn)).total
                    spare = total * (used - self._bounds.size) // used
                    if moment := await retention.first_seen_of(conn, spare):
                        moments.append(min(moment, now - LEAST))
        return max(moments, default=None)

    async def prunable(self) -> int:
        """How many documents `prune` would delete."""
        before = await self.cutoff()
        if before is None:
            return 0
        async with self._db.read() as conn:
            return await retention.prunable(conn, before)

    async def prune(self) -> int:
        """Delete what is out of bounds, the oldest first, and give the room back; how many documents."""
        before = await self.cutoff()
        if before is None:
            return 0
        gone = 0
        for delete, counted in ((retention.prune, True), (retention.prune_stories, False)):
            some = BATCH
            while some == BATCH:
                async with self._db.write() as conn:
                    some = await delete(conn, before, BATCH)
                gone += some if counted else 0
        more = gone > 0
        while more:
            async with self._db.write() as conn:
                more = await retention.release(conn)
        if gone:
            log.info("archive.pruned", documents=gone, before=before.isoformat())
        return gone
