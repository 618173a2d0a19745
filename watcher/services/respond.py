"""Respond: what people do with alerts, from whatever place they do it, and what time does to them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.alerting.decide import priority
from watcher.alerting.life import EXPIRES_AFTER, apply, fall_due
from watcher.model.alert import Alert
from watcher.model.delivery import Delivery, DeliveryStatus, Message
from watcher.model.errors import UserError
from watcher.model.life import Act, Actor, Feedback, LifeChange, Verb
from watcher.model.ports import Clock
from watcher.model.signal import Severity
from watcher.services import escalate
from watcher.services.compose import rfc3339, to_send
from watcher.services.knowing import Deed
from watcher.storage import acts, alerts, outbox
from watcher.storage.acts import Said
from watcher.storage.columns import JsonValue
from watcher.storage.engine import Database
from watcher.storage.turn import take_turn

log = structlog.get_logger(__name__)
CLOCK = "watcher"
"""The place that the clock acts from."""
NOTE = 500
"""Characters of a note that are kept."""


@dataclass(frozen=True, slots=True)
class Response:
    """`alert` as it is now. `changed` is False where nothing came of it: `reasons` say why, in sentences.

    `repeated`: the same event of the same place was taken before.
    """

    alert: Alert
    changed: bool
    reasons: tuple[str, ...]
    repeated: bool = False


class Responder:
    """One way for all places: command line, Slack, on-call services, and the clock."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        followers: Callable[[], Collection[str]],
        *,
        knowing: Callable[[Deed, Collection[str]], Collection[str]] = lambda _deed, _told: (),
        on_told: Callable[[], None] = lambda: None,
    ) -> None:
        """`followers` names the channels that are told what people do (see `rules.followers`), `knowing` those that
        know already what was done (see `services.knowing`)."""
        self._db, self._clock, self._followers, self._on_told = db, clock, followers, on_told
        self._knowing = knowing

    async def act(self, alert_id: str, act: Act) -> Response:
        """Do it, write it down and tell the channels that follow, in one transaction. UserError: no such alert."""
        async with self._db.write() as conn:
            await take_turn(conn)
            alert = await _found(conn, alert_id)
            if not await acts.first_time(conn, act.external_id, alert.id, act.at):
                return Response(alert, False, ("this was taken already",), repeated=True)
            change = apply(alert, replace(act, note=act.note[:NOTE]))
            await self._keep(conn, change, act.actor, act.at, act.where)
        return self._done(change, act.actor)

    async def say(
        self, alert_id: str, verdict: Feedback, actor: Actor, *, note: str = "", external_id: str = ""
    ) -> Response:
        """Keep feedback; an alert that was not relevant, or told before, is ended with it. UserError: no such alert."""
        now = self._clock.now()
        async with self._db.write() as conn:
            await take_turn(conn)
            alert = await _found(conn, alert_id)
            if not await acts.first_time(conn, external_id, alert.id, now):
                return Response(alert, False, ("this was taken already",), repeated=True)
            said = Said(alert.id, alert.signal_id, verdict, actor.name, actor.via, note[:NOTE], now)
            await acts.say(conn, said)
            detail: dict[str, JsonValue] = {"verdict": verdict, "by": actor.name, "via": actor.via, "note": said.note}
            await alerts.log(conn, alert.id, "feedback", detail, now)
            words = f"{actor.name} calls it {verdict.replace('-', ' ')}"
            change = LifeChange(alert, "", (words,))
            if verdict is not Feedback.RELEVANT and not alert.status.over:
                change = apply(alert, Act(Verb.RESOLVE, actor, now, note=verdict.replace("-", " ")))
                await self._keep(conn, change, actor, now)
        return replace(self._done(change, actor), changed=True)

    async def tick(self) -> int:
        """What has run out meanwhile; returns how many alerts changed."""
        now, watcher, changed = self._clock.now(), Actor("the clock", CLOCK), 0
        async with self._db.read() as conn:
            due = await acts.perhaps_due(conn, now, now - EXPIRES_AFTER)
        for alert_id in due:
            async with self._db.write() as conn:
                await take_turn(conn)
                alert = await alerts.get(conn, alert_id)
                change = fall_due(alert, now) if alert else None
                if change is None:
                    continue
                await self._keep(conn, change, watcher, now)
            self._done(change, watcher)
            changed += 1
        return changed

    async def _keep(
        self, conn: AsyncConnection, change: LifeChange, actor: Actor, now: datetime, where: str = ""
    ) -> None:
        if not change.changed:
            return
        await alerts.save(conn, change.alert)
        detail: dict[str, JsonValue] = {
            "by": actor.name, "via": actor.via, "status": change.alert.status, "reasons": list(change.reasons),
        }  # fmt: skip
        await alerts.log(conn, change.alert.id, change.kind, detail, now)
        await escalate.follow(conn, change, now)
        # What a person did is shown at once, however many alerts wait: others must see that somebody has it.
        rank = priority(change.alert.severity if actor.via == CLOCK else Severity.CRITICAL)
        last = await _told(conn, self._followers(), change.alert)
        deed = Deed(actor.via, where, change.alert.status)
        known = self._knowing(deed, {channel for channel, _ in last})
        await outbox.enqueue(
            conn,
            [
                _status(change, message, channel, target, now, rank)
                for (channel, target), message in last.items()
                if channel not in known
            ],
        )

    def _done(self, change: LifeChange, actor: Actor) -> Response:
        if change.changed:
            log.info(f"alert.{change.kind}", alert=change.alert.id, by=actor.name, via=actor.via)
            self._on_told()
        return Response(change.alert, change.changed, change.reasons)


async def _found(conn: AsyncConnection, alert_id: str) -> Alert:
    alert = await alerts.get(conn, alert_id)
    if alert is None:
        raise UserError(f"no alert {alert_id[:80]}", "`watcher alerts` lists them")
    return alert


async def _told(conn: AsyncConnection, followers: Collection[str], alert: Alert) -> dict[tuple[str, str], Message]:
    """What each place (channel, target) was told of the alert last, or is about to be, that follows its life."""
    last: dict[tuple[str, str], Message] = {}
    for told in await outbox.for_alert(conn, alert.id):
        place = told.channel, told.target
        taken_back = told.status is DeliveryStatus.SUPERSEDED and not told.ambiguous
        if told.channel not in followers or told.status is DeliveryStatus.DEAD or taken_back:
            continue
        if told.message.kind != "escalation" or place not in last:  # a page tells what its ladder began with
            last[place] = told.message
    return last


def _status(change: LifeChange, last: Message, channel: str, target: str, now: datetime, rank: int) -> Delivery:
    alert = change.alert
    until = alert.snoozed_until or alert.ack_until
    message = replace(
        last,
        kind="status",
        status=str(alert.status),
        owner=alert.owner,
        until=rfc3339(until) if until else "",
        reasons=change.reasons,
        created_at=rfc3339(now),
    )
    return to_send(message, alert.id, f"life {alert.revision}", channel, target, rank, now)
