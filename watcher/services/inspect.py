"""Inspect: what the faces show of sources, alerts and deliveries, as plain data that is JSON already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from watcher.model.alert import Alert, AlertStatus
from watcher.model.delivery import Attempt, Delivery, DeliveryStatus
from watcher.model.document import Source, SourceState
from watcher.model.errors import UserError
from watcher.model.ports import Clock
from watcher.model.subscription import Subscription
from watcher.services import heartbeat
from watcher.services.compose import rfc3339
from watcher.sources.health import spell
from watcher.storage import acts, alerts, holding, mentions, outbox, sources, stories, subscriptions
from watcher.storage.engine import Database
from watcher.storage.mentions import Mentioner

CITED = 100
"""Documents of a story that are listed."""


def _when(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


async def source_rows(db: Database, configured: tuple[Source, ...]) -> list[dict[str, Any]]:
    """A row for each configured source, with its health, reason and next poll."""
    async with db.read() as conn:
        states = await sources.states(conn)
        hubs = {each.source_id: each for each in await subscriptions.listing(conn)}
    return [_source_row(source, states.get(source.id)) | _hub(hubs.get(source.id)) for source in configured]


def _hub(kept: Subscription | None) -> dict[str, Any]:
    """How the subscription at a hub stands, for sources that have one; neither its address nor its secret is shown."""
    if kept is None:
        return {}
    told = {"until": _when(kept.lease_until), "last_push_at": _when(kept.last_push_at), "reason": kept.reason}
    return {"hub": {"url": kept.hub, "standing": str(kept.standing)} | told}


def shown_url(url: str) -> str:
    """An address without the user and password that it may carry."""
    scheme, mark, rest = url.partition("://")
    place, slash, path = rest.partition("/")
    return f"{scheme}{mark}{place.rpartition('@')[2]}{slash}{path}"


def _source_row(source: Source, state: SourceState | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": source.id,
        "kind": source.kind,
        "publisher": source.publisher,
        "url": shown_url(source.url),
        "tags": list(source.tags),
        "every_s": source.every.total_seconds(),
        "health": "disabled" if not source.enabled else str(state.health) if state else "new",
    }
    if state:
        row |= {
            "reason": state.reason,
            "failures": state.failures,
            "documents": state.documents,
            "polls": state.polls,
            "last_polled_at": _when(state.last_polled_at),
            "last_success_at": _when(state.last_success_at),
            "last_new_at": _when(state.last_new_at),
            "next_poll_at": _when(state.next_due_at),
            "moved_to": state.moved_to if state.url == source.url else None,
            "failure": state.failure,
            "health_since": _when(state.health_since),
            "rhythm": spell(state.rhythm_s) if state.rhythm_s else None,
            "rhythm_s": state.rhythm_s,
            "latency_s": state.latency_s,
            "pause": spell(state.pause_s) if state.pause_s else None,
            "pause_s": state.pause_s,
            "missed": _missed(state),
            "windows_missed": state.windows_missed,
            "missed_from": _when(state.missed_from),
            "missed_until": _when(state.missed_until),
            "held": state.held,
        }
    return row


def _missed(state: SourceState) -> str | None:
    """`2, last 05-01 12:00 to 14:30`: windows that turned over, and the last gap."""
    if not state.windows_missed:
        return None
    since, until = state.missed_from, state.missed_until
    if not since or not until:
        return str(state.windows_missed)
    same_day = since.date() == until.date()
    return f"{state.windows_missed}, last {since:%m-%d %H:%M} to {until:{'%H:%M' if same_day else '%m-%d %H:%M'}}"


async def alert_rows(db: Database, limit: int, status: AlertStatus | None = None) -> list[dict[str, Any]]:
    """The newest alerts, the latest change first."""
    async with db.read() as conn:
        found = await alerts.listing(conn, status=status, limit=limit)
    return [alert_row(alert) for alert in found]


def alert_row(alert: Alert) -> dict[str, Any]:
    """An alert as plain data; times are RFC 3339 in UTC, or None."""
    times = ("opened_at", "updated_at", "ack_until", "snoozed_until")
    return {**asdict(alert), **{name: _when(getattr(alert, name)) for name in times}}


async def knows_alert(db: Database, alert_id: str) -> bool:
    """Whether there is an alert of just this id."""
    async with db.read() as conn:
        found = await alerts.of_ids(conn, [alert_id])
    return alert_id in found


async def alert_life(db: Database, alert_id: str) -> dict[str, Any]:
    """One alert with its whole history, its documents and its deliveries. UserError if there is none of that id."""
    async with db.read() as conn:
        alert = await alerts.get(conn, alert_id)
        if alert is None:
            raise UserError(f"no alert {alert_id}", "`watcher alerts` lists them")
        events = await alerts.events(conn, alert.id)
        told = await outbox.for_alert(conn, alert.id)
        about = await stories.citations(conn, alert.story_id, CITED)
        mentioned = await mentions.of_story(conn, alert.story_id, alert.signal_id, CITED)
        said = await acts.said_of(conn, alert.id)
        kept = await holding.for_alert(conn, alert.id)
    return {
        **alert_row(alert),
        "feedback": [{**asdict(one), "at": _when(one.at)} for one in said],
        "documents": [asdict(document) for document in about],
        "mentions": [_mention_row(one) for one in mentioned],
        "events": [{"at": _when(event.at), "kind": event.kind, **event.detail} for event in events],
        "deliveries": [_delivery_row(delivery) for delivery in told],
        "held": [
            {"channel": channel, "why": why, "due_at": _when(due_at), "left_at": _when(left_at)}
            for channel, why, due_at, left_at in kept
        ],
    }


def _mention_row(one: Mentioner) -> dict[str, Any]:
    """A round-up that tells of the alert's story among others."""
    said = one.said
    return {
        "title": one.title,
        "url": one.url,
        "publisher": one.publisher,
        "published_at": _when(one.published_at),
        "document": said.document_id,
        "section": said.section,
        "score": said.score,
        "assertion": said.assertion,
        "sentence": said.sentence,
        "why": said.placed,
        "at": _when(said.mentioned_at),
    }


