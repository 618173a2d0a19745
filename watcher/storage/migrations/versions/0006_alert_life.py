"""What people do with alerts: who has one and until when, what was done already, and feedback."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from watcher.storage.columns import UtcTime, Words

revision = "0006"
down_revision = "0005"

_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for column in (
        sa.Column("owner", Words(), nullable=False, server_default=""),
        sa.Column("ack_until", UtcTime(), nullable=True),
        sa.Column("snoozed_until", UtcTime(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("alert", column)
    op.create_table(
        "act",
        sa.Column("external_id", Words(), nullable=False),
        sa.Column("alert_id", Words(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("external_id", name="pk_act"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_act_alert_id", ondelete="CASCADE"),
    )
    op.create_index("ix_act_alert", "act", ["alert_id"])
    op.create_table(
        "feedback",
        sa.Column("seq", _COUNTER, autoincrement=True, nullable=False),
        sa.Column("alert_id", Words(), nullable=False),
        sa.Column("signal_id", Words(), nullable=False),
        sa.Column("verdict", Words(), nullable=False),
        sa.Column("actor", Words(), nullable=False),
        sa.Column("via", Words(), nullable=False),
        sa.Column("note", Words(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_feedback"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_feedback_alert_id", ondelete="CASCADE"),
    )
    op.create_index("ix_feedback_alert", "feedback", ["alert_id", "seq"])
    op.create_index("ix_feedback_signal", "feedback", ["signal_id", "seq"])
