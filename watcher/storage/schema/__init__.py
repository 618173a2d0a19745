"""Every table, once for both databases. Migrations bring a database here; a test holds the two together."""

from __future__ import annotations

from watcher.storage.schema.alerts import (
    act,
    alert,
    alert_event,
    contribution,
    feedback,
    silence,
    story,
    story_key,
    story_member,
    story_mention,
    told_figure,
)
from watcher.storage.schema.base import metadata
from watcher.storage.schema.documents import document, enrichment, match, source_state, subscription
from watcher.storage.schema.escalation import escalation_run
from watcher.storage.schema.outbox import closed_endpoint, delivery, delivery_attempt, digest_run, heartbeat, held
from watcher.storage.schema.recipients import link_key, muted_recipient

__all__ = [
    "act",
    "alert",
    "alert_event",
    "closed_endpoint",
    "contribution",
    "delivery",
    "delivery_attempt",
    "digest_run",
    "document",
    "enrichment",
    "escalation_run",
    "feedback",
    "heartbeat",
    "held",
    "link_key",
    "match",
    "metadata",
    "muted_recipient",
    "silence",
    "source_state",
    "story",
    "story_key",
    "story_member",
    "story_mention",
    "subscription",
    "told_figure",
]
