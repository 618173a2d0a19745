"""Addresses that said for good that nothing is to be sent to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from watcher.storage.columns import UtcTime, Words

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "closed_endpoint",
        sa.Column("channel", Words(), nullable=False),
        sa.Column("endpoint", Words(), nullable=False),
        sa.Column("closed_at", UtcTime(), nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name="pk_closed_endpoint"),
    )
