"""Articles that are fetched for items that half match, and which text a match was scored on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from watcher.storage.columns import UtcTime, Words

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("match", sa.Column("scored_on", Words(), nullable=False, server_default="item"))
    op.create_table(
        "enrichment",
        sa.Column("document_id", Words(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", Words(), nullable=False),
        sa.Column("status", Words(), nullable=False),
        sa.Column("url", Words(), nullable=False),
        sa.Column("host", Words(), nullable=False),
        sa.Column("distance", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("until", UtcTime(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("fetched_at", UtcTime(), nullable=True),
        sa.Column("final_url", Words(), nullable=False),
        sa.Column("title", Words(), nullable=False),
        sa.Column("text", Words(), nullable=False),
        sa.Column("error", Words(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name="fk_enrichment_document_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "version", name="pk_enrichment"),
    )
    op.create_index("ix_enrichment_fetched", "enrichment", ["fetched_at", "host"])
    op.create_index(
        "ix_enrichment_pending",
        "enrichment",
        ["distance", "due_at"],
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
