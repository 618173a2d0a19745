"""Deliveries that are not sent any more beyond a moment; recipients who want no more; keys that sign links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from watcher.storage.columns import UtcTime, Words

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("delivery", sa.Column("expires_at", UtcTime(), nullable=True))
    op.create_table(
        "muted_recipient",
        sa.Column("channel", Words(), nullable=False),
        sa.Column("target", Words(), nullable=False),
        sa.Column("muted_at", UtcTime(), nullable=False),
        sa.Column("via", Words(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "target", name="pk_muted_recipient"),
    )
    op.create_table(
        "link_key",
        sa.Column("name", Words(), nullable=False),
        sa.Column("key", Words(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_link_key"),
    )
