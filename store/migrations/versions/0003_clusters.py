"""Sketches and clusters of syndicated copies

Revision: 0003
Follows: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cluster_id", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_article_cluster_id"), ["cluster_id"], unique=False)

    op.create_table(
        "article_sketch",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", store.types.UtcDateTime(), nullable=False),
        sa.Column("sketch", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("places", store.types.Json, nullable=False),
        sa.Column("figures", store.types.Json, nullable=False),
        sa.Column("names", store.types.Json, nullable=False),
        sa.Column("title", store.types.Json, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_sketch_article_id_article")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_sketch")),
    )
    op.create_table(
        "article_band",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", store.types.UtcDateTime(), nullable=False),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_band_article_id_article")),
        sa.PrimaryKeyConstraint("key", "at", "article_id", name=op.f("pk_article_band")),
    )
    with op.batch_alter_table("article_band", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_band_article_id"), ["article_id"], unique=False)


def downgrade() -> None:
    op.drop_table("article_band")
    op.drop_table("article_sketch")
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_cluster_id"))
        batch_op.drop_column("cluster_id")
