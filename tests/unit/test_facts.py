from __future__ import annotations

import json
import re
import time
from dataclasses import asdict
from datetime import datetime
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processor.evaluation.facts import FactScore, score_gold_facts, score_labelled_indicators, totals
from processor.facts.lexicon import FactLexicon
from processor.model import (
    VIETNAM_TIME,
    Article,
    DatePrecision,
    Fact,
    FactKind,
    Place,
    PlaceLevel,
    PlaceResolution,
    PublishedAt,
    Span,
)
from tests.unit.fact_reading import FINDER, TITLE, province, read

SEEDS = files("seeds")
GOLD = json.loads((SEEDS / "gold.json").read_text(encoding="utf-8"))["seeds"]
SCHEMA = json.loads((files("processor.data") / "fact_schema.json").read_text(encoding="utf-8"))
NATIONAL = PlaceResolution(places=(), primary=None)


def seed_article(seed: dict[str, Any]) -> Article:
    lines = (SEEDS / seed["file"]).read_text(encoding="utf-8").split("\n")
    published = None
    if seed["published"]:
        moment = datetime.fromisoformat(seed["published"])
        moment = moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM_TIME)
        published = PublishedAt(at=moment, precision=DatePrecision.DAY, found_in="given")
    text = "\n".join(lines[number - 1].strip() for number in seed["main_lines"])
    return Article(text=text, title=seed["title"], published=published)


def seed_places(seed: dict[str, Any], text: str) -> PlaceResolution:
    """The annotated places, wherever the text names them."""
    found = []
    for row in (seed["primary_place"], *(row for row in seed["places"] if row != seed["primary_place"])):
        names = {row["then"], row["then"].split(" ", 1)[1]}
        starts = {
            text.find(name, at): name for name in sorted(names) for at in range(len(text)) if text.startswith(name, at)
        }
        spans = tuple(Span(start=at, end=at + len(name), quote=name) for at, name in sorted(starts.items()))
        found.append(
            Place(
                then=row["then"],
                level=PlaceLevel(row["level"]),
                district_then=row["district_then"],
                province_then=row["province_then"],
                province_now=row["province_now"],
                spans=spans,
            )
        )
    return PlaceResolution(places=tuple(found), primary=found[0])


def seed_facts(seed: dict[str, Any]) -> tuple[Fact, ...]:
    article = seed_article(seed)
    return FINDER.find(article, seed_places(seed, article.text), ())


def test_the_seeds_facts_are_found_and_nothing_else() -> None:
    scores = [score_gold_facts(seed_facts(seed), seed["facts"]) for seed in GOLD]
    precision, recall = totals(scores)
    assert precision >= 0.97
    assert recall >= 0.95


@pytest.mark.parametrize("seed", GOLD, ids=lambda seed: seed["file"][:3])
def test_tempting_numbers_of_the_seeds_are_no_facts(seed: dict[str, Any]) -> None:
    found = seed_facts(seed)
    for tempting in seed["non_facts"]:
        assert not [fact for fact in found if tempting["q"] in fact.span.quote]


def as_record(fact: Fact) -> dict[str, Any]:
    record = {name: value for name, value in asdict(fact).items() if name not in {"sentence", "scope"}}
    place = record.pop("place")
    kept = ("then", "level", "district_then", "province_then", "province_now", "code_then", "code_now", "how")
    record["place"] = {name: place[name] for name in kept} | {"scope": fact.scope}
    return json.loads(json.dumps(record))  # type: ignore[no-any-return]


@pytest.mark.parametrize("seed", GOLD, ids=lambda seed: seed["file"][:3])
def test_facts_follow_the_schema(seed: dict[str, Any]) -> None:
    for fact in seed_facts(seed):
        jsonschema.validate(as_record(fact), SCHEMA)


def test_every_unit_of_the_data_is_one_of_the_schema() -> None:
    units = set(SCHEMA["properties"]["unit"]["enum"])
    lexicon = FactLexicon.load()
    assert {measure.unit for measure in lexicon.measures} <= units
    assert {index.unit for index in lexicon.indices.values()} <= units
    assert {measure.rate for measure in lexicon.counts.measures if measure.rate}.isdisjoint(
        {measure.id for measure in lexicon.counts.measures}
    )


def test_a_measure_with_an_unknown_concept_is_refused() -> None:
    row = {"id": "x", "unit": "%", "needs": ["NO_SUCH"], "bounds": [0, 1]}
    data = {
        "version": 1, "gate": [], "connectors": [], "fillers": [], "indices": {}, "components": {}, "regions": {},
        "concepts": {}, "foreign": [],
        "measures": [row],
    }  # fmt: skip
    with pytest.raises(ValueError, match="NO_SUCH"):
        FactLexicon.from_data(data, {"version": 1, "bodies": {}, "departments": []})