async def delivery_rows(db: Database, limit: int, status: DeliveryStatus | None = None) -> list[dict[str, Any]]:
    """The newest deliveries, those of one status if asked."""
    async with db.read() as conn:
        found = await outbox.listing(conn, status=status, limit=limit)
    return [_delivery_row(delivery) for delivery in found]


async def delivery_life(db: Database, delivery_id: str) -> dict[str, Any]:
    """One delivery with all its attempts."""
    async with db.read() as conn:
        delivery = await outbox.get(conn, delivery_id)
        if delivery is None:
            raise UserError(f"no delivery {delivery_id}", "`watcher deliveries` lists them")
        tries = await outbox.attempts(conn, delivery.id)
    return {**_delivery_row(delivery), "attempts_made": [_attempt_row(attempt) for attempt in tries]}


async def retry_delivery(db: Database, clock: Clock, delivery_id: str) -> str:
    """Make a dead delivery due again, with all its attempts before it; returns its full id."""
    async with db.write() as conn:
        delivery = await outbox.get(conn, delivery_id)
        if delivery is None or not await outbox.retry(conn, delivery.id, clock.now()):
            raise UserError(f"no dead delivery {delivery_id}", "`watcher deliveries --status dead` lists them")
    return delivery.id


def _delivery_row(delivery: Delivery) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "alert": delivery.alert_id,
        "channel": delivery.channel,
        "target": delivery.target,
        "signal": delivery.message.signal_id,
        "title": delivery.message.document.title,
        "status": str(delivery.status),
        "attempts": delivery.attempts,
        "due_at": _when(delivery.due_at),
        "created_at": _when(delivery.created_at),
        "last_error": delivery.last_error,
    }


def _attempt_row(attempt: Attempt) -> dict[str, Any]:
    return {
        "number": attempt.number,
        "started_at": _when(attempt.started_at),
        "ended_at": _when(attempt.ended_at),
        "outcome": attempt.outcome,
        "detail": attempt.detail,
    }


async def status(db: Database, clock: Clock) -> dict[str, Any]:
    """Whether all is well, with every check. `ok` is False if any of them fails, `well` if one without which nothing
    works does, `alive` if the service is silent.

    Heartbeat and deliveries that were given up are looked at now; the other checks, `readings` and `gates` (the counts
    since its start: see services.gates) are what the service said with its last heartbeat.
    """
    silent_for = await heartbeat.age(db, clock)
    said = await heartbeat.said(db)
    async with db.read() as conn:
        deliveries = await outbox.counts(conn)
        states = await sources.states(conn)
    alive = silent_for is not None and timedelta(0) <= silent_for <= heartbeat.STALE_AFTER
    checks = _checks(alive, silent_for, deliveries.get(DeliveryStatus.DEAD, 0), said)
    failing = sorted(state.source_id for state in states.values() if state.failures)
    return {
        "ok": all(check["ok"] for check in checks),
        "well": all(check["ok"] for check in checks if check["vital"]),
        "alive": alive,
        "heartbeat_age_s": None if silent_for is None else round(silent_for.total_seconds(), 1),
        "checks": checks,
        "deliveries": deliveries,
        "sources": len(states),
        "sources_failing": failing,
        "sources_by_health": dict(sorted(Counter(str(state.health) for state in states.values()).items())),
        "windows_missed": sum(state.windows_missed for state in states.values()),
        "readings": said.get("readings", 0),
        "gates": said.get("gates", {}),
    }


def _checks(alive: bool, silent_for: timedelta | None, dead: int, said: Mapping[str, Any]) -> list[dict[str, Any]]:
    heard = "the service never said that it lives"
    if silent_for is not None:
        heard = f"the service was heard {silent_for.total_seconds():.0f} s ago"
    checks = [{"check": "heartbeat", "ok": alive, "vital": True, "text": heard}]
    text = f"{dead} deliveries were given up" if dead else "no delivery was given up"
    given_up = {"check": "dead", "ok": not dead, "vital": False, "text": text}
    if not alive:  # what it said then is no longer so
        return [*checks, given_up]
    told = [dict(check) for check in said.get("checks", ()) if isinstance(check, Mapping)]
    # What was given up, or tried again, since the last beat shows at once.
    by_name = {str(check["check"]): check for check in told}
    if by_name.get("dead", {"ok": None})["ok"] != (not dead):
        by_name["dead"] = given_up
    return [*checks, *by_name.values()]
