"""What is sent: what waits, deliveries, attempts, digests; and the sign of life."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint

from watcher.storage.columns import Json, UtcTime, Words
from watcher.storage.schema.base import Counter, cascade, metadata

held = Table(
    "held",
    metadata,
    Column("seq", Counter, primary_key=True, autoincrement=True),
    Column("channel", Words, nullable=False),
    Column("bucket", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("alert_id", Words, cascade("alert.id"), nullable=False),
    Column("message", Json, nullable=False),
    Column("held_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("left_at", UtcTime),  # when its bucket went into the outbox; kept for the alert's history
    Index("ix_held_alert", "alert_id", "seq"),
    Index("ix_held_left", "channel", "bucket", "left_at"),
)
_waiting = held.c.left_at.is_(None)
Index("ix_held_waiting", held.c.channel, held.c.bucket, sqlite_where=_waiting, postgresql_where=_waiting)

digest_run = Table(
    "digest_run",
    metadata,
    Column("channel", Words, primary_key=True),
    Column("until", UtcTime, primary_key=True),
    Column("since", UtcTime, nullable=False),
    Column("items", Integer, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", Words, primary_key=True),
    Column("alert_id", Words, ForeignKey("alert.id")),
    Column("channel", Words, nullable=False),
    Column("target", Words, nullable=False),
    Column("dedup_key", Words, nullable=False),
    Column("message", Json, nullable=False),
    Column("status", Words, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("wake_at", UtcTime, nullable=False),  # `due_at` while it waits, the lease's end while it is being sent
    Column("created_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),  # set when sent, dead or given up; all others are the outbox
    Column("attempts", Integer, nullable=False),
    Column("claims", Integer, nullable=False),  # never reset, so that no lease token comes twice
    Column("lease_owner", Words),
    Column("lease_token", Words),
    Column("ambiguous", Boolean, nullable=False),
    Column("provider_ref", Words, nullable=False),
    Column("last_error", Words, nullable=False),
    Column("expires_at", UtcTime),  # by its route's rule; from then on it is not sent any more
    UniqueConstraint("channel", "target", "dedup_key"),
    Index("ix_delivery_alert", "alert_id", "channel"),
    Index("ix_delivery_status", "status", "created_at"),
)
_open = delivery.c.finished_at.is_(None)
_leased = delivery.c.lease_owner.is_not(None)
Index(  # claiming reads a channel's part of this one from the front, and touches no other row
    "ix_delivery_claim",
    delivery.c.channel,
    delivery.c.priority,
    delivery.c.wake_at,
    sqlite_where=_open,
    postgresql_where=_open,
)
Index("ix_delivery_lease", delivery.c.lease_owner, sqlite_where=_leased, postgresql_where=_leased)

delivery_attempt = Table(
    "delivery_attempt",
    metadata,
    Column("seq", Counter, primary_key=True, autoincrement=True),
    Column("delivery_id", Words, cascade("delivery.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("facts", Json, nullable=False),
    Index("ix_delivery_attempt_delivery", "delivery_id", "seq"),
)

closed_endpoint = Table(
    "closed_endpoint",
    metadata,
    Column("channel", Words, primary_key=True),
    Column("endpoint", Words, nullable=False),  # a digest of the address, which may be a secret
    Column("closed_at", UtcTime, nullable=False),
    Column("reason", Words, nullable=False),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("name", Words, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("detail", Json, nullable=False),
)
