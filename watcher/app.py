"""The one composition root: builds everything, runs it, swaps a new rulebook in, shuts down in order."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Self, TextIO

import structlog
from pydantic import SecretStr

from watcher import __version__
from watcher.delivery.pacing import Pacer
from watcher.detection.engine import Detector
from watcher.model.document import Source
from watcher.model.errors import RulesError, UserError
from watcher.model.ports import Clock
from watcher.model.rulebook import Rulebook
from watcher.model.signal import Finding
from watcher.net.client import guarded_client
from watcher.net.secret import resolve
from watcher.policies import abroad_policy, channel_context, fetch_policy, retention_bounds
from watcher.rulebook.watchdir import snapshot
from watcher.schedule import Timetable
from watcher.services import rules
from watcher.services.clock import SystemClock
from watcher.services.collect import Collector
from watcher.services.deliver import Deliverer
from watcher.services.desk import Desk, DeskHolder
from watcher.services.enrich import Enricher
from watcher.services.escalate import Escalator
from watcher.services.gates import READINGS, gates_in
from watcher.services.gather import Gatherer
from watcher.services.identify import fresh_document_id
from watcher.services.intake import Intake
from watcher.services.knowing import knowing
from watcher.services.monitor import Monitor
from watcher.services.notices import Teller
from watcher.services.oncall import OnCall
from watcher.services.pipeline import Pipeline
from watcher.services.receive import Receiver
from watcher.services.recipients import Leaver, link_key
from watcher.services.respond import Responder
from watcher.services.retention import Keeper
from watcher.services.screening import Screen
from watcher.services.subscribe import Subscriber
from watcher.services.summary import Summary, summarise
from watcher.services.unmute import Unmuter
from watcher.services.watch import Insight, Watch
from watcher.settings import Settings, load_environment, make_data_dir
from watcher.sources import registry
from watcher.sources.article import ArticleReader
from watcher.sources.fetch import Fetcher
from watcher.sources.robots import Robots
from watcher.sources.sandbox import Sandbox
from watcher.sources.websub import HubClient
from watcher.storage import outbox
from watcher.storage.columns import JsonValue
from watcher.storage.engine import Database
from watcher.storage.instance import Instance
from watcher.storage.migrate import migrate
from watcher.telemetry import Redactor

if TYPE_CHECKING:
    from watcher.services.slack_actions import SlackActions
    from watcher.services.slack_desk import SlackDesk

log = structlog.get_logger(__name__)
ONCE_GRACE = timedelta(seconds=10)
"""`run --once` waits for a retry that is due this soon (the first is after 5 s), and for paced lanes."""


class App:
    """A running watcher. Use `async with App(settings) as app`, then `once()` or `run(stop)`."""

    def __init__(
        self,
        settings: Settings,
        redactor: Redactor,
        *,
        clock: Clock | None = None,
        console: TextIO | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.settings, self._redactor = settings, redactor
        self.clock = clock or SystemClock()
        self._console = console or sys.stdout
        self._environment = load_environment() if environment is None else environment
        self._arrived = asyncio.Event()
        self._snapshot = ""
        self._timetable: Timetable | None = None
        self._settled: Callable[[], None] = lambda: None
        self.refused: tuple[Finding, ...] = ()

    async def __aenter__(self) -> Self:
        settings = self.settings
        self._snapshot = snapshot(settings.rules)
        rulebook, findings = await asyncio.to_thread(rules.read, settings.rules)
        if rulebook is None:
            raise RulesError(findings)
        make_data_dir(settings.data_dir)
        self.db = await Database.open(settings.resolved_database_url)
        try:
            applied = await migrate(self.db)
            self._link_key = await link_key(self.db)
            self._redactor.add({self._link_key})
            self.instance = Instance(settings.data_dir)
            self._fetcher = Fetcher(fetch_policy(settings), env=self._environment)
            self._abroad = self._fetcher
            if settings.fetch_allow_private:
                self._abroad = Fetcher(abroad_policy(settings), sandbox=self._fetcher.sandbox)
            desk = self._build(rulebook, await asyncio.to_thread(rules.detector_of, rulebook))
        except BaseException:
            await self.db.close()
            raise
        self.holder = DeskHolder(desk)
        screen = Screen(self.holder)
        intake = Intake(self.db, screen, self.clock, new_id=fresh_document_id, chance=random.random)
        self._hubs = HubClient(settings.fetch_allow_private)
        self.subscriber = Subscriber(self.db, self._hubs, self.clock, self.sources, public_url=settings.public_url)
        self.receiver = Receiver(self.db, intake, self.clock, on_arrival=self._arrived.set)
        self.collector = Collector(
            self.db, self.holder, self._fetcher, registry.KINDS, self.clock, intake,
            concurrency=settings.fetch_concurrency, on_arrival=self._arrived.set, subscriber=self.subscriber,
        )  # fmt: skip
        self.deliverer = Deliverer(
            self.db,
            self.holder,
            self.clock,
            Pacer(self.clock.monotonic),
            owner=self.instance.name,
            chance=random.random,
            notebook=self.instance,
        )
        self.enricher = Enricher(
            self.db, self.holder, ArticleReader(self._fetcher, self._abroad, Robots(self.clock.monotonic)), self.clock,
            per_hour=settings.enrich_per_hour, on_article=self._arrived.set,
        )  # fmt: skip
        self.pipeline = Pipeline(
            self.db,
            self.holder,
            self.clock,
            screen,
            on_told=self.deliverer.kick,
            enriching=settings.enrich_per_hour > 0,
        )
        self.responder = Responder(
            self.db, self.clock, lambda: rules.followers(self.holder.current.rulebook),
            knowing=lambda deed, told: knowing(self.holder.current.rulebook, deed, told), on_told=self.deliverer.kick,
        )  # fmt: skip
        self.oncall = OnCall(self.db, self.responder, self.clock)
        self.teller = Teller(
            self.db, self.holder, self.clock, lambda: self.collector.outage_since, on_told=self.deliverer.kick
        )
        self.leaver = Leaver(self.db, self.holder, self.clock, self._link_key)
        self.escalator = Escalator(self.db, self.holder, self.clock, on_told=self.deliverer.kick)
        self._slack = self._listen_to_slack()
        self.keeper = Keeper(self.db, self.clock, retention_bounds(settings))
        self.gatherer = Gatherer(self.db, self.holder, self.clock, on_told=self.deliverer.kick)
        self.unmuter = Unmuter(self.db, self.holder, self.clock, on_ready=self._arrived.set)
        self.watch = Watch(
            self.db, self.holder, self.clock, settings.data_dir, self._insight(), on_told=self.deliverer.kick
        )
        self._monitor = Monitor(
            guarded_client(settings.fetch_allow_private, timeout=10.0), self.clock, lambda: self.watch.well,
            url=settings.heartbeat_url.get_secret_value(), fail_url=settings.heartbeat_fail_url.get_secret_value(),
            every=settings.heartbeat_every,
        )  # fmt: skip
        await self.deliverer.recover(self.instance.is_alive)
        await self.collector.enrol()
        await self.subscriber.load()
        log.info(
            "service.ready", version=__version__, signals=len(rulebook.signals), sources=len(rulebook.sources),
            channels=len(rulebook.routing.channels), warnings=len(findings), migrations=len(applied),
        )  # fmt: skip
        return self

    async def __aexit__(self, *_: object) -> None:
        """Shut down in order: no new polls, no new claims, what is under way, then the connections."""
        for patient in (self.collector, self.enricher):
            if not await patient.settle(3.0):
                await patient.abandon()
        if self._slack:
            await self._slack.close()
        await self.deliverer.stop(5.0)
        for adapter in self.holder.current.adapters.values():
            await adapter.close()
        for fetcher in {self._fetcher, self._abroad}:
            await fetcher.close()
        await self._hubs.close()
        await self._monitor.close()
        self.instance.close()
        await self.db.close()
        log.info("service.stopped")

    def sources(self) -> dict[str, Source]:
        """The sources that are followed now, by id."""
        return {source.id: source for source in self.holder.current.rulebook.sources if source.enabled}

    def secret(self, value: SecretStr, option: str) -> str:
        """A secret of a source's options. Raises UnsetError if it refers to a variable that is not set."""
        return resolve(value, self._environment, option)

    @property
    def slack_actions(self) -> SlackActions | None:
        """Takes what people press in Slack; None where nothing of it can reach us."""
        return self._slack.actions if self._slack else None

    def _listen_to_slack(self) -> SlackDesk | None:
        if not self.settings.slack_interactive:
            return None
        from watcher.services.slack_desk import SlackDesk  # noqa: PLC0415 - its SDK costs a desk without Slack 0.2 s

        context = channel_context(self.settings, self._environment, self._console, self.clock)
        token = self.settings.slack_app_token.get_secret_value().strip()
        return SlackDesk(self.db, self.holder, self.responder, self.clock, context, token)

    @property
    def sandbox(self) -> Sandbox:
        """Where risky parsing runs."""
        return self._fetcher.sandbox

    async def once(self) -> Summary:
        """One full cycle: poll every source, work everything off, deliver what is due."""
        await self.collector.poll_all()
        await self.pipeline.run_pending()
        await self.enricher.run_due()
        await self.pipeline.run_pending()
        await self._tick()
        await self.teller.tell()
        await self.deliverer.drain(ONCE_GRACE)
        return await self.summary()

    async def run(self, stop: asyncio.Event, settled: Callable[[], None] = lambda: None) -> None:
        """Poll, work and deliver until `stop` is set.

        `settled` is called whenever that is built which stays: before the first poll, and after each change of rules.
        """
        self._settled = settled
        settled()
        timetable = self._timetable = Timetable(
            {
                "poll": self.collector.start_due,
                "deliver": self._kick,
                "enrich": self.enricher.start_due,
                "rules": self.reload_if_changed,
                "subscribe": self.subscriber.run_due,
                "heartbeat": self.watch.round,
                "monitor": self._monitor.run_due,
                "notices": self.teller.tell,
                "unmute": self.unmuter.tick,
                "archive": self.keeper.tend,
                "alerts": self._tick,
            },
            self.clock.now(),
        )
        timetable.start()
        if self._slack:
            self._slack.start()
        worker = asyncio.create_task(self._work(stop), name="pipeline")
        try:
            await stop.wait()
        finally:
            await timetable.stop()
            self._arrived.set()
            await worker

    async def summary(self) -> Summary:
        """The counts since the start."""
        async with self.db.read() as conn:
            counts = await outbox.counts(conn)
        return summarise(
            self.collector.tally + self.receiver.tally, self.pipeline.tally, self.deliverer.tally, counts,
            self.enricher.tally, self.pipeline.gates,
        )  # fmt: skip

    async def reload_if_changed(self) -> None:
        """Build and check changed rules, then swap them in; or report and refuse them while the old ones run."""
        current = snapshot(self.settings.rules)
        if current == self._snapshot:
            return
        self._snapshot = current
        checked = await asyncio.to_thread(rules.check, self.settings.rules)
        self.refused = await asyncio.to_thread(checked.refused, self.holder.current.rulebook)
        for finding in self.refused:
            log.error("rules.refused", finding=str(finding))
        if self.refused or checked.rulebook is None:
            return
        for finding in rules.unraised(self.holder.current.rulebook, checked.rulebook):
            log.warning("rules.version_not_raised", finding=str(finding))
        await self._swap(checked.rulebook)

    async def _swap(self, rulebook: Rulebook) -> None:
        before = self.holder.current
        self.holder.current = self._build(rulebook, await asyncio.to_thread(rules.detector_of, rulebook), before)
        self._settled()
        kept = {id(adapter) for adapter in self.holder.current.adapters.values()}
        await self.collector.enrol()
        log.info("rules.loaded", signals=len(rulebook.signals), sources=len(rulebook.sources))
        await self.deliverer.settle(30.0)
        for adapter in before.adapters.values():
            if id(adapter) not in kept:
                await adapter.close()

    def _build(self, rulebook: Rulebook, detector: Detector, before: Desk | None = None) -> Desk:
        context = replace(
            channel_context(self.settings, self._environment, self._console, self.clock),
            link_key=SecretStr(self._link_key),
        )
        desk, findings = rules.build(rulebook, context, before, detector)
        self._redactor.add(rules.secrets(rulebook, self._environment))
        for finding in findings:
            log.warning("channel.incomplete", finding=finding.message)
        return desk

    async def _work(self, stop: asyncio.Event) -> None:
        """The pipeline's own loop: at once when something arrived, and every second for what was left behind."""
        while not stop.is_set():
            self._arrived.clear()
            try:
                if await self.pipeline.run_pending(stop.is_set) and not stop.is_set():
                    await self._follow()
            except UserError as error:
                log.error("pipeline.stalled", error=str(error))  # noqa: TRY400
            except Exception:  # what is left waits in the database; the next round takes it up
                log.exception("pipeline.crashed")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._arrived.wait()

    async def _follow(self) -> None:
        """What the pipeline wrote down begins now and not with the next job: first steps of ladders, and articles."""
        await self.escalator.tick()
        await self.enricher.start_due()

    async def _kick(self) -> None:
        self.deliverer.kick()

    async def _tick(self) -> None:
        await self.responder.tick()
        await self.gatherer.tick()
        await self.escalator.tick()

    def _insight(self) -> Insight:
        """What the watch cannot see from outside."""

        def detail() -> dict[str, JsonValue]:
            gates = self.pipeline.gates
            refused: list[JsonValue] = [str(finding) for finding in self.refused]
            return {"refused": refused, "readings": gates[READINGS], "gates": dict(gates_in(gates))}

        return Insight(
            late=lambda: self._timetable.late() if self._timetable else {},
            refused=lambda: tuple(str(finding) for finding in self.refused),
            set_aside=lambda: self.pipeline.tally["set_aside"],
            detail=detail,
        )
