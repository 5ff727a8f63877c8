"""Each of the ten questions in `deploy/questions.sql` is one query on the views, and answers rightly on known data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from processor.facts.lexicon import FactLexicon
from processor.facts.reference_tables import indicator_rows, official_rows
from processor.records import RESULT_RULES
from reformwatch.claims import compare
from store import migrate, reference_data
from store.claims import current_claims
from store.database import Database
from store.events import PAGES
from store.models import Source
from store.positions import Positions
from store.result_records import PageResult
from store.results import ResultStore
from tests.parts.results import article_result

QUESTIONS = Path(__file__).parents[2] / "deploy" / "questions.sql"
PARAMETERS = {"province": "Tây Ninh", "year": 2021, "document": "282/QĐ-TTg", "since": date(2026, 3, 1)}


def question(number: int) -> str:
    statements = re.split(r"^-- Q(\d+) ", QUESTIONS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    text = dict(zip(statements[1::2], statements[2::2], strict=True))[str(number)]
    return text.split("\n", 1)[1].strip().rstrip(";")


def fact(indicator: str, value: float | None, **fields: Any) -> dict[str, Any]:
    return {
        "indicator": indicator, "component": None, "kind": "achieved", "value": value, "unit": "%", "comparator": "=",
        "numerator": None, "denominator": None, "rate": None, "rank": None, "out_of": None, "rank_scope": None,
        "delta": None, "delta_unit": None, "base_year": None, "year": 2022, "period": None, "year_source": "sentence",
        "scope": None, "region": None, "cue": None, "confidence": "high", "place_then": "Long An",
        "place_level": "province", "place_how": "explicit", "district_then": None, "province_then": "Long An",
        "province_now": "Tây Ninh", "consistency": None, "span_start": 0, "span_end": 4, "quote": "đạt",
        "sentence": f"{indicator} {value}",
    } | fields  # fmt: skip


def place() -> dict[str, Any]:
    return {
        "is_primary": True, "role": "subject", "how": "explicit", "level": "province", "then": "Long An",
        "district_then": None, "province_then": "Long An", "province_now": "Tây Ninh", "code_then": 80, "code_now": 80,
        "candidates": [], "spans": [],
    }  # fmt: skip


def reference(code: str, dated: date) -> dict[str, Any]:
    number, rest = code.split("/")
    kind, body = rest.split("-")
    return {
        "code": code, "number": number, "type": kind, "body": body, "year": dated.year, "dated": dated, "issuer": None,
        "span_start": 0, "span_end": 4, "quote": code,
    }  # fmt: skip


def report(
    offset: int, *facts: dict[str, Any], published: datetime, source: str = "longan", **parts: Any
) -> PageResult:
    result = article_result(offset, url=f"https://a.vn/{offset}", text=f"t{offset}", facts=facts, **parts)
    assert result.article
    assert result.page
    version = {**result.article.version, "published_at": published}
    return replace(
        result, page=replace(result.page, source_id=source), article=replace(result.article, version=version)
    )


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate.upgrade(database)
    reference_data.refresh(database, indicators=indicator_rows(FactLexicon.load()), official=official_rows())
    store = ResultStore(database, Positions(database, "processor", PAGES), RESULT_RULES)
    tag = {"pillar": "TTHC", "role": "primary", "evidence": []}
    # 18:30 in UTC on the last day of a quarter is the first day of the next in Vietnam.
    turn = datetime(2026, 3, 31, 18, 30, tzinfo=UTC)
    store.commit(
        [
            report(
                0,
                fact("dossiers_overdue_rate", 0.39),
                fact("dossiers_early_rate", 55.0),
                fact("dossiers_ontime_rate", 44.0),
                fact("par_index", 87.0, rank=8, out_of=63, unit="point"),
                fact("par_index_component", None, kind="component", component="TAI_CHINH_CONG", rank=50, out_of=63),
                published=turn,
                places=[place()],
                tags=[tag],
                references=[reference("282/QĐ-TTg", date(2026, 2, 12))],
            ),
            report(
                1,
                fact("dossiers_online_rate", 60.0, kind="target", comparator=">=", year=2021),
                fact("dossiers_online_rate", 41.5, year=2021),
                fact("dossiers_online_rate", 70.0, year=2022),
                fact("sipas", 870.0),
                published=datetime(2026, 3, 5, tzinfo=UTC),
            ),
            report(2, fact("par_index", 87.42, unit="point"), published=turn, source="press"),
        ]
    )
    with database.transaction() as connection:
        row = {"name": "Long An", "kind": "portal", "home": "https://a.vn", "official": True, "enabled": True}
        connection.execute(sa.insert(Source).values(id="longan", failures=0, state={}, **row))
    yield database
    database.close()


def ask(database: Database, number: int) -> list[Any]:
    statement = sa.text(question(number))
    wanted = {name: value for name, value in PARAMETERS.items() if f":{name}" in str(statement)}
    if database.dialect == "sqlite":
        wanted = {name: str(value) if isinstance(value, date) else value for name, value in wanted.items()}
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(statement, wanted)]


def test_question_1_lists_overdue_claims_with_sentence_and_link(database: Database) -> None:
    rows = ask(database, 1)
    assert [(row[0], row[1], row[2], row[5], row[6]) for row in rows] == [
        (2022, "Long An", 0.39, "dossiers_overdue_rate 0.39", "https://a.vn/0")
    ]
    assert str(rows[0][4]) == "2026-04-01", "the day in Vietnam"


def test_question_2_sets_targets_beside_results(database: Database) -> None:
    assert ask(database, 2) == [("Tây Ninh", 41.5, 60.0)]


def test_question_3_finds_claims_that_differ_from_the_published_table(database: Database) -> None:
    assert [(row[0], row[3], row[4]) for row in ask(database, 3)] == [("https://a.vn/0", 87.0, 87.42)]


def test_question_4_counts_coverage_by_quarter_of_vietnam(database: Database) -> None:
    assert ask(database, 4) == [("Tây Ninh", "2026-Q2", "TTHC", 1)]


def test_question_5_compares_climbers(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO official_index (id, indicator, year, province_then, province_now, rank, source) VALUES "
                "(9001, 'par_index', 2031, 'Long An', 'Tây Ninh', 22, 's'), "
                "(9002, 'par_index', 2032, 'Long An', 'Tây Ninh', 8, 's'), "
                "(9003, 'pci', 2032, 'Long An', 'Tây Ninh', 12, 's'), "
                "(9004, 'pci', 2033, 'Long An', 'Tây Ninh', 10, 's')"
            )
        )
    assert ("Long An", 2032, 14, 2) in ask(database, 5)


def test_question_6_finds_missed_targets(database: Database) -> None:
    assert ask(database, 6) == [("Long An", "dossiers_online_rate", 60.0, 41.5, "https://a.vn/1")]


def test_question_7_counts_days_from_signature_to_first_mention(database: Database) -> None:
    rows = ask(database, 7)
    assert [(row[0], row[2]) for row in rows] == [("Tây Ninh", 48)]


def test_question_8_finds_the_weakest_components(database: Database) -> None:
    assert [row[:5] for row in ask(database, 8)] == [("Long An", 2022, "TAI_CHINH_CONG", 50, 63)]


def test_question_9_finds_what_cannot_be(database: Database) -> None:
    found = {(row[1], round(row[2], 2)) for row in ask(database, 9)}
    assert found == {("sipas", 870.0), ("sum_of_rates", 99.39)}


def test_question_10_finds_figures_that_moved(database: Database) -> None:
    assert ask(database, 10) == [("Long An", "dossiers_online_rate", 41.5, 70.0, "https://a.vn/1")]


def test_contradicting_claims_are_reported_and_both_kept(database: Database) -> None:
    found = compare(current_claims(database))
    (pair,) = found["contradictions"]
    assert {pair["one"]["value"], pair["other"]["value"]} == {87.0, 87.42}
    assert pair["preferred"] == "https://a.vn/0", "the official source"
    assert {(doubt["indicator"], doubt["reason"]) for doubt in found["implausible"]} == {
        ("sipas", "out_of_bounds"),
        ("par_index", "differs_from_table"),
    }
