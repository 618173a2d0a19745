"""Collect: poll the sources that are due, and hand what they bring to the intake, which stores it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from watcher.model.document import Health, Outcome, Poll, Source, SourceState
from watcher.model.errors import UserError
from watcher.model.ports import Clock
from watcher.services.desk import DeskHolder
from watcher.services.intake import Intake
from watcher.services.subscribe import Subscriber
from watcher.sources.fetch import Fetcher
from watcher.sources.health import LASTING
from watcher.sources.hosts import Hosts, host_of, in_turns
from watcher.sources.identity import Arrivals
from watcher.sources.kind import SourceKind
from watcher.sources.rhythm import first_due
from watcher.storage import sources
from watcher.storage.engine import Database

log = structlog.get_logger(__name__)
REST_S = 60.0
"""Seconds at most that a source rests when its poll could not be stored: a full disk is no reason to hammer it."""


class Collector:
    """Polls with bounded concurrency; one source that hangs, lies or fails never holds the others up."""

    def __init__(
        self,
        db: Database,
        holder: DeskHolder,
        fetcher: Fetcher,
        kinds: Mapping[str, SourceKind],
        clock: Clock,
        intake: Intake,
        *,
        concurrency: int,
        on_arrival: Callable[[], None] = lambda: None,
        subscriber: Subscriber | None = None,
    ) -> None:
        self._db, self._holder, self._fetcher, self._kinds, self._clock = db, holder, fetcher, kinds, clock
        self._intake, self._on_arrival, self._subscriber = intake, on_arrival, subscriber
        self._concurrency = concurrency
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._resting: dict[str, float] = {}
        self._hosts = Hosts()
        self.tally: Counter[str] = Counter()

    @property
    def outage_since(self) -> datetime | None:
        """Since when our own network seems to be down."""
        return self._hosts.outage_since

    def _sources(self) -> dict[str, Source]:
        return {source.id: source for source in self._holder.current.rulebook.sources if source.enabled}

    async def enrol(self) -> None:
        """Give sources that are new in the rulebook their first due time."""
        now = self._clock.now()
        async with self._db.write() as conn:
            known = await sources.known_ids(conn)
            new = [source for source in self._sources().values() if source.id not in known]
            await sources.ensure(conn, [SourceState(each.id, first_due(each, now, len(new))) for each in new])

    async def start_due(self) -> int:
        """Start polling what is due, as far as there is room, and come back at once; returns how many were started."""
        configured = self._sources()
        room = self._concurrency - len(self._under_way)
        now = self._clock.monotonic()
        self._resting = {source_id: until for source_id, until in self._resting.items() if until > now}
        busy = self._under_way.keys() | self._resting.keys()
        idle = [source_id for source_id in configured if source_id not in busy]
        if room <= 0 or not idle:
            return 0
        async with self._db.read() as conn:
            states = await sources.due(conn, self._clock.now(), room, idle, self._turns(configured))
        for state in states:
            self._start(configured[state.source_id], state)
        return len(states)

    def _turns(self, configured: Mapping[str, Source]) -> Callable[[str], bool]:
        """Whether a source's host has room for it: one that has to wait must not hold a place that others could use."""
        left: dict[str, int] = {}

        def take(source_id: str) -> bool:
            host = host_of(configured[source_id].url)
            room = left.setdefault(host, self._fetcher.room(host) if host else self._concurrency)
            left[host] = room - 1
            return room > 0

        return take

    async def poll_all(self, only: Iterable[str] | None = None) -> None:
        """Poll every source once (or those named), due or not, and wait for all of them."""
        wanted = None if only is None else set(only)
        configured = self._sources()
        async with self._db.read() as conn:
            states = await sources.states(conn)
        for source in in_turns(configured.values()):
            if (wanted is None or source.id in wanted) and source.id not in self._under_way:
                while len(self._under_way) >= self._concurrency:
                    await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)
                self._start(source, states[source.id])
        await self.settle()

    async def settle(self, timeout_s: float | None = None) -> bool:
        """Wait for polls under way, at most so long; True if none is left."""
        if self._under_way:
            await asyncio.wait(self._under_way.values(), timeout=timeout_s)
        return not self._under_way

    async def abandon(self) -> None:
        """Give up what is still under way; nothing of it was stored, so it is polled again."""
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, source: Source, state: SourceState) -> None:
        task = asyncio.create_task(self._poll(source, state), name=f"poll {source.id}")
        self._under_way[source.id] = task
        task.add_done_callback(lambda _: self._under_way.pop(source.id, None))

    async def _poll(self, source: Source, state: SourceState) -> None:
        try:
            poll = await self._kinds[source.kind].poll(source, state, self._fetcher, self._clock.now())
        except Exception as error:  # a fault of ours must not silence the source: it backs off like any failure
            log.exception("poll.crashed", source=source.id)
            poll = Poll(Outcome.FAILED, error=f"internal error: {type(error).__name__}", health=Health.FAILING)
        poll = self._of_host(source, state, poll)
        try:
            arrivals = await self._intake.store(self._paced(source), state, poll)
            if arrivals.new or arrivals.revised:
                self._on_arrival()  # before anything else: readers wait for it
            await self._spare_host(source, poll)
            if self._subscriber:
                await self._subscriber.polled(source, poll, arrivals)
        except UserError as error:
            self._rest(source)
            log.error("poll.not_stored", source=source.id, error=str(error))  # noqa: TRY400
        except Exception:
            self._rest(source)
            log.exception("poll.not_stored", source=source.id)
        else:
            self._report(source, poll, arrivals)

    def _paced(self, source: Source) -> Source:
        """The source with the pace that it has now: slower, while a hub sends us what is new."""
        return self._subscriber.paced(source) if self._subscriber else source

    def _of_host(self, source: Source, state: SourceState, poll: Poll) -> Poll:
        """Note what the poll says of its host; a failure that is our own network's is marked as such."""
        host = host_of(source.url)
        failed = poll.outcome is Outcome.FAILED
        unusual = state.failures < LASTING
        if not host or not self._hosts.note(host, self._clock.now(), poll.failure if failed else None, unusual=unusual):
            return poll
        return replace(poll, ours=True)

    async def _spare_host(self, source: Source, poll: Poll) -> None:
        """When a second address of a host asks to wait, all of that host are left alone for as long."""
        host = host_of(source.url)
        if not host or not poll.retry_after:
            return
        until = self._hosts.told_to_wait(host, source.url, self._clock.now(), poll.retry_after)
        if until is None:
            return
        same = [each.id for each in self._sources().values() if host_of(each.url) == host]
        async with self._db.write() as conn:
            await sources.postpone(conn, same, until)
        log.warning("host.asks_to_wait", host=host, sources=len(same), until=until.isoformat(timespec="seconds"))

    def _rest(self, source: Source) -> None:
        """Nothing was stored, so the source is still due: it waits a while instead of being asked again at once."""
        self.tally["polls_not_stored"] += 1
        self._resting[source.id] = self._clock.monotonic() + min(source.every.total_seconds(), REST_S)

    def _report(self, source: Source, poll: Poll, arrivals: Arrivals) -> None:
        self.tally["polls"] += 1
        self.tally[f"polls_{poll.outcome}"] += 1
        self.tally["documents"] += len(arrivals.new)
        self.tally["revisions"] += len(arrivals.revised)
        self.tally["unchanged"] += arrivals.unchanged
        if poll.outcome is Outcome.FAILED:
            log.warning("source.failed", source=source.id, health=str(poll.health), reason=poll.error)
        elif arrivals.new or arrivals.revised:
            log.info(
                "source.news",
                source=source.id,
                new=len(arrivals.new),
                revised=len(arrivals.revised),
                dropped=poll.dropped,
            )
