"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from watcher.storage.columns import Json, UtcTime, Words

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "document",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("id", Words(), nullable=False),
        sa.Column("source_id", Words(), nullable=False),
        sa.Column("publisher", Words(), nullable=False),
        sa.Column("guid", Words(), nullable=False),
        sa.Column("url", Words(), nullable=False),
        sa.Column("canonical_url", Words(), nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("language", Words(), nullable=True),
        sa.Column("published_at", UtcTime(), nullable=True),
        sa.Column("first_seen_at", UtcTime(), nullable=False),
        sa.Column("content_hash", Words(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tags", Json(), nullable=False),
        sa.Column("trust", sa.Float(), nullable=False),
        sa.Column("guid_key", Words(), nullable=False),
        sa.Column("canonical_key", Words(), nullable=False),
        sa.Column("url_key", Words(), nullable=False),
        sa.Column("matched_version", sa.Integer(), nullable=False),
        sa.Column("matched_fingerprint", Words(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_document"),
        sa.UniqueConstraint("id", name="uq_document_id"),
    )
    op.create_index("ix_document_canonical", "document", ["source_id", "canonical_key"])
    op.create_index("ix_document_canonical_key", "document", ["canonical_key"])
    op.create_index("ix_document_content", "document", ["source_id", "content_hash"])
    op.create_index("ix_document_first_seen", "document", ["first_seen_at"])
    op.create_index("ix_document_guid", "document", ["source_id", "guid_key"])
    op.create_index(
        "ix_document_pending",
        "document",
        ["seq"],
        sqlite_where=sa.text("matched_version < version"),
        postgresql_where=sa.text("matched_version < version"),
    )
    op.create_index("ix_document_url_key", "document", ["url_key"])
    op.create_table(
        "heartbeat",
        sa.Column("name", Words(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("detail", Json(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_heartbeat"),
    )
    op.create_table(
        "silence",
        sa.Column("id", Words(), nullable=False),
        sa.Column("matchers", Json(), nullable=False),
        sa.Column("starts_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.Column("created_by", Words(), nullable=False),
        sa.Column("comment", Words(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_silence"),
    )
    op.create_index("ix_silence_ends", "silence", ["ends_at"])
    op.create_table(
        "source_state",
        sa.Column("source_id", Words(), nullable=False),
        sa.Column("next_due_at", UtcTime(), nullable=False),
        sa.Column("etag", Words(), nullable=True),
        sa.Column("last_modified", Words(), nullable=True),
        sa.Column("body_hash", Words(), nullable=True),
        sa.Column("last_polled_at", UtcTime(), nullable=True),
        sa.Column("last_success_at", UtcTime(), nullable=True),
        sa.Column("last_new_at", UtcTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("health", Words(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("moved_to", Words(), nullable=True),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("source_id", name="pk_source_state"),
    )
    op.create_index("ix_source_state_due", "source_state", ["next_due_at", "source_id"])
    op.create_table(
        "story",
        sa.Column("id", Words(), nullable=False),
        sa.Column("anchor_document_id", Words(), nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.Column("first_seen_at", UtcTime(), nullable=False),
        sa.Column("last_seen_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
    )
    op.create_index("ix_story_last_seen", "story", ["last_seen_at"])
    op.create_table(
        "alert",
        sa.Column("id", Words(), nullable=False),
        sa.Column("signal_id", Words(), nullable=False),
        sa.Column("story_id", Words(), nullable=False),
        sa.Column("status", Words(), nullable=False),
        sa.Column("severity", Words(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("assertion", Words(), nullable=False),
        sa.Column("publishers", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("opened_at", UtcTime(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_alert_story_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alert"),
        sa.UniqueConstraint("signal_id", "story_id", name="uq_alert_signal_id_story_id"),
    )
    op.create_index("ix_alert_status", "alert", ["status", "updated_at"])
    op.create_index("ix_alert_story", "alert", ["story_id"])
    op.create_index("ix_alert_updated", "alert", ["updated_at"])
    op.create_table(
        "match",
        sa.Column("document_id", Words(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("signal_id", Words(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("severity", Words(), nullable=False),
        sa.Column("assertion", Words(), nullable=False),
        sa.Column("alert", sa.Boolean(), nullable=False),
        sa.Column("alert_at", sa.Integer(), nullable=False),
        sa.Column("evidence", Json(), nullable=False),
        sa.Column("ledger", Json(), nullable=False),
        sa.Column("missing", Json(), nullable=False),
        sa.Column("sentence", Words(), nullable=False),
        sa.Column("pattern", Words(), nullable=False),
        sa.Column("cue", Words(), nullable=False),
        sa.Column("story_id", Words(), nullable=True),
        sa.Column("story_status", Words(), nullable=True),
        sa.Column("decision", Words(), nullable=False),
        sa.Column("suppressed_by", Words(), nullable=False),
        sa.Column("reasons", Json(), nullable=False),
        sa.Column("fingerprint", Words(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_match_document_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "version", "signal_id", name="pk_match"),
    )
    op.create_index("ix_match_created", "match", ["alert", "created_at"])
    op.create_table(
        "story_key",
        sa.Column("document_id", Words(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("story_id", Words(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_story_key_document_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_story_key_story_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "key", name="pk_story_key"),
    )
    op.create_index("ix_story_key_key", "story_key", ["key", "seen_at"])
    op.create_index("ix_story_key_story", "story_key", ["story_id"])
    op.create_table(
        "story_member",
        sa.Column("document_id", Words(), nullable=False),
        sa.Column("story_id", Words(), nullable=False),
        sa.Column("publisher", Words(), nullable=False),
        sa.Column("status", Words(), nullable=False),
        sa.Column("signature", Json(), nullable=False),
        sa.Column("seen_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_story_member_document_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_story_member_story_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", name="pk_story_member"),
    )
    op.create_index("ix_story_member_story", "story_member", ["story_id", "seen_at"])
    op.create_table(
        "alert_event",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("alert_id", Words(), nullable=False),
        sa.Column("kind", Words(), nullable=False),
        sa.Column("detail", Json(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_alert_event_alert_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq", name="pk_alert_event"),
    )
    op.create_index("ix_alert_event_alert", "alert_event", ["alert_id", "seq"])
    op.create_table(
        "delivery",
        sa.Column("id", Words(), nullable=False),
        sa.Column("alert_id", Words(), nullable=True),
        sa.Column("channel", Words(), nullable=False),
        sa.Column("target", Words(), nullable=False),
        sa.Column("dedup_key", Words(), nullable=False),
        sa.Column("message", Json(), nullable=False),
        sa.Column("status", Words(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("wake_at", UtcTime(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("finished_at", UtcTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("lease_owner", Words(), nullable=True),
        sa.Column("lease_token", Words(), nullable=True),
        sa.Column("ambiguous", sa.Boolean(), nullable=False),
        sa.Column("provider_ref", Words(), nullable=False),
        sa.Column("last_error", Words(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_delivery_alert_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.UniqueConstraint("channel", "target", "dedup_key", name="uq_delivery_channel_target_dedup_key"),
    )
    op.create_index("ix_delivery_alert", "delivery", ["alert_id", "channel"])
    op.create_index(
        "ix_delivery_claim",
        "delivery",
        ["channel", "priority", "wake_at"],
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_index(
        "ix_delivery_lease",
        "delivery",
        ["lease_owner"],
        sqlite_where=sa.text("lease_owner IS NOT NULL"),
        postgresql_where=sa.text("lease_owner IS NOT NULL"),
    )
    op.create_index("ix_delivery_status", "delivery", ["status", "created_at"])
    op.create_table(
        "delivery_attempt",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("delivery_id", Words(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=False),
        sa.Column("outcome", Words(), nullable=False),
        sa.Column("detail", Words(), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name="fk_delivery_attempt_delivery_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name="pk_delivery_attempt"),
    )
    op.create_index("ix_delivery_attempt_delivery", "delivery_attempt", ["delivery_id", "seq"])
