"""Each signal's precision as its desk saw it: of the alerts that somebody judged, how many were worth telling."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from watcher.model.life import Feedback
from watcher.storage import acts, alerts
from watcher.storage.engine import Database


async def precision(db: Database, since: datetime | None) -> list[dict[str, Any]]:
    """A row for each signal that told an alert since then (None: ever), the most alerts first.

    `told` alerts were told; `relevant`, `not_relevant` and `duplicate` are what was said last of each; `precision` is
    relevant / (relevant + not relevant), None without either: a duplicate says nothing about the signal.
    """
    async with db.read() as conn:
        told = await alerts.told_counts(conn, since)
        said = await acts.counted(conn, since)
    rows = []
    for signal_id in {*told, *said}:
        counts = said.get(signal_id, {})
        good, bad = counts.get(Feedback.RELEVANT, 0), counts.get(Feedback.NOT_RELEVANT, 0)
        judged = good + bad + counts.get(Feedback.DUPLICATE, 0)
        rows.append(
            {
                "signal": signal_id,
                "told": told.get(signal_id, 0),
                "judged": judged,
                "relevant": good,
                "not_relevant": bad,
                "duplicate": counts.get(Feedback.DUPLICATE, 0),
                "precision": round(good / (good + bad), 3) if good + bad else None,
            }
        )
    return sorted(rows, key=lambda row: (-row["told"], row["signal"]))
