"""Ladders under way: each run with the policy and the message that it began with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.alert import EscalationStep, Hours, Ladder, LadderRun
from watcher.model.delivery import DeliveryStatus, Message
from watcher.storage.columns import JsonValue
from watcher.storage.message_codec import decode_message, encode_message
from watcher.storage.schema import delivery, escalation_run
from watcher.storage.upsert import insert_into

PAGE = "ladder"
"""How the dedup_key of a step's deliveries begins: `ladder:RUN:ROUND.STEP`."""


async def begin(conn: AsyncConnection, run: LadderRun, told: Message) -> bool:
    """Keep a new run; False if it is there already."""
    row = {**_row(run), "ladder": _encode(run.ladder), "message": encode_message(told)}
    statement = insert_into(conn, escalation_run).values(**row).on_conflict_do_nothing()
    return (await conn.execute(statement.returning(escalation_run.c.id))).first() is not None


async def move(conn: AsyncConnection, before: LadderRun, after: LadderRun) -> bool:
    """Take the run from where it stood to where it stands now; False if somebody else has moved it meanwhile."""
    c = escalation_run.c
    stood = (c.id == before.id) & (c.step == before.step) & (c.round == before.round) & (c.next_at == before.next_at)
    return (await conn.execute(update(escalation_run).where(stood).values(**_row(after)))).rowcount == 1


async def finish(conn: AsyncConnection, alert_id: str, why: str) -> None:
    """End all runs of the alert that are under way, wherever they stand."""
    c = escalation_run.c
    statement = update(escalation_run).where(c.alert_id == alert_id, c.next_at.is_not(None))
    await conn.execute(statement.values(next_at=None, ended=why))


async def due(conn: AsyncConnection, now: datetime, limit: int = 500) -> list[str]:
    """Ids of the runs whose next step is due, the longest due first."""
    c = escalation_run.c
    query = select(c.id).where(c.next_at.is_not(None), c.next_at <= now).order_by(c.next_at).limit(limit)
    return list(await conn.scalars(query))


async def ahead(conn: AsyncConnection, now: datetime) -> list[LadderRun]:
    """The runs whose next step is due later."""
    query = select(escalation_run).where(escalation_run.c.next_at > now).order_by(escalation_run.c.id)
    return [_run(row) for row in (await conn.execute(query)).mappings()]


async def get(conn: AsyncConnection, run_id: str) -> tuple[LadderRun, Message] | None:
    """A run, and the alert as it was last told when the run began."""
    row = (await conn.execute(select(escalation_run).where(escalation_run.c.id == run_id))).mappings().first()
    return None if row is None else (_run(row), decode_message(row["message"]))


async def of_alert(conn: AsyncConnection, alert_id: str) -> list[tuple[LadderRun, Message]]:
    """All runs of an alert, in the order in which they began."""
    c = escalation_run.c
    query = select(escalation_run).where(c.alert_id == alert_id).order_by(c.started_at, c.id)
    return [(_run(row), decode_message(row["message"])) for row in (await conn.execute(query)).mappings()]


async def supersede(conn: AsyncConnection, alert_id: str, now: datetime, why: str) -> int:
    """Take back what ladders have in the outbox for the alert; returns how many.

    One that is being sent just now may still arrive, and is `sent` then; it is not tried again.
    """
    c = delivery.c
    open_pages = (
        (c.alert_id == alert_id) & c.dedup_key.startswith(f"{PAGE}:", autoescape=True) & c.finished_at.is_(None)
    )
    changes = {
        "status": DeliveryStatus.SUPERSEDED,
        "finished_at": now,
        "last_error": why,
        "ambiguous": c.ambiguous | (c.status == DeliveryStatus.SENDING),
        "lease_owner": None,  # but not its token, by which its sender may still report success
    }
    return (await conn.execute(update(delivery).where(open_pages).values(**changes))).rowcount


def _row(run: LadderRun) -> dict[str, Any]:
    return {
        "id": run.id,
        "alert_id": run.alert_id,
        "step": run.step,
        "round": run.round,
        "next_at": run.next_at,
        "started_at": run.started_at,
        "ended": run.ended,
    }


def _run(row: RowMapping) -> LadderRun:
    names = ("id", "alert_id", "step", "round", "next_at", "started_at", "ended")
    return LadderRun(ladder=_decode(row["ladder"]), **{name: row[name] for name in names})


def _encode(ladder: Ladder) -> dict[str, JsonValue]:
    return {
        "name": ladder.name,
        "steps": [{"after": step.after.total_seconds(), "to": list(step.to)} for step in ladder.steps],
        "repeat": ladder.repeat,
        "pause": ladder.pause.total_seconds(),
        "hours": _encode_hours(ladder.hours) if ladder.hours else None,
    }


def _encode_hours(hours: Hours) -> dict[str, JsonValue]:
    return {
        "start": hours.start.isoformat(),
        "end": hours.end.isoformat(),
        "timezone": hours.timezone,
        "days": sorted(hours.days),
    }


def _decode(data: Mapping[str, Any]) -> Ladder:
    hours = data["hours"]
    return Ladder(
        name=data["name"],
        steps=tuple(EscalationStep(timedelta(seconds=step["after"]), tuple(step["to"])) for step in data["steps"]),
        repeat=data["repeat"],
        pause=timedelta(seconds=data["pause"]),
        hours=hours
        and Hours(
            time.fromisoformat(hours["start"]),
            time.fromisoformat(hours["end"]),
            hours["timezone"],
            frozenset(hours["days"]),
        ),
    )
