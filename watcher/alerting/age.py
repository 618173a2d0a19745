"""How old the news of a document is. A source's clock is believed only as far as it can be."""

from __future__ import annotations

from datetime import datetime, timedelta

from watcher.model.document import Document

CLOCK_SLACK = timedelta(minutes=10)
"""How far a date of publication may lie ahead; beyond it the source's clock is wrong and the first sight counts."""


def since(document: Document, now: datetime) -> tuple[datetime, str]:
    """From when on its age counts, and what happened then: it was published, or first seen."""
    if document.published_at is not None and document.published_at <= now + CLOCK_SLACK:
        return document.published_at, "published"
    return document.first_seen_at, "first seen"
