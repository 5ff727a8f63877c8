"""The versioned views: the only tables other programs may rely on, documented column by column.

Within a version columns are only added. `change_cursor` grows with every change of a row and cannot skip a late
commit: a view shows a row only when every transaction that could still get a smaller cursor has ended. Read on with
`WHERE (change_cursor, report_id) > (:cursor, :id) ORDER BY change_cursor, report_id`.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

SETTLED: Final = {
    # Transaction ids below the oldest one still running are final.
    "postgresql": "a.changed_in < pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
    # SQLite has one writer at a time, so numbers are committed in their order.
    "sqlite": "1 = 1",
}

REPORTS_V1: Final = {
    "report_id": "Identity of the article, derived from its canonical URL.",
    "change_cursor": "Number that grows with every change of the row; the key to read on by.",
    "url": "Canonical URL.",
    "final_url": "URL after redirects.",
    "source_id": "Source in the registry.",
    "version": "Number of the current version; 1 is the first text that was stored.",
    "title": "Title, null when the page had none.",
    "lead": "Lead paragraph (sapo), null when the page had none.",
    "text": "Text that all offsets refer to, in code points.",
    "author": "Byline as printed.",
    "outlet": "Outlet credited on the page.",
    "published_at": "Time of publication as the page says it; null when unknown.",
    "published_precision": "minute, day, month or year.",
    "first_fetched_at": "When the page was first fetched.",
    "fetched_at": "When the current version was fetched.",
    "score": "Calibrated probability, 0 to 1, that the article is a reform report.",
    "rules_version": "Rules and seeds that judged.",
    "explanation": "JSON: nearest seeds and deciding terms.",
    "pillars": "Ids of the primary pillars, comma-separated in alphabetical order; empty when none.",
    "place_then": "Unit the article is about, by its name on the article's date; null when national.",
    "place_level": "province, district, commune, ...; null when national.",
    "district_then": "District of that unit on that date.",
    "province_then": "Province of that unit on that date.",
    "province_now": "Province that unit lies in today.",
}

COLUMNS: Final = {"reports_v1": REPORTS_V1}
"""What each view promises, by view and column."""


def refresh(connection: sa.Connection) -> None:
    """Create or replace every view. PostgreSQL itself refuses a replacement that drops or reorders columns."""
    dialect = connection.dialect.name
    verb = "CREATE OR REPLACE VIEW" if dialect == "postgresql" else "CREATE VIEW"
    for name, definition in {"reports_v1": _reports_v1(dialect)}.items():
        connection.execute(sa.text(f"{verb} {name} AS {definition}"))


def drop_for_migration(connection: sa.Connection) -> None:
    """SQLite rebuilds tables to alter them, which views on them would prevent; they are created anew afterwards."""
    if connection.dialect.name == "sqlite":
        for name in COLUMNS:
            connection.execute(sa.text(f"DROP VIEW IF EXISTS {name}"))


def _reports_v1(dialect: str) -> str:
    # SQLite's group_concat takes no ORDER BY before 3.44: the rows are ordered before they are joined.
    join_pillars = {
        "postgresql": "string_agg(t.pillar, ',' ORDER BY t.pillar)",
        "sqlite": "group_concat(t.pillar, ',')",
    }[dialect]
    return f"""
    SELECT a.id AS report_id, a.changed_in AS change_cursor, a.url, v.final_url, a.source_id, v.number AS version,
           v.title, v.lead, v.text, v.author, v.outlet, v.published_at, v.published_precision,
           a.first_fetched_at, v.fetched_at, v.score, v.rules_version, v.explanation,
           COALESCE((SELECT {join_pillars}
                     FROM (SELECT pillar FROM article_tag
                           WHERE article_id = v.article_id AND version = v.number AND role = 'primary'
                           ORDER BY pillar) AS t), '') AS pillars,
           p."then" AS place_then, p.level AS place_level, p.district_then, p.province_then, p.province_now
    FROM article AS a
    JOIN article_version AS v ON v.article_id = a.id AND v.number = a.current_version
    LEFT JOIN article_place AS p ON p.article_id = v.article_id AND p.version = v.number AND p.is_primary
    WHERE v.is_report AND {SETTLED[dialect]}
    """  # noqa: S608 - every part is a constant of this module
