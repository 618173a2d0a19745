"""Subscribe: feeds that name a WebSub hub are sent to us; polling goes on, less often while the hub delivers."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from watcher.model.document import Outcome, Poll, Source
from watcher.model.ports import Clock
from watcher.model.subscription import Standing, Subscription
from watcher.sources.identity import Arrivals
from watcher.sources.websub import HubClient, HubError
from watcher.storage import subscriptions
from watcher.storage.engine import Database

log = structlog.get_logger(__name__)

LEASE = timedelta(days=7)
"""Asked for; hubs give what they like."""

LEAST_LEASE, LONGEST_LEASE = timedelta(minutes=5), timedelta(days=30)
RENEW_AT = 0.75
"""Share of a lease after which it is renewed: a quarter is left for a hub that is down."""

VERIFIED_WITHIN = timedelta(minutes=10)
FIRST_BACKOFF, LONGEST_BACKOFF = timedelta(minutes=10), timedelta(days=1)
DENIED_FOR = timedelta(days=1)
SLOWER = 6
"""How many times longer polling waits while the hub delivers, if the source has no `every_max`."""

_MAX_REASON = 200
_AT_ONCE = 20


class Subscriber:
    """Keeps the subscriptions. `public_url` is where hubs reach us; without one nothing is subscribed."""

    def __init__(
        self,
        db: Database,
        hubs: HubClient,
        clock: Clock,
        configured: Callable[[], Mapping[str, Source]],
        *,
        public_url: str,
        new_secret: Callable[[], str] = lambda: secrets.token_urlsafe(32),
    ) -> None:
        self._db, self._hubs, self._clock, self._configured = db, hubs, clock, configured
        self._public_url = public_url.rstrip("/")
        self._new_secret = new_secret
        self._kept: dict[str, Subscription] = {}

    async def load(self) -> None:
        """Take up what was subscribed before."""
        async with self._db.read() as conn:
            self._kept = {each.source_id: each for each in await subscriptions.listing(conn)}

    @property
    def listing(self) -> tuple[Subscription, ...]:
        """All of them."""
        return tuple(self._kept.values())

    def paced(self, source: Source) -> Source:
        """The source as it is polled now: less often while its hub delivers."""
        kept = self._kept.get(source.id)
        if kept is None or not self._public_url or not kept.delivers(self._clock.now()):
            return source
        slower = max(source.every, source.every_max or source.every * SLOWER)
        return replace(source, every=slower, every_max=slower)

    async def polled(self, source: Source, poll: Poll, arrivals: Arrivals) -> None:
        """Look at a poll that was stored: does the feed name a hub, did it hold what the hub should have sent?"""
        if not self._public_url or poll.outcome is not Outcome.CHANGED:
            return
        kept = self._kept.get(source.id)
        now = self._clock.now()
        if poll.hub is not None and (kept is None or (kept.hub, kept.topic) != poll.hub):
            hub, topic = poll.hub
            wanted = Subscription(source.id, hub, topic, self._new_secret(), self._new_secret(), Standing.WANTED, now)
            await self._keep(wanted)
        elif kept is not None and arrivals.new and kept.delivers(now):
            log.warning("hub.missed", source=source.id, documents=len(arrivals.new))
            await self._keep(replace(kept, missed_at=now))

    async def run_due(self) -> int:
        """Ask hubs for what is wanted or runs out; forget what is no longer configured. How many were asked."""
        now = self._clock.now()
        configured = self._configured()
        for kept in [each for each in self._kept.values() if each.source_id not in configured]:
            await self._forget(kept)
        due = [each for each in self._kept.values() if self._public_url and each.due_at <= now][:_AT_ONCE]
        await asyncio.gather(*(self._ask(kept, now) for kept in due))
        return len(due)

    def by_token(self, token: str) -> Subscription | None:
        """The subscription whose callback this is."""
        given = token.encode()
        return next((each for each in self._kept.values() if secrets.compare_digest(each.token.encode(), given)), None)

    async def verified(self, kept: Subscription, topic: str, lease_s: int | None) -> bool:
        """A hub asks whether we asked it: only if we did, and for this topic. The lease begins."""
        if kept.standing is not Standing.ASKED or topic != kept.topic:
            return False
        now = self._clock.now()
        asked = timedelta(seconds=min(lease_s, LONGEST_LEASE.total_seconds())) if lease_s and lease_s > 0 else LEASE
        lease = max(LEAST_LEASE, asked)
        until, renewal = now + lease, now + lease * RENEW_AT
        active = replace(kept, standing=Standing.ACTIVE, lease_until=until, due_at=renewal, failures=0, reason="")
        await self._keep(active)
        log.info("hub.subscribed", source=kept.source_id, until=active.lease_until)
        return True

    async def denied(self, kept: Subscription, topic: str, reason: str) -> bool:
        """The hub refuses, or ends a lease. It is asked again in a day; until then polling is all there is."""
        if topic != kept.topic:
            return False
        told = " ".join(reason.split())[:_MAX_REASON]
        until = self._clock.now() + DENIED_FOR
        await self._keep(replace(kept, standing=Standing.DENIED, lease_until=None, due_at=until, reason=told))
        log.warning("hub.denied", source=kept.source_id, reason=told)
        return True

    async def delivered(self, kept: Subscription) -> None:
        """Something signed came from the hub."""
        await self._keep(replace(self._kept.get(kept.source_id, kept), last_push_at=self._clock.now()))

    async def _ask(self, kept: Subscription, now: datetime) -> None:
        callback = f"{self._public_url}/websub/{kept.token}"
        # Stored before the hub is asked: it may verify before it answers.
        asked = replace(kept, standing=Standing.ASKED, due_at=now + VERIFIED_WITHIN + _backoff(kept.failures))
        await self._keep(replace(asked, failures=kept.failures + 1))
        try:
            await self._hubs.subscribe(kept.hub, kept.topic, callback, kept.secret, int(LEASE.total_seconds()))
        except HubError as error:
            log.warning("hub.failed", source=kept.source_id, reason=str(error))
            current = self._kept.get(kept.source_id)
            if current is not None and current.standing is Standing.ASKED:
                due = now + _backoff(current.failures)
                await self._keep(replace(current, reason=str(error)[:_MAX_REASON], due_at=due))

    async def _keep(self, kept: Subscription) -> None:
        async with self._db.write() as conn:
            await subscriptions.save(conn, kept)
        self._kept[kept.source_id] = kept

    async def _forget(self, kept: Subscription) -> None:
        async with self._db.write() as conn:
            await subscriptions.remove(conn, kept.source_id)
        self._kept.pop(kept.source_id, None)


def _backoff(failures: int) -> timedelta:
    return min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** min(max(0, failures - 1), 20)) if failures else timedelta(0)
