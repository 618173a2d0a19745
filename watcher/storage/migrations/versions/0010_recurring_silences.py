"""Silences that mute only in some hours of the day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from watcher.storage.columns import Json

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("silence", sa.Column("recurs", Json(), nullable=False, server_default="null"))
