"""Measures and misses of extracted figures, from the scores of single articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from processor.evaluation.corpus import Case, read_text
from processor.evaluation.facts import FactScore
from processor.evaluation.measures import Miss, Problem, Scored, fraction, window
from processor.model import Fact, Verdict


def score_figures(name: str, rows: Iterable[tuple[Case, Verdict, FactScore]]) -> Scored:
    """Precision over found figures, recall over annotated ones; a figure printed twice may answer one annotation."""
    right = extra = matched = missed = 0
    misses: list[Miss] = []
    for case, verdict, score in rows:
        right += len(score.right)
        extra += len(score.extra)
        matched += len(score.matched)
        missed += len(score.missed)
        text = read_text(case, verdict)
        misses.extend(_missed(name, case, text, each) for each in score.missed)
        misses.extend(_spurious(name, case, text, each) for each in score.extra)
    measures = (
        fraction(f"{name}.precision", right, right + extra),
        fraction(f"{name}.recall", matched, matched + missed),
    )
    return Scored(measures=measures, misses=tuple(misses))


def _missed(name: str, case: Case, text: str, annotated: Mapping[str, Any]) -> Miss:
    span = annotated.get("span") or {}
    start = text.find(span["quote"]) if "quote" in span else -1
    around = window(text, start, start + len(span["quote"])) if start >= 0 else window(text, 0, 0)
    shown = {key: value for key, value in annotated.items() if key in _SHOWN and value is not None}
    return Miss(
        measure=name,
        article=case.id,
        problem=Problem.MISSED,
        expected=" ".join(f"{key}={value}" for key, value in shown.items()),
        found=None,
        window=around,
    )


_SHOWN = ("indicator", "name", "value", "rank", "rate", "delta", "unit", "kind", "year", "component", "entity")


def _spurious(name: str, case: Case, text: str, fact: Fact) -> Miss:
    values = {key: getattr(fact, key, None) for key in _SHOWN}
    values["entity"] = fact.place.then
    return Miss(
        measure=name,
        article=case.id,
        problem=Problem.SPURIOUS,
        expected=None,
        found=" ".join(f"{key}={value}" for key, value in values.items() if value is not None),
        window=window(text, fact.span.start, fact.span.end),
    )
