"""What people did with alerts: each event of a place once, and their feedback."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.model.alert import AlertStatus
from watcher.model.life import Feedback
from watcher.storage.schema import act, alert, feedback
from watcher.storage.upsert import insert_into


@dataclass(frozen=True, slots=True)
class Said:
    """One person's feedback on one alert."""

    alert_id: str
    signal_id: str
    verdict: Feedback
    actor: str
    via: str
    note: str
    at: datetime


async def first_time(conn: AsyncConnection, external_id: str, alert_id: str, now: datetime) -> bool:
    """Whether the place's event is new; it is remembered with the transaction. One without a name is always new."""
    if not external_id:
        return True
    row = {"external_id": external_id, "alert_id": alert_id, "at": now}
    statement = insert_into(conn, act).values(**row).on_conflict_do_nothing().returning(act.c.external_id)
    return (await conn.execute(statement)).first() is not None


async def taken_at(conn: AsyncConnection, external_id: str) -> datetime | None:
    """When the place's event of this name was taken; None: never."""
    moment: datetime | None = await conn.scalar(select(act.c.at).where(act.c.external_id == external_id))
    return moment


async def say(conn: AsyncConnection, said: Said) -> None:
    """Keep feedback; earlier feedback of the same person on the alert stays and no longer counts."""
    await conn.execute(
        feedback.insert(),
        {
            "alert_id": said.alert_id,
            "signal_id": said.signal_id,
            "verdict": said.verdict,
            "actor": said.actor,
            "via": said.via,
            "note": said.note,
            "at": said.at,
        },
    )


async def said_of(conn: AsyncConnection, alert_id: str) -> list[Said]:
    """All feedback on one alert, in order."""
    c = feedback.c
    query = select(*(column for column in c if column is not c.seq)).where(c.alert_id == alert_id).order_by(c.seq)
    return [Said(**{**row, "verdict": Feedback(row["verdict"])}) for row in (await conn.execute(query)).mappings()]


async def counted(conn: AsyncConnection, since: datetime | None = None) -> dict[str, dict[Feedback, int]]:
    """By signal, how many alerts have which feedback: the last word of each person counts, and of an alert's people
    the one who spoke last."""
    c = feedback.c
    last = select(func.max(c.seq)).group_by(c.alert_id)
    query = select(c.signal_id, c.verdict, func.count()).where(c.seq.in_(last)).group_by(c.signal_id, c.verdict)
    if since is not None:
        query = query.where(c.at >= since)
    counts: dict[str, dict[Feedback, int]] = {}
    for signal_id, verdict, count in await conn.execute(query):
        counts.setdefault(signal_id, {})[Feedback(verdict)] = count
    return counts


async def perhaps_due(conn: AsyncConnection, now: datetime, quiet_since: datetime, limit: int = 500) -> list[str]:
    """Ids of alerts whose snooze or acknowledgement has run out, or that are open without news since `quiet_since`."""
    c = alert.c
    over = (
        ((c.status == AlertStatus.SNOOZED) & (c.snoozed_until <= now))
        | ((c.status == AlertStatus.ACKNOWLEDGED) & (c.ack_until <= now))
        | ((c.status == AlertStatus.OPEN) & (c.updated_at <= quiet_since))
    )
    query = select(c.id).where(c.status.not_in([AlertStatus.RESOLVED, AlertStatus.EXPIRED]), over).limit(limit)
    return list(await conn.scalars(query))
