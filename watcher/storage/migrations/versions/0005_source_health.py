"""How a source does, its rhythm, and what may have been missed of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from watcher.storage.columns import UtcTime, Words

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for column in (
        sa.Column("url", Words(), nullable=False, server_default=""),
        sa.Column("failure", Words(), nullable=False, server_default=""),
        sa.Column("health_since", UtcTime(), nullable=True),
        sa.Column("leaning", Words(), nullable=False, server_default="new"),
        sa.Column("leaning_polls", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("told_health", Words(), nullable=False, server_default="new"),
        sa.Column("rhythm_s", sa.Float(), nullable=True),
        sa.Column("latency_s", sa.Float(), nullable=True),
        sa.Column("pause_s", sa.Float(), nullable=True),
        sa.Column("hurry", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("windows_missed", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("missed_from", UtcTime(), nullable=True),
        sa.Column("missed_until", UtcTime(), nullable=True),
        sa.Column("held", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("source_state", column)
    # What was known already is neither news nor to be waited for.
    op.execute("UPDATE source_state SET leaning = health, leaning_polls = 1, told_health = health")
