"""Recipients who want no more, and the keys that sign the links by which they say so."""

from __future__ import annotations

from sqlalchemy import Column, Table

from watcher.storage.columns import UtcTime, Words
from watcher.storage.schema.base import metadata

muted_recipient = Table(
    "muted_recipient",
    metadata,
    Column("channel", Words, primary_key=True),
    Column("target", Words, primary_key=True),
    Column("muted_at", UtcTime, nullable=False),
    Column("via", Words, nullable=False),
)

link_key = Table(
    "link_key",
    metadata,
    Column("name", Words, primary_key=True),
    Column("key", Words, nullable=False),
)
