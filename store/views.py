"""The versioned views: the only tables other programs may rely on. `store.view_columns` says what each column means.

Within a version columns are only added. `change_cursor` grows with every change of a report and cannot skip a late
commit: a view shows a row only when every transaction that could still get a smaller cursor has ended. Read on with
`WHERE (change_cursor, report_id) > (:cursor, :id) ORDER BY change_cursor, report_id`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import sqlalchemy as sa

from store.outcome import SCANNED
from store.view_columns import COLUMNS

SETTLED: Final = {
    # Transaction ids below the oldest one still running are final.
    "postgresql": "a.changed_in < pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
    # SQLite has one writer at a time, so numbers are committed in their order.
    "sqlite": "1 = 1",
}
LOCAL_DAY: Final = {
    # Stored in UTC: a report of a Vietnamese morning would else carry the day before.
    "postgresql": "(v.published_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date",
    "sqlite": "date(v.published_at, '+7 hours')",
}
JOINED_PILLARS: Final = {
    "postgresql": "string_agg(t.pillar, ',' ORDER BY t.pillar)",
    # SQLite's group_concat takes no ORDER BY before 3.44: the rows are ordered before they are joined.
    "sqlite": "group_concat(t.pillar, ',')",
}


def refresh(connection: sa.Connection) -> None:
    """Create or replace every view. PostgreSQL itself refuses a replacement that drops or reorders columns."""
    dialect = connection.dialect.name
    verb = "CREATE OR REPLACE VIEW" if dialect == "postgresql" else "CREATE VIEW"
    for name, definition in _definitions(dialect).items():
        connection.execute(sa.text(f"{verb} {name} AS {definition}"))


def drop_for_migration(connection: sa.Connection) -> None:
    """SQLite rebuilds tables to alter them, which views on them would prevent; they are created anew afterwards."""
    if connection.dialect.name == "sqlite":
        for name in COLUMNS:
            connection.execute(sa.text(f"DROP VIEW IF EXISTS {name}"))


_LINKING_REPORT: Final = """(SELECT q.id FROM article_document AS d
            JOIN article AS q ON q.id = d.article_id AND q.current_version = d.version
            JOIN article_version AS u ON u.article_id = q.id AND u.number = q.current_version
            WHERE d.url = a.url AND u.is_report
            ORDER BY q.first_fetched_at, q.id LIMIT 1)"""


def _last(column: str) -> str:
    """Of the last time that the document `d` was processed and something new was found."""
    return f"""(SELECT o.{column} FROM page_outcome AS o
            WHERE o.url = d.url AND o.outcome NOT IN ('unchanged', 'redelivered')
            ORDER BY o.processed_at DESC, o."offset" DESC LIMIT 1)"""  # noqa: S608


def _definitions(dialect: str) -> Mapping[str, str]:
    # Every part is a constant of this module: nothing here comes from outside.
    current = f"""
    FROM article AS a
    JOIN article_version AS v ON v.article_id = a.id AND v.number = a.current_version
    {{join}}
    WHERE v.is_report AND {SETTLED[dialect]}
    """
    day = LOCAL_DAY[dialect]
    delay = {"postgresql": f"{day} - r.dated", "sqlite": f"CAST(julianday({day}) - julianday(r.dated) AS INTEGER)"}[
        dialect
    ]
    primary = "LEFT JOIN article_place AS p ON p.article_id = v.article_id AND p.version = v.number AND p.is_primary"

    def under(table: str, alias: str, more: str = "") -> str:
        join = f"JOIN {table} AS {alias} ON {alias}.article_id = v.article_id AND {alias}.version = v.number"
        return current.format(join=f"{join} {more}")

    return {
        "reports_v1": f"""
    SELECT a.id AS report_id, a.changed_in AS change_cursor, a.url, v.final_url, a.source_id, v.number AS version,
           v.title, v.lead, v.text, v.author, v.outlet, v.published_at, {day} AS published_on,
           v.published_precision, a.first_fetched_at, v.fetched_at, v.score, v.rules_version, v.explanation,
           COALESCE((SELECT {JOINED_PILLARS[dialect]}
                     FROM (SELECT pillar FROM article_tag
                           WHERE article_id = v.article_id AND version = v.number AND role = 'primary'
                           ORDER BY pillar) AS t), '') AS pillars,
           p."then" AS place_then, p.level AS place_level, p.district_then, p.province_then, p.province_now,
           COALESCE(a.cluster_id, a.id) AS cluster_id, {_LINKING_REPORT} AS attachment_of
    {current.format(join=primary)}""",  # noqa: S608
        "versions_v1": f"""
    SELECT a.id AS report_id, a.changed_in AS change_cursor, w.number AS version, a.url, w.fetched_at, w.title, w.text,
           w.score, w.significance, w.change_kinds, w.diff
    {current.format(join="JOIN article_version AS w ON w.article_id = a.id")}""",
        "facts_v1": f"""
    SELECT a.id AS report_id, a.changed_in AS change_cursor, f.position, a.url, a.source_id, s.official,
           COALESCE(a.cluster_id, a.id) AS cluster_id,
           v.published_at, {day} AS published_on, f.indicator, f.component, f.kind, f.value, f.unit, f.comparator,
           f.numerator, f.denominator, f.rate, f.rank, f.out_of, f.rank_scope, f.delta, f.delta_unit, f.base_year,
           f.year, f.period, f.year_source, f.place_then, f.place_level, f.district_then, f.province_then,
           f.province_now, f.scope, f.cue, f.confidence, f.consistency, f.span_start, f.span_end, f.quote, f.sentence,
           v.rules_version
    {under("fact", "f", "LEFT JOIN source AS s ON s.id = a.source_id")}""",
        "legal_references_v1": f"""
    SELECT a.id AS report_id, a.changed_in AS change_cursor, r.position, a.url, v.published_at, {day} AS published_on,
           p.province_now, r.code, r.number, r.type, r.body, r.year, r.dated, {delay} AS days_after_signature,
           r.issuer, r.span_start, r.span_end, r.quote
    {under("legal_reference", "r", primary)}""",
        "places_v1": f"""
    SELECT a.id AS report_id, a.changed_in AS change_cursor, p.position, p.is_primary, p.role, p.how, p.level,
           p."then" AS place_then, p.district_then, p.province_then, p.province_now, p.code_then, p.code_now
    {under("article_place", "p")}""",
        "pillars_v1": f"""
    SELECT a.id AS report_id, a.changed_in AS change_cursor, t.pillar, t.role
    {under("article_tag", "t")}""",
        "documents_v1": f"""
    SELECT d.article_id, a.url, v.is_report, d.position, d.url AS document_url, d.link_text,
           COALESCE(CASE WHEN w.is_report THEN 'report' WHEN b.id IS NOT NULL THEN 'not_a_report' END,
                    {_last("outcome")}, CASE WHEN f.state <> 'discovered' THEN f.state END, 'pending') AS outcome,
           CASE WHEN b.id IS NULL THEN COALESCE({_last("reason")}, f.last_error) END AS reason,
           b.id AS document_id, w.title, w.published_at, {day.replace("v.", "w.")} AS published_on,
           COALESCE(b.id IS NULL AND {_last("reason")} = '{SCANNED}', FALSE) AS scanned
    FROM article_document AS d
    JOIN article AS a ON a.id = d.article_id AND a.current_version = d.version
    JOIN article_version AS v ON v.article_id = d.article_id AND v.number = d.version
    LEFT JOIN article AS b ON b.url = d.url
    LEFT JOIN article_version AS w ON w.article_id = b.id AND w.number = b.current_version
    LEFT JOIN frontier AS f ON f.url = d.url
    WHERE {SETTLED[dialect]}""",  # noqa: S608
        "sources_v1": """
    SELECT id AS source_id, name, kind, home, province_then, official, enabled, polled_at, succeeded_at, new_page_at,
           failures, health, health_reason, health_changed_at, last_error
    FROM source""",
        "source_events_v1": "SELECT id AS event_id, source_id, kind, at, detail FROM source_event",
        "indicators_v1": "SELECT id AS indicator, unit, least, most FROM indicator",
        "official_indices_v1": """
    SELECT indicator, year, province_then, province_now, score, unit, rank, out_of, source, note
    FROM official_index""",
    }
