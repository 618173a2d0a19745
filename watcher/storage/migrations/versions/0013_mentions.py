"""Stories that a text on several developments tells of beside its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from watcher.storage.columns import UtcTime, Words

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "story_mention",
        sa.Column("document_id", Words(), nullable=False),
        sa.Column("story_id", Words(), nullable=False),
        sa.Column("signal_id", Words(), nullable=False),
        sa.Column("section", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("assertion", Words(), nullable=False),
        sa.Column("sentence", Words(), nullable=False),
        sa.Column("placed", Words(), nullable=False),
        sa.Column("mentioned_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name="fk_story_mention_document_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["story_id"], ["story.id"], name="fk_story_mention_story_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "story_id", "signal_id", name="pk_story_mention"),
    )
    op.create_index("ix_story_mention_story", "story_mention", ["story_id", "signal_id", "mentioned_at"])
