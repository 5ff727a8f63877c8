"""Scores found facts against an annotation: the seeds' gold facts, or indicator labels of articles.

Pure. One found fact may answer several annotated ones (a score with its rank, a headline that repeats the text).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from processor.model import Fact, FactKind, PlaceLevel
from processor.text import fold

CORE_INDICES = ("par_index", "sipas", "papi", "pci", "ddci")
_LABEL_ROOTS = (*CORE_INDICES, "pgi", "dti", "ict_index", "dossiers")
_LOCAL_INDICES = {"cchc_index_district", "cchc_index_commune", "cchc_index_department", "par_index_region"}
_CLOSE = 0.0051


@dataclass(frozen=True, slots=True)
class FactScore:
    """What of an annotation was found, what was missed, and what was found that it does not hold."""

    matched: tuple[Mapping[str, Any], ...]
    missed: tuple[Mapping[str, Any], ...]
    right: tuple[Fact, ...]
    """The found facts that are annotated."""
    extra: tuple[Fact, ...]

    @property
    def recall(self) -> float:
        total = len(self.matched) + len(self.missed)
        return len(self.matched) / total if total else 1.0

    @property
    def precision(self) -> float:
        total = len(self.right) + len(self.extra)
        return len(self.right) / total if total else 1.0


def score_gold_facts(found: Sequence[Fact], gold_facts: Sequence[Mapping[str, Any]]) -> FactScore:
    """Against facts of `fact_schema.json`: indicator, value or rank or rate or delta, kind, year and place must "
    "be right."""
    return _score(found, gold_facts, _answers_gold)


def score_labelled_indicators(found: Sequence[Fact], labels: Sequence[Mapping[str, Any]]) -> FactScore:
    """Against labels with `name`, `value`, `year` and `entity`, such as PAR_INDEX_RANK 3 in 2016 for a ministry.

    Only core figures count: PAR Index, SIPAS, PAPI, PCI, DDCI with their components, and dossiers. Found changes
    (comparisons), targets and components count when they are labelled and are otherwise ignored.
    """
    core = [label for label in labels if _root(str(label["name"])) in {*CORE_INDICES, "dossiers"}]
    slots = [fact for fact in found if _is_core(fact)]
    score = _score(slots, core, _answers_label)
    ignored = {FactKind.COMPARISON, FactKind.TARGET, FactKind.COMPONENT}
    extra = tuple(fact for fact in score.extra if fact.kind not in ignored)
    return FactScore(score.matched, score.missed, score.right, extra)


def _score(found: Sequence[Fact], annotated: Sequence[Mapping[str, Any]], answers: Any) -> FactScore:
    matched: list[Mapping[str, Any]] = []
    missed: list[Mapping[str, Any]] = []
    right: list[Fact] = []
    for item in annotated:
        answering = [fact for fact in found if answers(fact, item)]
        (matched if answering else missed).append(item)
        right += [fact for fact in answering if not any(fact is known for known in right)]
    extra = tuple(fact for fact in found if not any(fact is known for known in right))
    return FactScore(tuple(matched), tuple(missed), tuple(right), extra)


def _answers_gold(fact: Fact, gold: Mapping[str, Any]) -> bool:
    if fact.indicator != gold["indicator"] or fact.kind != gold["kind"] or fact.year != gold.get("year"):
        return False
    numbers = ((fact.value, "value"), (fact.rank, "rank"), (fact.delta, "delta"))
    if not all(_close(mine, gold.get(name)) for mine, name in numbers if gold.get(name) is not None):
        return False
    if all(gold.get(name) is None for _, name in numbers) and not _close(fact.rate, gold.get("rate")):
        return False
    if gold.get("component") is not None and fact.component != gold["component"]:
        return False
    return _same_place(fact, gold["place"])


def _same_place(fact: Fact, place: Mapping[str, Any]) -> bool:
    mine = fact.place
    if mine.level != place["level"] or mine.province_then != place.get("province_then"):
        return False
    if place["level"] in {PlaceLevel.DISTRICT, PlaceLevel.COMMUNE}:
        return _plain(mine.district_then or mine.then or "") == _plain(
            place.get("district_then") or place["then"] or ""
        )
    if place["level"] == PlaceLevel.DEPARTMENT:
        return _plain(mine.then or "") == _plain(place["then"] or "")
    return True


def _answers_label(fact: Fact, label: Mapping[str, Any]) -> bool:
    name, value = str(label["name"]), float(label["value"])
    root = _root(name)
    rest = name.lower().removeprefix(root.removesuffix("_index")).removeprefix("_index")
    if root is None or not _same_measure(fact, root, rest):
        return False
    if label.get("year") is not None and fact.year != label["year"]:
        return False
    if not _same_entity(fact, str(label.get("entity") or "")):
        return False
    if rest.endswith("_delta"):
        return _close(fact.delta, value)
    if rest.endswith("_rank"):
        return _close(fact.rank, value)
    return _close(fact.value, value) or _close(fact.rate, value)


def _same_measure(fact: Fact, root: str, rest: str) -> bool:
    if root == "dossiers":
        named = fact.indicator.removesuffix("_rate")
        wanted = re.sub(r"_(?:pct|rate|target|count)\b|_pct$|_rate$", "", "dossiers" + rest)
        return named == wanted and (fact.unit == "%") == rest.endswith(("_pct", "_rate"))
    component = re.sub(r"^_|_?(?:rank|delta|pct|min|max|avg|mean|target|prev|score)(?=_|$)", "", rest)
    if component:
        return fact.indicator == f"{root}_component"
    return fact.indicator == root or (root == "par_index" and fact.indicator in _LOCAL_INDICES)


def _root(name: str) -> str:
    lower = name.lower()
    return next((root for root in _LABEL_ROOTS if lower.startswith(root)), "")


def _is_core(fact: Fact) -> bool:
    if fact.indicator in _LOCAL_INDICES:
        return True
    if fact.indicator.startswith("dossiers_"):
        return fact.unit in {"dossier", "%"} or fact.delta is not None
    return _root(fact.indicator) in CORE_INDICES


def _same_entity(fact: Fact, entity: str) -> bool:
    wanted = _plain(entity)
    place = fact.place
    if wanted in {"ca nuoc", "cả nước", "toàn quốc", ""}:
        return place.level is PlaceLevel.NATIONAL
    names = {_plain(name) for name in (place.then, place.district_then, place.province_then) if name}
    return any(wanted == name or wanted in name or name in wanted for name in names)


_UNIT_WORDS = re.compile(r"^(?:tỉnh|thành phố|tp\.?|huyện|thị xã|quận|xã|phường|thị trấn)\s?")


def _plain(name: str) -> str:
    return _UNIT_WORDS.sub("", fold(name).replace("tp. ", "").replace("tp.", "").strip())


def _close(mine: float | None, wanted: float | None) -> bool:
    return mine is not None and wanted is not None and abs(float(mine) - float(wanted)) <= _CLOSE


def totals(scores: Iterable[FactScore]) -> tuple[float, float]:
    """(precision, recall) over many articles."""
    right = extra = matched = missed = 0
    for score in scores:
        right, extra = right + len(score.right), extra + len(score.extra)
        matched, missed = matched + len(score.matched), missed + len(score.missed)
    precision = right / (right + extra) if right + extra else 1.0
    recall = matched / (matched + missed) if matched + missed else 1.0
    return precision, recall
