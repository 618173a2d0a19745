"""Every table, once for both databases. Migrations bring a database here; a test holds the two together."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    text,
)

from watcher.storage.columns import Json, UtcTime, Words

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Only an INTEGER key counts up by itself on SQLite; 32 bits are too few on PostgreSQL.
_Counter = BigInteger().with_variant(Integer, "sqlite")


def _cascade(target: str) -> ForeignKey:
    return ForeignKey(target, ondelete="CASCADE")


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

document = Table(
    "document",
    metadata,
    Column("seq", _Counter, primary_key=True, autoincrement=True),  # the order of arrival
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
    Column("document_id", Words, _cascade("document.id"), primary_key=True),
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
    Column("document_id", Words, _cascade("document.id"), primary_key=True),
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

story = Table(
    "story",
    metadata,
    Column("id", Words, primary_key=True),
    Column("anchor_document_id", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),
    Index("ix_story_last_seen", "last_seen_at"),
)

story_member = Table(
    "story_member",
    metadata,
    Column("document_id", Words, _cascade("document.id"), primary_key=True),
    Column("story_id", Words, _cascade("story.id"), nullable=False),
    Column("publisher", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("signature", Json, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Index("ix_story_member_story", "story_id", "seen_at"),
)

story_key = Table(
    "story_key",
    metadata,
    Column("document_id", Words, _cascade("document.id"), primary_key=True),
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("story_id", Words, _cascade("story.id"), nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Index("ix_story_key_key", "key", "seen_at"),
    Index("ix_story_key_story", "story_id"),
)

told_figure = Table(
    "told_figure",
    metadata,
    Column("seq", _Counter, primary_key=True, autoincrement=True),  # the order in which they were told
    Column("signal_id", Words, nullable=False),
    Column("story_id", Words, _cascade("story.id"), nullable=False),
    Column("name", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("unit", Words, nullable=False),
    Column("value", Float, nullable=False),
    Column("told_at", UtcTime, nullable=False),
    Index("ix_told_figure_signal", "signal_id", "name", "subject", "seq"),
    Index("ix_told_figure_story", "story_id"),
)

contribution = Table(
    "contribution",
    metadata,
    Column("occurrence_id", Words, _cascade("story.id"), primary_key=True),  # the story that a composite's alert is of
    Column("signal_id", Words, primary_key=True),
    Column("story_id", Words, primary_key=True),
    Column("composite_id", Words, nullable=False),
    Column("document_id", Words, nullable=False),
    Column("happened_at", UtcTime, nullable=False),
    Index("ix_contribution_composite", "composite_id", "happened_at"),
)

alert = Table(
    "alert",
    metadata,
    Column("id", Words, primary_key=True),
    Column("signal_id", Words, nullable=False),
    Column("story_id", Words, ForeignKey("story.id"), nullable=False),
    Column("status", Words, nullable=False),
    Column("severity", Words, nullable=False),
    Column("score", Integer, nullable=False),
    Column("assertion", Words, nullable=False),
    Column("publishers", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("told", Boolean, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("title", Words, nullable=False),
    Column("owner", Words, nullable=False, server_default=""),
    Column("ack_until", UtcTime),
    Column("snoozed_until", UtcTime),
    Column("revision", Integer, nullable=False, server_default="0"),
    UniqueConstraint("signal_id", "story_id"),
    Index("ix_alert_story", "story_id"),
    Index("ix_alert_updated", "updated_at"),
    Index("ix_alert_status", "status", "updated_at"),
)

alert_event = Table(
    "alert_event",
    metadata,
    Column("seq", _Counter, primary_key=True, autoincrement=True),
    Column("alert_id", Words, _cascade("alert.id"), nullable=False),
    Column("kind", Words, nullable=False),
    Column("detail", Json, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_alert_event_alert", "alert_id", "seq"),
)

act = Table(
    "act",
    metadata,
    Column("external_id", Words, primary_key=True),  # the place's own name for the event: it counts once
    Column("alert_id", Words, _cascade("alert.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_act_alert", "alert_id"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("seq", _Counter, primary_key=True, autoincrement=True),
    Column("alert_id", Words, _cascade("alert.id"), nullable=False),
    Column("signal_id", Words, nullable=False),
    Column("verdict", Words, nullable=False),
    Column("actor", Words, nullable=False),
    Column("via", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_feedback_alert", "alert_id", "seq"),
    Index("ix_feedback_signal", "signal_id", "seq"),
)

silence = Table(
    "silence",
    metadata,
    Column("id", Words, primary_key=True),
    Column("matchers", Json, nullable=False),
    Column("starts_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("created_by", Words, nullable=False),
    Column("comment", Words, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_silence_ends", "ends_at"),
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
    Column("finished_at", UtcTime),  # set when sent or dead; all others are the outbox
    Column("attempts", Integer, nullable=False),
    Column("claims", Integer, nullable=False),  # never reset, so that no lease token comes twice
    Column("lease_owner", Words),
    Column("lease_token", Words),
    Column("ambiguous", Boolean, nullable=False),
    Column("provider_ref", Words, nullable=False),
    Column("last_error", Words, nullable=False),
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
    Column("seq", _Counter, primary_key=True, autoincrement=True),
    Column("delivery_id", Words, _cascade("delivery.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime, nullable=False),
    Column("outcome", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("facts", Json, nullable=False),
    Index("ix_delivery_attempt_delivery", "delivery_id", "seq"),
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("name", Words, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("detail", Json, nullable=False),
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
