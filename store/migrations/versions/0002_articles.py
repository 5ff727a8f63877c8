"""The tables of articles and of what is known beforehand

Revision: 0002
Follows: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "article",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("first_fetched_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("current_version", sa.Integer(), nullable=False),
        sa.Column("announced_version", sa.Integer(), nullable=True),
        sa.Column("body_sha256", sa.Text(), nullable=True),
        sa.Column("judged_by", sa.Text(), nullable=True),
        sa.Column("changed_in", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("url", name=op.f("uq_article_url")),
    )
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_changed_in"), ["changed_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_article_source_id"), ["source_id"], unique=False)
    op.create_table(
        "indicator",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("least", sa.Double(), nullable=True),
        sa.Column("most", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator")),
    )
    op.create_table(
        "official_index",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("province_then", sa.Text(), nullable=False),
        sa.Column("province_now", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("out_of", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_index")),
    )
    with op.batch_alter_table("official_index", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_official_index_indicator"), ["indicator"], unique=False)
    op.create_table(
        "article_version",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("final_url", sa.Text(), nullable=False),
        sa.Column("fetched_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("stored_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("outlet", sa.Text(), nullable=True),
        sa.Column("published_at", store.types.UtcDateTime(), nullable=True),
        sa.Column("published_precision", sa.Text(), nullable=True),
        sa.Column("published_found_in", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("truncated", sa.Boolean(), nullable=False),
        sa.Column("is_report", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("explanation", store.types.Json, nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("extractor_version", sa.Text(), nullable=False),
        sa.Column("significance", sa.Float(), nullable=True),
        sa.Column("change_kinds", store.types.Json, nullable=False),
        sa.Column("diff", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_article_version_article_id_article")),
        sa.PrimaryKeyConstraint("article_id", "number", name=op.f("pk_article_version")),
        sa.UniqueConstraint("event_id", name=op.f("uq_article_version_event_id")),
    )
    with op.batch_alter_table("article_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_version_is_report"), ["is_report"], unique=False)
        batch_op.create_index(batch_op.f("ix_article_version_published_at"), ["published_at"], unique=False)
    op.create_table(
        "article_place",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("then", sa.Text(), nullable=True),
        sa.Column("district_then", sa.Text(), nullable=True),
        sa.Column("province_then", sa.Text(), nullable=True),
        sa.Column("province_now", sa.Text(), nullable=True),
        sa.Column("code_then", sa.Integer(), nullable=True),
        sa.Column("code_now", sa.Integer(), nullable=True),
        sa.Column("candidates", store.types.Json, nullable=False),
        sa.Column("spans", store.types.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "version"],
            ["article_version.article_id", "article_version.number"],
            name=op.f("fk_article_place_article_id_article_version"),
        ),
        sa.PrimaryKeyConstraint("article_id", "version", "position", name=op.f("pk_article_place")),
    )
    with op.batch_alter_table("article_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_place_province_now"), ["province_now"], unique=False)
    op.create_table(
        "article_tag",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pillar", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("evidence", store.types.Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "version"],
            ["article_version.article_id", "article_version.number"],
            name=op.f("fk_article_tag_article_id_article_version"),
        ),
        sa.PrimaryKeyConstraint("article_id", "version", "pillar", name=op.f("pk_article_tag")),
    )
    op.create_table(
        "fact",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("component", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("comparator", sa.Text(), nullable=False),
        sa.Column("numerator", sa.Double(), nullable=True),
        sa.Column("denominator", sa.Double(), nullable=True),
        sa.Column("rate", sa.Double(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=True),
        sa.Column("out_of", sa.Integer(), nullable=True),
        sa.Column("rank_scope", sa.Text(), nullable=True),
        sa.Column("delta", sa.Double(), nullable=True),
        sa.Column("delta_unit", sa.Text(), nullable=True),
        sa.Column("base_year", sa.Integer(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("period", sa.Text(), nullable=True),
        sa.Column("year_source", sa.Text(), nullable=True),
        sa.Column("place_then", sa.Text(), nullable=True),
        sa.Column("place_level", sa.Text(), nullable=False),
        sa.Column("place_how", sa.Text(), nullable=False),
        sa.Column("district_then", sa.Text(), nullable=True),
        sa.Column("province_then", sa.Text(), nullable=True),
        sa.Column("province_now", sa.Text(), nullable=True),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("cue", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("consistency", sa.Text(), nullable=True),
        sa.Column("span_start", sa.Integer(), nullable=False),
        sa.Column("span_end", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "version"],
            ["article_version.article_id", "article_version.number"],
            name=op.f("fk_fact_article_id_article_version"),
        ),
        sa.PrimaryKeyConstraint("article_id", "version", "position", name=op.f("pk_fact")),
    )
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fact_indicator"), ["indicator"], unique=False)
        batch_op.create_index(batch_op.f("ix_fact_province_now"), ["province_now"], unique=False)
    op.create_table(
        "legal_reference",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("dated", sa.Date(), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("span_start", sa.Integer(), nullable=False),
        sa.Column("span_end", sa.Integer(), nullable=False),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id", "version"],
            ["article_version.article_id", "article_version.number"],
            name=op.f("fk_legal_reference_article_id_article_version"),
        ),
        sa.PrimaryKeyConstraint("article_id", "version", "position", name=op.f("pk_legal_reference")),
    )
    with op.batch_alter_table("legal_reference", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_legal_reference_code"), ["code"], unique=False)
    op.create_table(
        "article_document",
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("link_text", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id", "version"],
            ["article_version.article_id", "article_version.number"],
            name=op.f("fk_article_document_article_id_article_version"),
        ),
        sa.PrimaryKeyConstraint("article_id", "version", "url", name=op.f("pk_article_document")),
    )
    with op.batch_alter_table("article_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_document_url"), ["url"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("article_document", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_document_url"))
    op.drop_table("article_document")
    with op.batch_alter_table("legal_reference", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_legal_reference_code"))
    op.drop_table("legal_reference")
    with op.batch_alter_table("fact", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fact_province_now"))
        batch_op.drop_index(batch_op.f("ix_fact_indicator"))
    op.drop_table("fact")
    op.drop_table("article_tag")
    with op.batch_alter_table("article_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_place_province_now"))
    op.drop_table("article_place")
    with op.batch_alter_table("article_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_version_published_at"))
        batch_op.drop_index(batch_op.f("ix_article_version_is_report"))
    op.drop_table("article_version")
    with op.batch_alter_table("official_index", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_official_index_indicator"))
    op.drop_table("official_index")
    op.drop_table("indicator")
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_source_id"))
        batch_op.drop_index(batch_op.f("ix_article_changed_in"))
    op.drop_table("article")
