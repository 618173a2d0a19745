"""The run: start the service, let documents arrive, kill it at a random moment, and begin again."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from tests.soak.desk import write_routes
from tests.soak.forks import Fork, Nursery, nursery
from tests.soak.mischief import behave, misbehave
from tests.soak.news import Press, Window
from tests.support.clocks import LaterClock
from tests.support.office import Office
from watcher.model.alert import AlertStatus
from watcher.model.errors import UserError
from watcher.model.life import Act, Actor, Verb
from watcher.services.clock import SystemClock
from watcher.services.respond import Responder
from watcher.storage import alerts, documents
from watcher.storage.engine import Database
from watcher.storage.schema import document, escalation_run, held

FEEDS = 8
LONGEST = 1.2
"""Seconds from a start to the kill at most, if it does not wait for something to be seen."""
PATIENCE = 1.5
ACKNOWLEDGED = 0.3
"""Of the rounds: somebody acknowledges an alert."""
QUIET = 120.0
"""Seconds that the last service has to work everything off."""


@dataclass(slots=True)
class Story:
    """What happened. `kills` are those of a service that was ready, `at_start` the others."""

    kills: int = 0
    at_start: int = 0
    acknowledged: set[str] = field(default_factory=set)
    moments: list[str] = field(default_factory=list)
    grave: list[str] = field(default_factory=list)


class Soak:
    """`told` is called with a line about the progress now and then."""

    def __init__(
        self, office: Office, *, kills: int, documents: int, seed: int, told: Callable[[str], None] = lambda _: None
    ) -> None:
        self.office, self.kills, self.documents, self.told = office, kills, documents, told
        self.random = Random(seed)
        self.story = Story()
        feeds = []
        for number in range(FEEDS):
            name = f"paper{number}"
            office.feeds[name] = Window(name)
            feeds.append(office.feeds[name])
            office.news.on(f"/{name}", office.feeds[name])
        office.rules.sources({name: office.news.url(f"/{name}") for name in office.feeds})
        write_routes(office)
        self.press = Press(self.random, feeds)

    async def run(self) -> None:
        """Kill it so often, then let it end its work, and deliver a day later what still waits for a retry."""
        folder = Path(__file__).parents[2]
        async with nursery(self.office.environment(), folder, self.office.bell) as forks:
            await self._rounds(forks)
            behave(self.office)
            await self._last(forks)
        await self._a_day_later()

    async def _rounds(self, forks: Nursery) -> None:
        while self.story.kills < self.kills:
            misbehave(self.random, self.office)
            self._publish(half=True)
            async with forks.fork() as fork:
                await self._one(fork)
            self._buried(fork)
            if self.story.kills % max(1, self.kills // 20) == 0:
                self.told(
                    f"{self.story.kills} of {self.kills} kills, {self.press.documents} documents published, "
                    f"{len(self.office.hook.hooks)} hooks, {len(self.office.slack.posts)} posts, "
                    f"{len(self.office.smtp.mails)} mails, {len(self.office.pagerduty.events)} pages arrived"
                )

    async def _one(self, fork: Fork) -> None:
        if self.random.random() < 0.05:
            await asyncio.sleep(self.random.uniform(0.0, 0.5))
            fork.kill()
            self.story.at_start += 1
            return
        await self.office.bell.until(lambda: bool(fork.seen["service.ready"]) or bool(fork.grave), 60)
        name, seen = self._moment(fork)
        work = asyncio.create_task(self._meanwhile())
        try:
            await self.office.bell.until(seen, PATIENCE)
            await asyncio.sleep(self.random.uniform(0.0, 0.03))
        except TimeoutError:
            name += " (in vain)"
        fork.kill()
        self.story.kills += 1
        self.story.moments.append(name)
        await work

    async def _meanwhile(self) -> None:
        self._publish(half=False)
        if self.random.random() < ACKNOWLEDGED:
            with contextlib.suppress(UserError):  # the database may be busy: somebody else's turn, then
                await self._acknowledge()

    def _publish(self, *, half: bool) -> None:
        """So many that all are out when the last kill comes."""
        share = (self.story.kills + (0.5 if half else 1.0)) / self.kills
        while self.press.documents < min(self.documents, self.documents * share):
            self.press.publish()

    def _moment(self, fork: Fork) -> tuple[str, Callable[[], bool]]:
        """Mere time, or something that is seen from outside."""
        office, random = self.office, self.random
        if random.random() < 0.5:
            loop = asyncio.get_running_loop()
            until = loop.time() + random.uniform(0.0, LONGEST)
            loop.call_at(until, office.bell.ring)
            return "time", lambda: loop.time() >= until
        hook, slack, pages, mails = office.hook.asked, office.slack.asked, office.pagerduty.asked, office.smtp.mails
        many, line, before = random.randint(1, 5), random.randint(1, 40), len(mails)
        return random.choice(
            [
                ("lines", lambda: fork.lines >= line),
                ("hook", lambda: office.hook.asked >= hook + many),
                ("slack", lambda: office.slack.asked > slack),
                ("page", lambda: office.pagerduty.asked > pages),
                ("mail", lambda: len(mails) > before),
                ("news", lambda: bool(fork.seen["source.news"])),
                ("alert", lambda: bool(fork.seen["match.open"])),
                ("sent", lambda: fork.seen["delivery.sent"] >= many),
                ("gathered", lambda: bool(fork.seen["alerts.gathered"])),
                ("digest", lambda: bool(fork.seen["digest.left"])),
                ("step", lambda: bool(fork.seen["alert.escalated"])),
            ]
        )

    async def _acknowledge(self) -> None:
        """Somebody takes an alert, and the place that says so says it twice."""
        async with self.office.database() as db:
            async with db.read() as conn:
                found = await alerts.listing(conn, status=AlertStatus.OPEN, limit=20)
            mine = [one for one in found if one.told and one.id not in self.story.acknowledged]
            if not mine:
                return
            alert, clock = self.random.choice(mine), SystemClock()
            responder = Responder(db, clock, lambda: ("desk", "duty"))
            act = Act(Verb.ACKNOWLEDGE, Actor("ada", "soak"), clock.now(), external_id=f"soak {alert.id}")
            await responder.act(alert.id, act)
            self.story.acknowledged.add(alert.id)
            await responder.act(alert.id, act)

    def _buried(self, fork: Fork) -> None:
        if fork.code != -9:
            self.story.grave.append(f"ended by itself with {fork.code}")
        self.story.grave += fork.grave

    async def _last(self, forks: Nursery) -> None:
        while self.press.documents < self.documents:
            self.press.publish()
        async with forks.fork() as fork:
            await self.office.bell.until(lambda: bool(fork.seen["service.ready"]), 60)
            async with self.office.database() as db:
                with contextlib.suppress(TimeoutError):  # then the verdict says what is missing
                    async with asyncio.timeout(QUIET):
                        while not await self._worked_off(db):
                            await asyncio.sleep(0.5)
        self._buried(fork)

    async def _worked_off(self, db: Database) -> bool:
        async with db.read() as conn:
            stored = await conn.scalar(select(func.count()).select_from(document))
            waiting = await documents.pending(conn, 1)
            climbing = await conn.scalar(select(func.count()).where(escalation_run.c.next_at.is_not(None)))
            kept = await conn.scalar(select(func.count()).where(held.c.left_at.is_(None), held.c.why != "digest"))
        return stored == self.documents and not waiting and not climbing and not kept

    async def _a_day_later(self) -> None:
        """When every retry is due and the last digest has left."""
        async with self.office.app(clock=LaterClock(timedelta(hours=26))) as app:
            for verb in (app.gatherer.tick, app.escalator.tick):
                await verb()
            await app.deliverer.drain(timedelta(seconds=10))
