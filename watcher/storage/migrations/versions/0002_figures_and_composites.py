"""Figures of matches and what was told of them; which stories an alert of a composite signal rests on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from watcher.storage.columns import Json, UtcTime, Words

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("match", sa.Column("quantities", Json(), server_default="[]", nullable=False))
    op.create_table(
        "told_figure",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("signal_id", Words(), nullable=False),
        sa.Column("story_id", Words(), nullable=False),
        sa.Column("name", Words(), nullable=False),
        sa.Column("subject", Words(), nullable=False),
        sa.Column("unit", Words(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("told_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_told_figure_story_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq", name="pk_told_figure"),
    )
    op.create_index("ix_told_figure_signal", "told_figure", ["signal_id", "name", "subject", "seq"])
    op.create_index("ix_told_figure_story", "told_figure", ["story_id"])
    op.create_table(
        "contribution",
        sa.Column("occurrence_id", Words(), nullable=False),
        sa.Column("signal_id", Words(), nullable=False),
        sa.Column("story_id", Words(), nullable=False),
        sa.Column("composite_id", Words(), nullable=False),
        sa.Column("document_id", Words(), nullable=False),
        sa.Column("happened_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["occurrence_id"], ["story.id"], name="fk_contribution_occurrence_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("occurrence_id", "signal_id", "story_id", name="pk_contribution"),
    )
    op.create_index("ix_contribution_composite", "contribution", ["composite_id", "happened_at"])
