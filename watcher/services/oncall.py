"""On call: what people do in PagerDuty is done here too."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from watcher.delivery.pagerduty_events import PASSED_ON, IncidentEvent
from watcher.model.alert import Alert, AlertStatus
from watcher.model.life import Act, Actor, Verb
from watcher.model.ports import Clock
from watcher.services.respond import Responder
from watcher.storage import acts, alerts
from watcher.storage.engine import Database

log = structlog.get_logger(__name__)
PLACE = "pagerduty"
STALE = timedelta(hours=1)
"""PagerDuty gives a webhook up after five tries in about 20 minutes: an older event was overheard, not delayed."""
AHEAD = timedelta(minutes=5)
"""How far its clock may be ahead of ours."""
REPEATS = timedelta(minutes=30)
"""For so long the same event may come again, because our answer to the first one got lost."""


class Taken(StrEnum):
    """What came of an event. The last two are no honest ones."""

    DONE = "done"
    UNCHANGED = "unchanged"
    REPEATED = "repeated"
    IGNORED = "ignored"
    UNKNOWN = "unknown"
    STALE = "stale"
    REPLAYED = "replayed"

    @property
    def refused(self) -> bool:
        """Whether whoever sent it is told no more than that."""
        return self in {Taken.STALE, Taken.REPLAYED}


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reasons` say in sentences what was done, or why nothing was."""

    taken: Taken
    reasons: tuple[str, ...]


class OnCall:
    """Takes events whose signature was checked. `tally` counts what came of them."""

    def __init__(self, db: Database, responder: Responder, clock: Clock) -> None:
        self._db, self._responder, self._clock = db, responder, clock
        self.tally: Counter[str] = Counter()

    async def take(self, event: IncidentEvent) -> Outcome:
        """Do to the alert what was done to its incident, once for each event."""
        outcome = await self._take(event)
        self.tally[str(outcome.taken)] += 1
        log.info("pagerduty.event", id=event.id, kind=event.kind, outcome=str(outcome.taken), alert=event.key)
        return outcome

    async def _take(self, event: IncidentEvent) -> Outcome:
        now = self._clock.now()
        if event.at is None or not now - STALE <= event.at <= now + AHEAD:
            return Outcome(Taken.STALE, ("the event is stale",))
        name = f"{PLACE}:{event.id}"
        async with self._db.read() as conn:
            before = await acts.taken_at(conn, name)
            alert = await alerts.get(conn, event.key)
        if before is not None:
            again = Taken.REPEATED if now - before <= REPEATS else Taken.REPLAYED
            return Outcome(again, ("this event was taken already",))
        if reason := _nothing_to_do(event):
            return Outcome(Taken.IGNORED, (reason,))
        if alert is None or alert.id != event.key:  # it may be the beginning of one only
            return Outcome(Taken.UNKNOWN, ("no alert of ours has this key",))
        return await self._do(event, alert, name, now)

    async def _do(self, event: IncidentEvent, alert: Alert, name: str, now: datetime) -> Outcome:
        if event.verb is None or not _fits(event, alert):
            return Outcome(Taken.UNCHANGED, (f"it is {alert.status}",))
        act = Act(event.verb, Actor(event.actor, PLACE), now, external_id=name, where=event.service)
        response = await self._responder.act(alert.id, act)
        if response.repeated:
            return Outcome(Taken.REPEATED, response.reasons)
        return Outcome(Taken.DONE if response.changed else Taken.UNCHANGED, response.reasons)


def _nothing_to_do(event: IncidentEvent) -> str:
    if not event.id:
        return "the event has no id"
    if event.verb is None:
        return "nothing follows from events of this kind"
    if event.automatic:
        return "an integration did this, not a person"
    return ""


def _fits(event: IncidentEvent, alert: Alert) -> bool:
    """An acknowledgement that ended, or an incident that was passed on, opens only an alert that somebody has."""
    loses_its_owner = event.kind == "incident.unacknowledged" or event.kind in PASSED_ON
    return event.verb is not Verb.REOPEN or not loses_its_owner or alert.status is AlertStatus.ACKNOWLEDGED
