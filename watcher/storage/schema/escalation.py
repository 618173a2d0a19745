"""Ladders under way."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table

from watcher.storage.columns import Json, UtcTime, Words
from watcher.storage.schema.base import cascade, metadata

escalation_run = Table(
    "escalation_run",
    metadata,
    Column("id", Words, primary_key=True),
    Column("alert_id", Words, cascade("alert.id"), nullable=False),
    Column("ladder", Json, nullable=False),  # the policy as it was when the run began
    Column("message", Json, nullable=False),
    Column("step", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("next_at", UtcTime),
    Column("started_at", UtcTime, nullable=False),
    Column("ended", Words, nullable=False),
    Index("ix_escalation_run_alert", "alert_id", "started_at"),
)
_under_way = escalation_run.c.next_at.is_not(None)
Index(
    "ix_escalation_run_next",
    escalation_run.c.next_at,
    sqlite_where=_under_way,
    postgresql_where=_under_way,
)
