"""Receive: store what was sent to us as what a poll brings is stored, and come back when it is safe."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from weakref import WeakValueDictionary

import structlog

from watcher.model.document import Item, Outcome, Poll, Source, SourceState
from watcher.model.ports import Clock
from watcher.services.intake import Intake
from watcher.sources.identity import Arrivals
from watcher.storage import sources
from watcher.storage.engine import Database

log = structlog.get_logger(__name__)


class Receiver:
    """One delivery of a source at a time, so that each is compared with all that came before."""

    def __init__(
        self, db: Database, intake: Intake, clock: Clock, *, on_arrival: Callable[[], None] = lambda: None
    ) -> None:
        self._db, self._intake, self._clock, self._on_arrival = db, intake, clock, on_arrival
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.tally: Counter[str] = Counter()

    async def take_in(self, source: Source, items: tuple[Item, ...]) -> Arrivals:
        """Store the items; when this returns they are committed. Raises StorageError, and then none of them is."""
        turn = self._turns.setdefault(source.id, asyncio.Lock())
        async with turn:
            async with self._db.read() as conn:
                state = await sources.state_of(conn, source.id)
            arrivals = await self._intake.store(source, *_told(source, state, self._clock, items))
        self.tally["pushes"] += 1
        self.tally["documents"] += len(arrivals.new)
        self.tally["revisions"] += len(arrivals.revised)
        if arrivals.new or arrivals.revised:
            log.info("source.sent", source=source.id, new=len(arrivals.new), revised=len(arrivals.revised))
            self._on_arrival()
        return arrivals


def _told(source: Source, state: SourceState | None, clock: Clock, items: tuple[Item, ...]) -> tuple[SourceState, Poll]:
    """What was sent, as a poll that leaves all that polling knows as it is."""
    known = state or SourceState(source.id, clock.now())
    poll = Poll(Outcome.CHANGED, items, known.etag, known.last_modified, known.body_hash, pushed=True)
    return known, replace(poll, moved_to=known.moved_to)
