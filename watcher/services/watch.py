"""Watch: the watcher watches itself. Each round looks at every part, says so in the heartbeat, and tells operators of
each change once, through channels that work. What they were told is a row, so that a restart tells nothing twice.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from watcher.alerting.vitals import Change, Told, examine, news
from watcher.model.notice import Notice
from watcher.model.ports import Clock
from watcher.model.signal import Severity
from watcher.model.vitals import Check, Vitals
from watcher.services import heartbeat
from watcher.services.desk import DeskHolder
from watcher.services.notices import post
from watcher.storage import heartbeat as beats
from watcher.storage import vitals
from watcher.storage.columns import JsonValue
from watcher.storage.engine import Database

log = structlog.get_logger(__name__)
TOLD = "told"
"""The row beside the heartbeat that holds what operators know."""
SUBJECT = 200
"""Characters of a notice's headline."""


@dataclass(frozen=True, slots=True)
class Insight:
    """What only the running service knows, asked anew each round."""

    late: Callable[[], Mapping[str, timedelta]] = dict
    refused: Callable[[], tuple[str, ...]] = tuple
    set_aside: Callable[[], int] = int
    detail: Callable[[], Mapping[str, JsonValue]] = dict


class Watch:
    """`checks` are those of the last round; none before the first."""

    def __init__(
        self,
        db: Database,
        holder: DeskHolder,
        clock: Clock,
        data_dir: Path,
        insight: Insight,
        *,
        on_told: Callable[[], None] = lambda: None,
    ) -> None:
        self._db, self._holder, self._clock, self._data_dir = db, holder, clock, data_dir
        self._insight, self._on_told = insight, on_told
        self._started_at = clock.now()
        self._head: tuple[tuple[str, int], datetime] | None = None
        self.checks: tuple[Check, ...] = ()

    async def round(self) -> int:
        """Look, beat, and tell what is new; returns how many notices were written."""
        now = self._clock.now()
        found = await self._look(now)
        self.checks = examine(found, now, self._started_at)
        shown: JsonValue = [heartbeat.check_row(check) for check in self.checks]
        await heartbeat.beat(self._db, self._clock, {**self._insight.detail(), "checks": shown})
        return await self._tell(now)

    @property
    def well(self) -> bool:
        """Whether a round was made and nothing vital was amiss in it."""
        return bool(self.checks) and all(check.ok or not check.vital for check in self.checks)

    async def _look(self, now: datetime) -> Vitals:
        desk = self._holder.current
        polled = {source.id for source in desk.rulebook.sources if source.enabled}
        async with self._db.read() as conn:
            dead, waiting = await vitals.dead(conn), await vitals.waiting(conn)
            polled_at, first = await vitals.polled_at(conn, polled), await vitals.head(conn)
        usage = disk(self._data_dir)
        return Vitals(
            dead=dead,
            waiting={name: it for name, it in waiting.items() if name in desk.senders},
            orphaned={name: count for name, (count, _) in waiting.items() if name not in desk.senders},
            polled_at=polled_at,
            stalled_for=self._stalled_for(first, now),
            set_aside=self._insight.set_aside(),
            late=self._insight.late(),
            disk_free=usage[0],
            disk_total=usage[1],
            refused=self._insight.refused(),
        )

    def _stalled_for(self, first: tuple[str, int] | None, now: datetime) -> timedelta:
        if first is None or self._insight.set_aside():
            self._head = None
        elif self._head is None or self._head[0] != first:
            self._head = (first, now)
        return now - self._head[1] if self._head else timedelta(0)

    async def _tell(self, now: datetime) -> int:
        # Only read first: nearly always there is nothing new, and a write transaction holds up others.
        async with self._db.read() as conn:
            known = await _known(conn)
        if not news(known, self.checks, now)[0]:
            return 0
        avoid = frozenset(name for check in self.checks for name in check.channels)
        async with self._db.write() as conn:
            changes, after = news(await _known(conn), self.checks, now)
            notices = [notice_of(change, now) for change in changes]
            for notice in notices:
                await post(conn, self._holder.current, notice, now, avoid)
            await beats.beat(conn, TOLD, now, {name: _row(one) for name, one in after.items()})
        for notice in notices:
            log.warning("operator.notice", kind=notice.kind, subject=notice.subject, text=notice.text)
        if notices:
            self._on_told()
        return len(notices)


def disk(data_dir: Path) -> tuple[int, int]:
    """Free and all bytes of the disk that holds the data; zeros if nobody can say."""
    try:
        usage = shutil.disk_usage(data_dir)
    except OSError:
        return 0, 0
    return usage.free, usage.total


def notice_of(change: Change, now: datetime) -> Notice:
    """What operators read: what is amiss as the headline, and what to do as the text, unless one has no room for it."""
    check = change.check
    amiss, _, advice = check.text.partition("; ")
    subject = f"{check.name}: {'well again' if change.recovered else amiss}"
    text = check.text if change.recovered or len(subject) > SUBJECT else advice
    fact = f"{check.name}/{change.since.isoformat()}/{'well' if change.recovered else check.state}/{now.isoformat()}"
    return Notice(
        kind=f"watcher-{check.name}",
        subject=subject[:SUBJECT],
        text=text,
        severity=Severity.LOW if change.recovered else check.severity,
        dedup_key=f"vitals/{hashlib.sha256(fact.encode()).hexdigest()}",
    )


async def _known(conn: AsyncConnection) -> dict[str, Told]:
    last = await beats.last(conn, TOLD)
    return {} if last is None else {name: _told(row) for name, row in last.detail.items() if isinstance(row, dict)}


def _row(one: Told) -> dict[str, JsonValue]:
    return {"state": one.state, "since": one.since.isoformat(), "told_at": one.told_at.isoformat()}


def _told(row: Mapping[str, Any]) -> Told:
    return Told(row["state"], datetime.fromisoformat(row["since"]), datetime.fromisoformat(row["told_at"]))
