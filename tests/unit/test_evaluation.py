from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from processor.evaluation.corpus import Corpus, load_corpus, reference_key
from processor.evaluation.measures import Problem, area_under_curve, window
from processor.evaluation.report import (
    Baseline,
    analyse_all,
    check_floors,
    evaluate,
    load_baseline,
    parse_baseline,
    with_floors,
)
from processor.model import (
    VIETNAM_TIME,
    Article,
    DatePrecision,
    Outcome,
    Page,
    Pillar,
    PillarRole,
    PillarTag,
    PlainText,
    PublishedAt,
    Reference,
    Relevance,
    Span,
    Verdict,
)
from processor.pipeline import Pipeline


class KeywordPipeline:
    """Reports whatever contains a word: simple enough to know every score by hand."""

    def analyze(self, item: Page | PlainText) -> Verdict:
        text = item.body.decode("utf-8") if isinstance(item, Page) else f"{item.title}\n{item.text}"
        relevant = "hành chính" in text.lower()
        score = 0.9 if relevant else 0.1
        start = text.find("61/2018")
        reference = Reference(
            code="61/2018/NĐ-CP",
            number="61",
            type="NĐ",
            body="CP",
            year=2018,
            dated=None,
            issuer=None,
            span=Span(start=start, end=start + 7, quote="61/2018"),
        )
        return Verdict(
            outcome=Outcome.REPORT if relevant else Outcome.NOT_A_REPORT,
            article=Article(text=text, title=text.split("\n")[0]),
            relevance=Relevance(is_report=relevant, score=score, seeds=(), terms=(), version="test"),
            pillars=(PillarTag(id=Pillar.TTHC, role=PillarRole.PRIMARY, evidence=()),) if relevant else (),
            references=(reference,) if start >= 0 else (),
        )


