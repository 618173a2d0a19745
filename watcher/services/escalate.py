"""Escalate: if nobody takes an alert, the next ones are told.

A run begins in the transaction that tells the alert, keeps its policy, and takes each step in a transaction with the
step's deliveries: a restart continues where it was, and no step is taken twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.alerting.decide import priority
from watcher.alerting.ladder import begin, climb, end, resettled
from watcher.model.alert import Alert, AlertStatus, Destination, LadderRun, Routing
from watcher.model.delivery import Delivery, Message
from watcher.model.life import LifeChange
from watcher.model.ports import Clock
from watcher.services.compose import rfc3339, to_send
from watcher.services.desk import Desk, DeskHolder
from watcher.storage import alerts, escalations, outbox
from watcher.storage.columns import JsonValue
from watcher.storage.engine import Database
from watcher.storage.turn import take_turn

log = structlog.get_logger(__name__)


async def start(
    conn: AsyncConnection,
    routing: Routing,
    alert: Alert,
    told: Message,
    routed: Collection[Destination],
    now: datetime,
) -> None:
    """Begin the ladders that the routes name, unless they are under way for this alert or somebody has it."""
    if alert.status is not AlertStatus.OPEN:
        return
    named = {destination.escalate for destination in routed if destination.escalate}
    under_way = {run.ladder.name for run, _ in await escalations.of_alert(conn, alert.id) if run.next_at is not None}
    for name in sorted(named - under_way):
        ladder = routing.escalations[name]
        run = begin(ladder, f"{alert.id}.{name}.{alert.version}", alert.id, now)
        await escalations.begin(conn, run, told)


async def follow(conn: AsyncConnection, change: LifeChange, now: datetime) -> None:
    """What a person, or time, did to the alert: its ladders end, or begin again when it is nobody's any more."""
    alert = change.alert
    if alert.status is not AlertStatus.OPEN:
        await escalations.finish(conn, alert.id, change.reasons[0])
        await escalations.supersede(conn, alert.id, now, change.reasons[0])
        return
    last = {run.ladder.name: (run, told) for run, told in await escalations.of_alert(conn, alert.id)}
    for run, told in last.values():
        if run.next_at is None:
            again = begin(run.ladder, f"{alert.id}.{run.ladder.name}.r{alert.revision}", alert.id, now)
            await escalations.begin(conn, again, told)


class Escalator:
    """Takes the steps that are due. Any number of them may work on one database."""

    def __init__(
        self, db: Database, holder: DeskHolder, clock: Clock, *, on_told: Callable[[], None] = lambda: None
    ) -> None:
        self._db, self._holder, self._clock, self._on_told = db, holder, clock, on_told
        self._latest: datetime | None = None

    async def tick(self) -> int:
        """Take each step that is due; returns how many."""
        now, taken = self._clock.now(), 0
        if self._latest is None or now < self._latest:
            await self._resettle(now)
        self._latest = now
        async with self._db.read() as conn:
            due = await escalations.due(conn, now)
        for run_id in due:
            async with self._db.write() as conn:
                await take_turn(conn)
                taken += await self._step(conn, self._holder.current, run_id, now)
        if taken:
            self._on_told()
        return taken

    async def _resettle(self, now: datetime) -> None:
        """The clock went back, perhaps while nobody ran: what was due by the old one would wait for too long."""
        async with self._db.write() as conn:
            await take_turn(conn)
            for run in await escalations.ahead(conn, now):
                if settled := resettled(run, now):
                    await escalations.move(conn, run, settled)
                    log.warning("alert.ladder_resettled", alert=run.alert_id, ladder=run.ladder.name)

    async def _step(self, conn: AsyncConnection, desk: Desk, run_id: str, now: datetime) -> bool:
        """Whoever moves the run takes the step."""
        found = await escalations.get(conn, run_id)
        alert = await alerts.get(conn, found[0].alert_id) if found else None
        if found is None or alert is None or found[0].next_at is None or found[0].next_at > now:
            return False
        run, told = found
        if alert.status is not AlertStatus.OPEN:
            await escalations.move(conn, run, end(run, f"the alert is {alert.status}"))
            return False
        if not await escalations.move(conn, run, climb(run, now)):
            return False
        await outbox.enqueue(conn, await _pages(conn, desk, run, alert, told, now))
        detail: dict[str, JsonValue] = {
            "ladder": run.ladder.name,
            "step": run.step + 1,
            "round": run.round + 1,
            "to": list(run.ladder.steps[run.step].to),
        }
        await alerts.log(conn, alert.id, "escalated", detail, now)
        log.info("alert.escalated", alert=alert.id, ladder=run.ladder.name, step=run.step + 1, round=run.round + 1)
        return True


async def _pages(
    conn: AsyncConnection, desk: Desk, run: LadderRun, alert: Alert, told: Message, now: datetime
) -> list[Delivery]:
    """A delivery for each channel of the step. A first step without delay skips who was told with the alert."""
    step = run.ladder.steps[run.step]
    at_once = run.round == 0 and run.step == 0 and not step.after and not run.id.rpartition(".")[2].startswith("r")
    known = {one.channel for one in await outbox.for_alert(conn, alert.id)} if at_once else set()
    words = f"step {run.step + 1} of {run.ladder.name}: nobody has taken it"
    message = replace(
        told, kind="escalation", severity=str(alert.severity), reasons=(words, *told.reasons), created_at=rfc3339(now)
    )
    named = f"{run.id}:{run.round}.{run.step}"
    return [
        replace(
            to_send(message, alert.id, named, channel, target, priority(alert.severity), now),
            dedup_key=f"{escalations.PAGE}:{named}",
        )
        for channel in step.to
        if channel not in known
        for target in desk.targets.get(channel, ("",))
    ]
