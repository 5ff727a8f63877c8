"""Site profiles and events of sources

Revision: 0004
Follows: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "source_profile",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("profile", store.types.Json, nullable=False),
        sa.Column("learned_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("evidence", store.types.Json, nullable=False),
        sa.Column("retired_at", store.types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("source_id", "version", name=op.f("pk_source_profile")),
    )
    op.create_table(
        "source_event",
        sa.Column("id", store.types.BigId, autoincrement=True, nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", store.types.UtcDateTime(), nullable=False),
        sa.Column("detail", store.types.Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_event")),
    )
    op.create_index(op.f("ix_source_event_source_id"), "source_event", ["source_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_source_event_source_id"), table_name="source_event")
    op.drop_table("source_event")
    op.drop_table("source_profile")
