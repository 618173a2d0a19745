"""Polling on request: a person wants to know now what a source says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from watcher.model.document import SourceState
from watcher.model.errors import UserError
from watcher.model.ports import Clock
from watcher.services import heartbeat
from watcher.services.collect import Collector
from watcher.services.compose import rfc3339
from watcher.storage import sources
from watcher.storage.engine import Database

LOOK_S = 0.2
"""Seconds between two looks whether the service has polled."""


async def ask_service(db: Database, clock: Clock, source_id: str, patience: timedelta) -> dict[str, Any] | None:
    """Make the source due and wait until the running service has polled it; None if no service runs.

    Raises UserError if the service has not done so in time, or does not know the source yet.
    """
    silent_for = await heartbeat.age(db, clock)
    if silent_for is None or not timedelta(0) <= silent_for <= heartbeat.STALE_AFTER:
        return None
    until = clock.monotonic() + patience.total_seconds()
    before = await _state(db, source_id)
    if before is not None:
        async with db.write() as conn:
            await sources.hasten(conn, [source_id], clock.now())
    while clock.monotonic() < until:
        after = await _state(db, source_id)
        if after is not None and after.polls > (before.polls if before else 0):
            return outcome(before, after, "the running service")
        await clock.sleep(LOOK_S)
    raise UserError(
        f"the service has not polled {source_id} within {patience.total_seconds():.0f} s",
        "its host may have asked to wait, or other polls are in front; `watcher sources` shows when it is due",
    )


async def poll_here(db: Database, collector: Collector, source_id: str) -> dict[str, Any]:
    """Poll it in this process. What it brings is matched when the service runs."""
    before = await _state(db, source_id)
    await collector.poll_all([source_id])
    after = await _state(db, source_id)
    if after is None or (before and after.polls == before.polls):
        raise UserError(f"the poll of {source_id} could not be stored", "the log says why")
    return outcome(before, after, "this command; no service is running, so what is new is matched when it starts")


async def last_arrival(db: Database, source_id: str, *, heard: bool) -> dict[str, Any]:
    """The same for a source that nobody polls, because its documents are sent to us; `heard` tells whether they can be.

    `last_arrived_at` is when the last new one came; `documents` are all that came so far.
    """
    state = await _state(db, source_id)
    last = state.last_new_at if state else None
    arriving = "documents are sent to it and arrive by themselves"
    return {
        "source": source_id,
        "outcome": "not polled",
        "why": arriving if heard else f"{arriving}, but none can: WATCHER_WEB_BIND is not set here",
        "documents": state.documents if state else 0,
        "last_arrived_at": rfc3339(last) if last else None,
    }


def outcome(before: SourceState | None, after: SourceState, by: str) -> dict[str, Any]:
    """What came of a poll, for people and programs."""
    failed = after.last_success_at != after.last_polled_at
    new = after.documents - (before.documents if before else 0)
    return {
        "source": after.source_id,
        "polled_by": by,
        "outcome": "failed" if failed else "new documents" if new else "nothing new",
        "documents": new,
        "health": str(after.health),
        "reason": after.reason,
        "next_poll_at": rfc3339(after.next_due_at),
    }


async def _state(db: Database, source_id: str) -> SourceState | None:
    async with db.read() as conn:
        return (await sources.states(conn)).get(source_id)
