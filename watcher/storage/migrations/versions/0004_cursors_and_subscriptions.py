"""How far a source was read, and subscriptions at WebSub hubs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from watcher.storage.columns import UtcTime, Words

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("source_state", sa.Column("cursor", Words(), nullable=True))
    op.create_table(
        "subscription",
        sa.Column("source_id", Words(), nullable=False),
        sa.Column("hub", Words(), nullable=False),
        sa.Column("topic", Words(), nullable=False),
        sa.Column("token", Words(), nullable=False),
        sa.Column("secret", Words(), nullable=False),
        sa.Column("standing", Words(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("lease_until", UtcTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("last_push_at", UtcTime(), nullable=True),
        sa.Column("missed_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("source_id", name="pk_subscription"),
        sa.UniqueConstraint("token", name="uq_subscription_token"),
    )
