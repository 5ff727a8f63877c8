"""The first schema

Revision: 0001
Follows: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import store.types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alert_delivery",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("report_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("lease_until", store.types.UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("payload", store.types.Json, nullable=False),
        sa.Column("created_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("sent_at", store.types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_delivery")),
    )
    with op.batch_alter_table("alert_delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_delivery_channel"), ["channel"], unique=False)
        batch_op.create_index("ix_alert_delivery_due", ["state", "next_attempt_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_alert_delivery_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alert_delivery_report_id"), ["report_id"], unique=False)

    op.create_table(
        "article",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("first_fetched_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("current_version", sa.Integer(), nullable=False),
        sa.Column("announced_version", sa.Integer(), nullable=True),
        sa.Column("changed_in", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_article")),
        sa.UniqueConstraint("url", name=op.f("uq_article_url")),
    )
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_article_changed_in"), ["changed_in"], unique=False)
        batch_op.create_index(batch_op.f("ix_article_source_id"), ["source_id"], unique=False)

    op.create_table(
        "change_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_counter")),
    )
    op.create_table(
        "frontier",
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("fetch_url", sa.Text(), nullable=False),
        sa.Column("link_text", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("discovered_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("due_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fetched_at", store.types.UtcDateTime(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body_sha256", sa.Text(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_frontier")),
    )
    with op.batch_alter_table("frontier", schema=None) as batch_op:
        batch_op.create_index("ix_frontier_due", ["state", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_frontier_source_id"), ["source_id"], unique=False)

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
        "offset_gap",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("first_missing", sa.BigInteger(), nullable=False),
        sa.Column("next_present", sa.BigInteger(), nullable=False),
        sa.Column("noticed_at", store.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offset_gap")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("record_key", sa.Text(), nullable=False),
        sa.Column("record_headers", store.types.Json, nullable=False),
        sa.Column("record_value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("published_at", store.types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("event_id", name=op.f("uq_outbox_event_id")),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_waiting",
            ["id"],
            unique=False,
            postgresql_where=sa.text("published_at IS NULL"),
            sqlite_where=sa.text("published_at IS NULL"),
        )

    op.create_table(
        "page_outcome",
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("fetched_at", store.types.UtcDateTime(), nullable=True),
        sa.Column("processed_at", store.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("group", "topic", "partition", "offset", name=op.f("pk_page_outcome")),
    )
    with op.batch_alter_table("page_outcome", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_page_outcome_event_id"), ["event_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_page_outcome_outcome"), ["outcome"], unique=False)
        batch_op.create_index(batch_op.f("ix_page_outcome_url"), ["url"], unique=False)

    op.create_table(
        "position",
        sa.Column("group", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("next_offset", sa.BigInteger(), nullable=False),
        sa.Column("moved_at", store.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("group", "topic", "partition", name=op.f("pk_position")),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("source_id", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("partition", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("record_key", sa.Text(), nullable=False),
        sa.Column("record_headers", store.types.Json, nullable=False),
        sa.Column("record_value", sa.LargeBinary(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("created_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", store.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
    )
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quarantine_state"), ["state"], unique=False)

    op.create_table(
        "source",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.Column("province_then", sa.Text(), nullable=True),
        sa.Column("official", sa.Boolean(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("polled_at", store.types.UtcDateTime(), nullable=True),
        sa.Column("next_poll_at", store.types.UtcDateTime(), nullable=True),
        sa.Column("succeeded_at", store.types.UtcDateTime(), nullable=True),
        sa.Column("new_page_at", store.types.UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("state", store.types.Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
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

    op.bulk_insert(sa.table("change_counter", sa.column("id"), sa.column("value")), [{"id": 1, "value": 0}])


def downgrade() -> None:
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
    op.drop_table("source")
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quarantine_state"))

    op.drop_table("quarantine")
    op.drop_table("position")
    with op.batch_alter_table("page_outcome", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_page_outcome_url"))
        batch_op.drop_index(batch_op.f("ix_page_outcome_outcome"))
        batch_op.drop_index(batch_op.f("ix_page_outcome_event_id"))

    op.drop_table("page_outcome")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_waiting",
            postgresql_where=sa.text("published_at IS NULL"),
            sqlite_where=sa.text("published_at IS NULL"),
        )

    op.drop_table("outbox")
    op.drop_table("offset_gap")
    with op.batch_alter_table("official_index", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_official_index_indicator"))

    op.drop_table("official_index")
    op.drop_table("indicator")
    with op.batch_alter_table("frontier", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_frontier_source_id"))
        batch_op.drop_index("ix_frontier_due")

    op.drop_table("frontier")
    op.drop_table("change_counter")
    with op.batch_alter_table("article", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_article_source_id"))
        batch_op.drop_index(batch_op.f("ix_article_changed_in"))

    op.drop_table("article")
    with op.batch_alter_table("alert_delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alert_delivery_report_id"))
        batch_op.drop_index(batch_op.f("ix_alert_delivery_event_id"))
        batch_op.drop_index("ix_alert_delivery_due")
        batch_op.drop_index(batch_op.f("ix_alert_delivery_channel"))

    op.drop_table("alert_delivery")
