"""Notices: what operators are told of the watcher itself goes through the outbox, like alerts, and is as safe there.

`routes.yaml` says where (`operator: {channels: [...]}`); without that, every console shows it. The log has it always.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.alerting.decide import priority
from watcher.model.delivery import Citation, Message
from watcher.model.notice import Notice
from watcher.model.ports import Clock
from watcher.model.signal import Severity
from watcher.services.compose import rfc3339, to_send
from watcher.services.desk import Desk, DeskHolder
from watcher.sources import health
from watcher.storage import outbox, sources
from watcher.storage.engine import Database

log = structlog.get_logger(__name__)
SINGLY = 5
"""Sources that change at once and are still told of one by one; more are one summary."""

TITLE = "Signal Watch"


async def post(conn: AsyncConnection, desk: Desk, notice: Notice, now: datetime, avoid: Collection[str] = ()) -> int:
    """Put a notice into the outbox, in the caller's transaction; how many deliveries are new (0: told already).

    Channels in `avoid` do not work just now.
    """
    told = _message(notice, now)
    rows = [
        to_send(told, None, "1", channel, target, priority(notice.severity), now, told.alert_id)
        for channel in operator_channels(desk, avoid)
        for target in desk.targets.get(channel, ("",))
    ]
    return await outbox.enqueue(conn, rows) if rows else 0


def operator_channels(desk: Desk, avoid: Collection[str] = ()) -> tuple[str, ...]:
    """The channels that routes.yaml names for operators; without any, all consoles.

    Those in `avoid`, and those that lack something, are left out; if that leaves none, consoles stand in, and then
    whatever channel works.
    """
    routing = desk.rulebook.routing
    consoles = tuple(name for name, it in routing.channels.items() if it.kind == "console")
    wanted = routing.operator or consoles
    if not wanted:
        return ()
    choices = (wanted, consoles, tuple(desk.adapters))
    broken = desk.unbuilt.union(avoid)
    working = (tuple(name for name in choice if name not in broken) for choice in choices)
    return next((found for found in working if found), wanted)


def _message(notice: Notice, now: datetime) -> Message:
    name = f"notice-{hashlib.sha256(notice.dedup_key.encode()).hexdigest()[:16]}"
    return Message(
        kind="notice", alert_id=name, signal_id=notice.kind, signal_title=TITLE, story_id="", score=0,
        severity=notice.severity, assertion="", document=Citation(notice.subject, notice.link, "", rfc3339(now)),
        sentence=notice.text, created_at=rfc3339(now), alert_title=notice.subject, reasons=(),
    )  # fmt: skip


class Teller:
    """Tells operators of sources whose health has changed, once for each change, and of our own outages."""

    def __init__(
        self,
        db: Database,
        holder: DeskHolder,
        clock: Clock,
        outage_since: Callable[[], datetime | None],
        *,
        on_told: Callable[[], None] = lambda: None,
    ) -> None:
        self._db, self._holder, self._clock, self._on_told = db, holder, clock, on_told
        self._outage_since = outage_since
        self._outage_told: datetime | None = None

    async def tell(self) -> int:
        """Look for what is to be told; returns how many notices were new."""
        count = await self._tell_outage() + await self._tell_sources()
        if count:
            self._on_told()
        return count

    async def _tell_sources(self) -> int:
        desk = self._holder.current
        configured = {source.id for source in desk.rulebook.sources if source.enabled}
        async with self._db.read() as conn:
            changed = [each for each in await sources.restless(conn) if health.untold(each)]
        changed = [each for each in changed if each.source_id in configured]
        if not changed:
            return 0
        now = self._clock.now()
        async with self._db.write() as conn:
            # Whoever marks it tells it: a second instance finds nothing left.
            mine = [state for state in changed if await sources.told(conn, state)]
            many = len(mine) > SINGLY
            notices = [health.summary_of(mine)] if many else [health.notice_of(state) for state in mine]
            for notice in notices:
                await post(conn, desk, notice, now)
        for notice in notices:
            _log(notice)
        return len(notices)

    async def _tell_outage(self) -> int:
        since = self._outage_since()
        if since is None or since == self._outage_told:
            return 0
        self._outage_told = since
        notice = Notice(
            kind="own-outage",
            subject="Most hosts cannot be reached: our own network seems to be down",
            text="Until hosts answer again, failures are held against no source.",
            severity=Severity.HIGH,
            dedup_key=f"own-outage/{since.isoformat()}",
        )
        async with self._db.write() as conn:
            await post(conn, self._holder.current, notice, self._clock.now())
        _log(notice)
        return 1


def _log(notice: Notice) -> None:
    log.warning("operator.notice", kind=notice.kind, subject=notice.subject, text=notice.text)
