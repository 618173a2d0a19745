"""What waits for a digest, a group or a channel's limit, and the digests that left."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from watcher.storage.columns import Json, UtcTime, Words

revision = "0007"
down_revision = "0006"

_COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "held",
        sa.Column("seq", _COUNTER, autoincrement=True, nullable=False),
        sa.Column("channel", Words(), nullable=False),
        sa.Column("bucket", Words(), nullable=False),
        sa.Column("why", Words(), nullable=False),
        sa.Column("alert_id", Words(), nullable=False),
        sa.Column("message", Json(), nullable=False),
        sa.Column("held_at", UtcTime(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("left_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name="pk_held"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name="fk_held_alert_id", ondelete="CASCADE"),
    )
    op.create_index("ix_held_alert", "held", ["alert_id", "seq"])
    op.create_index("ix_held_left", "held", ["channel", "bucket", "left_at"])
    waiting = sa.text("left_at IS NULL")
    op.create_index("ix_held_waiting", "held", ["channel", "bucket"], sqlite_where=waiting, postgresql_where=waiting)
    op.create_table(
        "digest_run",
        sa.Column("channel", Words(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "until", name="pk_digest_run"),
    )