ROWS: list[dict[str, Any]] = [
    {
        "id": "a",
        "title": "Cải cách hành chính ở huyện",
        "text": "Thực hiện 61/2018/NĐ-CP.",
        "label": "reform",
        "pillars": ["tthc", "civil"],
        "legal_refs": ["61/2018/NĐ-CP"],
        "province": None,
    },
    {"id": "b", "title": "Sáp nhập xã", "text": "Huyện nhập ba xã.", "label": "reform", "borderline": True},
    {
        "id": "c",
        "title": "Phạt hành chính",
        "text": "Phạt ba xe.",
        "label": "not_reform",
        "hard_negative_kind": "fine",
    },
    {"id": "d", "title": "Trời mưa", "text": "Mưa to.", "label": "not_reform"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "articles.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    general = [{"id": str(n), "title": "Tin", "text": "hành chính" if n == 0 else "khác"} for n in range(4)]
    packed = gzip.compress("".join(json.dumps(row) + "\n" for row in general).encode())
    (tmp_path / "general_news.jsonl.gz").write_bytes(packed)
    return tmp_path


def test_labelled_articles_are_scored_as_counted_by_hand(folder: Path) -> None:
    corpus = load_corpus(folder)
    report = evaluate(analyse_all(KeywordPipeline(), corpus.cases), corpus)
    assert report.value("labelled.relevance.precision") == 0.5
    assert report.value("labelled.relevance.recall") == 0.5
    assert report.value("labelled.relevance.clear_cases.recall") == 1.0
    assert report.value("labelled.relevance.auc") == 0.5
    assert report.value("labelled.let_pass.fine") == 0.0
    assert report.value("labelled.pillars.precision") == 1.0
    assert report.value("labelled.pillars.recall") == 0.5
    assert report.value("labelled.references.f1") == 1.0
    assert report.value("labelled.province.accuracy") == 1.0
    assert report.value("general.reported") == 0.25
    assert report.rules_version == "test"


def test_each_miss_says_what_was_expected_and_shows_its_text(folder: Path) -> None:
    corpus = load_corpus(folder)
    report = evaluate(analyse_all(KeywordPipeline(), corpus.cases), corpus)
    misses = {(miss.measure, miss.article): miss for miss in report.misses}
    assert misses["labelled.relevance", "labelled:b"].problem is Problem.MISSED
    assert "Huyện nhập ba xã" in misses["labelled.relevance", "labelled:b"].window
    assert misses["labelled.relevance", "labelled:c"].problem is Problem.SPURIOUS
    assert misses["labelled.pillars", "labelled:a"].expected == "CONG_VU"
    assert misses["general.reported", "general:0"].found is not None


def test_progress_is_told_for_every_case(folder: Path) -> None:
    corpus = load_corpus(folder)
    told: list[str] = []
    analyse_all(KeywordPipeline(), corpus.cases, lambda case: told.append(case.id))
    assert told == [case.id for case in corpus.cases]


def seed_verdict(published: PublishedAt | None) -> Verdict:
    article = Article(text="", title="Long An: Chủ động đẩy mạnh công tác cải cách hành chính", published=published)
    return Verdict(outcome=Outcome.REPORT, article=article)


def test_a_seed_date_must_be_right_to_the_precision_it_is_known_with() -> None:
    corpus = load_corpus()
    first = Corpus(seeds=corpus.seeds[:1], seeds_digest=corpus.seeds_digest)
    moment = datetime(2021, 10, 26, 15, 53, tzinfo=VIETNAM_TIME)

    def accuracy(published: PublishedAt | None) -> float | None:
        return evaluate({first.seeds[0].id: seed_verdict(published)}, first).value("seeds.published.accuracy")

    exact = PublishedAt(at=moment, precision=DatePrecision.MINUTE, found_in="byline")
    assert accuracy(exact) == 1.0
    assert accuracy(replace(exact, precision=DatePrecision.DAY)) == 0.0
    assert accuracy(replace(exact, at=moment.astimezone(UTC).replace(hour=3))) == 0.0
    assert accuracy(None) == 0.0


def test_a_corpus_without_labels_is_the_seeds_alone() -> None:
    corpus = load_corpus()
    assert [case.id for case in corpus.cases] == [f"seed:00{n}" for n in range(5)]


@pytest.mark.parametrize(
    "line", ["not json", '{"id": "x"}', '{"id": "x", "title": "t", "text": "u", "label": "maybe"}']
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "articles.jsonl").write_text(f"{json.dumps(ROWS[0])}\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"articles\.jsonl:2"):
        load_corpus(tmp_path)


def test_floors_catch_what_fell_what_was_not_measured_and_other_seeds(folder: Path) -> None:
    corpus = load_corpus(folder)
    report = evaluate(analyse_all(KeywordPipeline(), corpus.cases), corpus)
    held = Baseline(corpus_digest=report.corpus_digest, floors={"general.reported": 0.2})
    assert check_floors(report, held) == []
    broken = Baseline(
        corpus_digest="other", floors={"labelled.relevance.recall": 0.6, "seeds.weather": 1.0, "general.reported": 0.1}
    )
    assert [each.name for each in check_floors(report, broken)] == [
        "corpus",
        "labelled.relevance.recall",
        "seeds.weather",
    ]
    floors = {each.name: each.floor for each in with_floors(report, broken).measures}
    assert floors["labelled.relevance.recall"] == 0.6
    assert floors["labelled.relevance.precision"] is None


def test_the_baseline_belongs_to_the_seeds_it_comes_with() -> None:
    baseline = load_baseline()
    assert baseline.corpus_digest == load_corpus().seeds_digest
    assert all(0.0 < floor <= 1.0 for floor in baseline.floors.values())
    assert parse_baseline('{"corpus_digest": "x", "floors": {}}') == Baseline(corpus_digest="x", floors={})


def test_the_pipeline_holds_the_floors_on_the_seeds() -> None:
    corpus = load_corpus()
    report = evaluate(analyse_all(Pipeline.load(), corpus.cases), corpus)
    assert check_floors(report, load_baseline()) == [], report.misses


def test_references_are_compared_in_one_spelling() -> None:
    assert reference_key("076/ NQ–CP") == reference_key("76/nq-cp")


@given(st.lists(st.sampled_from([0.1, 0.2, 0.3]), max_size=8), st.lists(st.sampled_from([0.1, 0.2, 0.3]), max_size=8))
def test_the_area_under_the_curve_counts_pairs(positive: list[float], negative: list[float]) -> None:
    area = area_under_curve(positive, negative)
    if not positive or not negative:
        assert area is None
        return
    pairs = [(a > b) + (a == b) / 2 for a in positive for b in negative]
    assert area == pytest.approx(sum(pairs) / len(pairs))


def test_a_window_marks_where_it_was_cut() -> None:
    text = "x" * 200 + " số 61/2018 " + "y" * 200
    shown = window(text, 204, 211)
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert "61/2018" in shown
    assert window("ngắn", 0, 4) == "ngắn"
