"""What was read: sources, documents, matches, articles."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, Table, UniqueConstraint, text

from watcher.storage.columns import Json, UtcTime, Words
from watcher.storage.schema.base import Counter, cascade, metadata

source_state = Table(
    "source_state",
    metadata,
    Column("source_id", Words, primary_key=True),
    Column("next_due_at", UtcTime, nullable=False),
    Column("etag", Words),
    Column("last_modified", Words),
    Column("body_hash", Words),
    Column("last_polled_at", UtcTime),
    Column("last_success_at", UtcTime),
    Column("last_new_at", UtcTime),
    Column("failures", Integer, nullable=False),
    Column("health", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("moved_to", Words),
    Column("polls", Integer, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("cursor", Words),
    Column("url", Words, nullable=False, server_default=""),
    Column("failure", Words, nullable=False, server_default=""),
    Column("health_since", UtcTime),
    Column("leaning", Words, nullable=False, server_default="new"),
    Column("leaning_polls", Integer, nullable=False, server_default="0"),
    Column("told_health", Words, nullable=False, server_default="new"),
    Column("rhythm_s", Float),
    Column("latency_s", Float),
    Column("pause_s", Float),
    Column("hurry", Integer, nullable=False, server_default="0"),
    Column("windows_missed", Integer, nullable=False, server_default="0"),
    Column("missed_from", UtcTime),
    Column("missed_until", UtcTime),
    Column("held", Integer, nullable=False, server_default="0"),
    Index("ix_source_state_due", "next_due_at", "source_id"),
)

subscription = Table(
    "subscription",
    metadata,
    Column("source_id", Words, primary_key=True),
    Column("hub", Words, nullable=False),
    Column("topic", Words, nullable=False),
    Column("token", Words, nullable=False),
    Column("secret", Words, nullable=False),
    Column("standing", Words, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("lease_until", UtcTime),
    Column("failures", Integer, nullable=False),
    Column("reason", Words, nullable=False),
    Column("last_push_at", UtcTime),
    Column("missed_at", UtcTime),
    UniqueConstraint("token"),
)

document = Table(
    "document",
    metadata,
    Column("seq", Counter, primary_key=True, autoincrement=True),  # the order of arrival
    Column("id", Words, nullable=False),
    Column("source_id", Words, nullable=False),
    Column("publisher", Words, nullable=False),
    Column("guid", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("canonical_url", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("language", Words),
    Column("published_at", UtcTime),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("content_hash", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Column("tags", Json, nullable=False),
    Column("trust", Float, nullable=False),
    Column("guid_key", Words, nullable=False),  # digests, because links and guids are too long to index
    Column("canonical_key", Words, nullable=False),
    Column("url_key", Words, nullable=False),
    Column("matched_version", Integer, nullable=False),  # 0 = never; pending while below `version`
    Column("matched_fingerprint", Words, nullable=False),
    UniqueConstraint("id"),
    Index("ix_document_guid", "source_id", "guid_key"),
    Index("ix_document_canonical", "source_id", "canonical_key"),
    Index("ix_document_content", "source_id", "content_hash"),
    Index("ix_document_canonical_key", "canonical_key"),
    Index("ix_document_url_key", "url_key"),
    Index("ix_document_first_seen", "first_seen_at"),
)
_pending = document.c.matched_version < document.c.version
Index("ix_document_pending", document.c.seq, sqlite_where=_pending, postgresql_where=_pending)

match = Table(
    "match",
    metadata,
    Column("document_id", Words, cascade("document.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("signal_id", Words, primary_key=True),
    Column("score", Integer, nullable=False),
    Column("severity", Words, nullable=False),
    Column("assertion", Words, nullable=False),
    Column("alert", Boolean, nullable=False),
    Column("alert_at", Integer, nullable=False),
    Column("evidence", Json, nullable=False),
    Column("ledger", Json, nullable=False),
    Column("missing", Json, nullable=False),
    Column("sentence", Words, nullable=False),
    Column("pattern", Words, nullable=False),
    Column("cue", Words, nullable=False),
    Column("quantities", Json, nullable=False, server_default="[]"),
    Column("story_id", Words),
    Column("story_status", Words),
    Column("decision", Words, nullable=False),
    Column("suppressed_by", Words, nullable=False),
    Column("reasons", Json, nullable=False),
    Column("fingerprint", Words, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("scored_on", Words, nullable=False, server_default="item"),
    Index("ix_match_created", "alert", "created_at"),
)

enrichment = Table(
    "enrichment",
    metadata,
    Column("document_id", Words, cascade("document.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("reason", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("url", Words, nullable=False),
    Column("host", Words, nullable=False),
    Column("distance", Integer, nullable=False),  # the nearest to an alert is fetched first
    Column("attempts", Integer, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("until", UtcTime, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("fetched_at", UtcTime),
    Column("final_url", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("error", Words, nullable=False),
    Index("ix_enrichment_fetched", "fetched_at", "host"),
)
_wanted = enrichment.c.status == text("'pending'")
Index(
    "ix_enrichment_pending",
    enrichment.c.distance,
    enrichment.c.due_at,
    sqlite_where=_wanted,
    postgresql_where=_wanted,
)
