"""Intake: what polls bring goes into the database, together with the state that says that it did.

A commit costs more than a poll. So whoever comes first stores for everybody: polls that end while a transaction is
written wait for the next one and share it. Before it, without a lock, each poll's items are told from what is known
and screened. In it, a source that somebody else polled meanwhile is compared again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.document import HELD, Item, Poll, Source, SourceState
from watcher.model.errors import UserError
from watcher.model.ports import Chance, Clock, NewId
from watcher.services.screening import Screen
from watcher.sources.health import hold
from watcher.sources.identity import Arrivals, canonical_url, content_hash, resolve
from watcher.sources.rhythm import after_poll
from watcher.storage import documents, sources
from watcher.storage.engine import Database

log = structlog.get_logger(__name__)
ITEMS = 1_000
"""Of one transaction, about: enough to share a commit among many feeds, few enough to be over in an instant."""

NOTHING = Arrivals((), (), 0)


@dataclass(slots=True, eq=False)
class Polled:
    """One poll that waits to be stored, and what came of that."""

    source: Source
    state: SourceState
    poll: Poll
    arrivals: Arrivals = NOTHING
    settled: frozenset[str] = field(default_factory=frozenset)
    fingerprint: str = ""
    error: BaseException | None = None


class Intake:
    """Stores polls. One poll of a source at a time; of several sources as many as there are."""

    def __init__(self, db: Database, screen: Screen, clock: Clock, *, new_id: NewId, chance: Chance) -> None:
        self._db, self._screen, self._clock = db, screen, clock
        self._new_id, self._chance = new_id, chance
        self._waiting: list[Polled] = []
        self._turn = asyncio.Lock()

    async def store(self, source: Source, state: SourceState, poll: Poll) -> Arrivals:
        """Returns when the poll is stored for good. Raises StorageError, and then nothing of it was stored."""
        mine = Polled(source, state, poll)
        self._waiting.append(mine)
        try:
            async with self._turn:
                while mine in self._waiting:
                    await self._store_together(self._take(mine))
        finally:
            if mine in self._waiting:
                self._waiting.remove(mine)
        if mine.error:
            raise mine.error
        return mine.arrivals

    def _take(self, mine: Polled) -> list[Polled]:
        """Mine and what else waits, up to the size of a transaction; one of a source, or items might come twice."""
        taken, items = [mine], len(mine.poll.items)
        ids = {mine.source.id}
        for other in self._waiting:
            if other.source.id not in ids and items + len(other.poll.items) <= ITEMS:
                taken.append(other)
                ids.add(other.source.id)
                items += len(other.poll.items)
        return taken

    async def _store_together(self, batch: list[Polled]) -> None:
        """All in one transaction; at a fault of the program one by one, so that it costs one poll and not all."""
        try:
            await self._prepare(batch)
            await self._write(batch)
        except UserError as error:
            for one in batch:
                one.error = error
        except Exception as error:
            if len(batch) > 1:
                for one in batch:
                    await self._store_together([one])
                return
            batch[0].error = error
        for one in batch:
            if one in self._waiting:  # else its poll was given up meanwhile
                self._waiting.remove(one)

    async def _prepare(self, batch: Sequence[Polled]) -> None:
        """Tell new from known, and read what is new."""
        with_items = [one for one in batch if one.poll.items]
        if not with_items:
            return
        if any(one.state.documents for one in with_items):
            async with self._db.read() as conn:
                for one in with_items:
                    await self._resolve(conn if one.state.documents else None, one)
        else:
            for one in with_items:
                await self._resolve(None, one)
        for one in with_items:
            one.fingerprint, one.settled = await self._screen.settled(one.arrivals.new)

    async def _resolve(self, conn: AsyncConnection | None, one: Polled) -> None:
        """Without a connection nothing is known of the source: no poll of it ever brought a document."""
        known = await documents.known(conn, one.source.id, *_keys(one.poll.items)) if conn else []
        arrivals = resolve(one.source, one.poll.items, known, self._clock.now(), self._new_id)
        one.arrivals = replace(arrivals, new=hold(one.state, arrivals.new))

    async def _write(self, batch: Sequence[Polled]) -> None:
        """One transaction: what arrived, and the states that say that it did."""
        now = self._clock.now()
        async with self._db.write() as conn:
            polls = await sources.polls(conn, [one.source.id for one in batch])
            for one in batch:
                if polls.get(one.source.id, one.state.polls) != one.state.polls and one.poll.items:
                    await self._resolve(conn, one)
                    one.settled = frozenset()
            for fingerprint in {one.fingerprint for one in batch}:
                alike = [one for one in batch if one.fingerprint == fingerprint]
                new = [document for one in alike for document in one.arrivals.new]
                await documents.add(conn, new, frozenset().union(*(one.settled for one in alike)), fingerprint)
            await documents.revise(conn, [document for one in batch for document in one.arrivals.revised])
            after = [self._state(one, now) for one in batch]
            await sources.save_all(conn, after)
        for one, state in zip(batch, after, strict=True):
            if state.windows_missed > one.state.windows_missed:
                log.warning(
                    "source.window_missed",
                    source=one.source.id,
                    since=_iso(state.missed_from),
                    until=_iso(state.missed_until),
                )

    def _state(self, one: Polled, now: datetime) -> SourceState:
        arrivals = one.arrivals
        known = arrivals.unchanged + len(arrivals.revised)
        held = sum(HELD in document.tags for document in arrivals.new)
        return after_poll(
            one.source, one.state, one.poll, now, self._chance(), len(arrivals.new), known=known, held=held
        )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _keys(items: Iterable[Item]) -> tuple[set[str], set[str], set[str]]:
    """What known documents are looked up by: guids, canonical URLs, content hashes; "" stands for nothing."""
    guids = {item.guid for item in items if item.guid}
    urls = {url for item in items if (url := canonical_url(item.url))}
    return guids, urls, {content_hash(item.title, item.text) for item in items}