WORDS = st.sampled_from(
    re.split(
        r"\|",
        "PAR Index|SIPAS|chỉ số CCHC|tỉnh|Hà Nam|đạt|xếp thứ|hạng|8/63|87,42%|87.42|1.055.175|hồ sơ|đúng hạn|quá hạn|"
        "tiếp nhận|giải quyết|năm 2022|so với năm 2021|(|)|,|;|.|tăng 14 bậc|từ|lên|lần lượt|và|trung bình|cao nhất|"
        "dẫn đầu|là|Bộ Tư pháp|mục tiêu|đến năm 2025|tối thiểu|%|\n|-|TTHC|dịch vụ công trực tuyến|mức độ 4|"
        "dao động từ 3,5 đến 6,7|khu vực ĐBSCL",
    )
)


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=40), st.booleans())
def test_any_order_of_words_is_read_without_error_and_quoted_faithfully(words: list[str], is_dated: bool) -> None:
    text = " ".join(words).strip()
    for fact in read(text, "Hà Nam", published="2024-01-01" if is_dated else None):
        assert text[fact.span.start : fact.span.end] == fact.span.quote != ""
        assert text[fact.sentence.start : fact.sentence.end] == fact.sentence.quote
        assert fact.value is not None or fact.rank is not None or fact.delta is not None
        jsonschema.validate(as_record(fact), SCHEMA)


def test_finding_twice_gives_the_same() -> None:
    text = "Năm 2023, PAR Index của tỉnh đạt 87,1%, xếp thứ 20/63. Tiếp nhận 5.000 hồ sơ."
    assert read(text, "Hà Nam") == read(text, "Hà Nam")


@pytest.mark.parametrize(
    "unit",
    [
        "PAR Index đạt 87,42%, ",
        "tỉnh tiếp nhận 1.234 hồ sơ, ",
        "từ hạng 2 lên ",
        "( hạng 2 ",
        " và thứ 3",
        "thủ tục hành chính ",
        "1.2.3.4/5/6 ",
        "năm 2020 chỉ số par index, ",
        "cải cách hành chính đến năm 2025 mục tiêu ",
    ],
)
def test_hostile_repetition_is_read_in_bounded_time(unit: str) -> None:
    article = Article(text=unit * (300_000 // len(unit)), title=TITLE)
    began = time.process_time()
    FINDER.find(article, NATIONAL, ())
    assert time.process_time() - began < 3


# scoring


def labelled(text: str, labels: list[dict[str, Any]]) -> FactScore:
    return score_labelled_indicators(read(text, "Hà Nam"), labels)


def test_labels_of_score_and_rank_are_answered_by_one_fact() -> None:
    text = "PAR Index năm 2022 của Hà Nam đạt 87,42%, xếp thứ 8/63."
    labels = [
        {"name": "PAR_INDEX", "value": 87.42, "unit": "%", "year": 2022, "entity": "Hà Nam"},
        {"name": "PAR_INDEX_RANK", "value": 8, "unit": "hạng/63", "year": 2022, "entity": "Hà Nam"},
        {"name": "BUDGET", "value": 8, "unit": "tỷ", "year": 2022, "entity": "Hà Nam"},
    ]
    score = labelled(text, labels)
    assert (score.precision, score.recall, len(score.matched)) == (1.0, 1.0, 2)


def test_a_wrong_year_is_both_missed_and_extra() -> None:
    labels = [{"name": "DOSSIERS_RECEIVED", "value": 500, "unit": "hồ sơ", "year": 2020, "entity": "Hà Nam"}]
    score = labelled("Năm 2021, tỉnh tiếp nhận 500 hồ sơ.", labels)
    assert (len(score.missed), len(score.extra)) == (1, 1)


def test_shares_and_counts_of_dossiers_are_not_confused() -> None:
    labels = [{"name": "DOSSIERS_OVERDUE_PCT", "value": 0.5, "unit": "%", "year": 2021, "entity": "Hà Nam"}]
    assert labelled("Năm 2021, hồ sơ quá hạn chiếm 0,5%.", labels).recall == 1
    labels[0]["name"] = "DOSSIERS_OVERDUE"
    assert labelled("Năm 2021, hồ sơ quá hạn chiếm 0,5%.", labels).recall == 0


def test_the_kind_must_be_right_for_gold() -> None:
    facts = read("Năm 2021, tỉnh tiếp nhận 500 hồ sơ.", "Hà Nam")
    gold = {
        "indicator": "dossiers_received", "kind": "achieved", "value": 500, "year": 2021,
        "place": {"level": "province", "province_then": "Hà Nam", "then": "tỉnh Hà Nam"},
    }  # fmt: skip
    assert score_gold_facts(facts, [gold]).recall == 1
    assert score_gold_facts(facts, [gold | {"kind": "target"}]).recall == 0
    assert facts[0].kind is FactKind.ACHIEVED
    assert facts[0].place.then == province("Hà Nam").then
