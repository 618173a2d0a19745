"""What is told: stories, figures, composites, alerts and what people do with them."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, Table, UniqueConstraint

from watcher.storage.columns import Json, UtcTime, Words
from watcher.storage.schema.base import Counter, cascade, metadata

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
    Column("document_id", Words, cascade("document.id"), primary_key=True),
    Column("story_id", Words, cascade("story.id"), nullable=False),
    Column("publisher", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("signature", Json, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Index("ix_story_member_story", "story_id", "seen_at"),
)

story_key = Table(
    "story_key",
    metadata,
    Column("document_id", Words, cascade("document.id"), primary_key=True),
    Column("key", BigInteger, primary_key=True, autoincrement=False),
    Column("story_id", Words, cascade("story.id"), nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    Index("ix_story_key_key", "key", "seen_at"),
    Index("ix_story_key_story", "story_id"),
)

story_mention = Table(
    "story_mention",
    metadata,
    Column("document_id", Words, cascade("document.id"), primary_key=True),
    Column("story_id", Words, cascade("story.id"), primary_key=True),
    Column("signal_id", Words, primary_key=True),
    Column("section", Integer, nullable=False),
    Column("score", Integer, nullable=False),
    Column("assertion", Words, nullable=False),
    Column("sentence", Words, nullable=False),
    Column("placed", Words, nullable=False),
    Column("mentioned_at", UtcTime, nullable=False),
    Index("ix_story_mention_story", "story_id", "signal_id", "mentioned_at"),
)

told_figure = Table(
    "told_figure",
    metadata,
    Column("seq", Counter, primary_key=True, autoincrement=True),  # the order in which they were told
    Column("signal_id", Words, nullable=False),
    Column("story_id", Words, cascade("story.id"), nullable=False),
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
    Column("occurrence_id", Words, cascade("story.id"), primary_key=True),  # the story that a composite's alert is of
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
    Column("seq", Counter, primary_key=True, autoincrement=True),
    Column("alert_id", Words, cascade("alert.id"), nullable=False),
    Column("kind", Words, nullable=False),
    Column("detail", Json, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_alert_event_alert", "alert_id", "seq"),
)

act = Table(
    "act",
    metadata,
    Column("external_id", Words, primary_key=True),  # the place's own name for the event: it counts once
    Column("alert_id", Words, cascade("alert.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_act_alert", "alert_id"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("seq", Counter, primary_key=True, autoincrement=True),
    Column("alert_id", Words, cascade("alert.id"), nullable=False),
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
    Column("recurs", Json, nullable=False, server_default="null"),
    Index("ix_silence_ends", "ends_at"),
)
