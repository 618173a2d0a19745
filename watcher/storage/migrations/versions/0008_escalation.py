"""Ladders under way."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from watcher.storage.columns import Json, UtcTime, Words

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "escalation_run",
        sa.Column("id", Words(), nullable=False),
        sa.Column("alert_id", Words(), nullable=False),
        sa.Column("ladder", Json(), nullable=False),
        sa.Column("message", Json(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcTime(), nullable=True),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("ended", Words(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_escalation_run"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_escalation_run_alert_id", ondelete="CASCADE"),
    )
    op.create_index("ix_escalation_run_alert", "escalation_run", ["alert_id", "started_at"])
    under_way = sa.text("next_at IS NOT NULL")
    op.create_index(
        "ix_escalation_run_next", "escalation_run", ["next_at"], sqlite_where=under_way, postgresql_where=under_way
    )
