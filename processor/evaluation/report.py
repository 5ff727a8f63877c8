"""How good the pipeline is: its verdicts on labelled articles, scored and held to floors.

Scoring is pure. `analyse_all` runs a pipeline over a corpus; everything after it works on the verdicts alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import Protocol

from processor.evaluation.corpus import Case, Corpus
from processor.evaluation.labelled import score_general, score_labelled
from processor.evaluation.measures import Measure, Miss
from processor.evaluation.seeds import score_seeds
from processor.model import Page, PlainText, Verdict

Verdicts = Mapping[str, Verdict]
"""By the id of the case."""


class Analyzer(Protocol):
    """The pipeline, as far as an evaluation needs it."""

    def analyze(self, item: Page | PlainText) -> Verdict: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluationReport:
    corpus_digest: str
    rules_version: str | None
    measures: tuple[Measure, ...]
    misses: tuple[Miss, ...]

    def value(self, name: str) -> float | None:
        """The value of a measure. Raises KeyError for a measure that was not taken."""
        for measure in self.measures:
            if measure.name == name:
                return measure.value
        raise KeyError(name)


@dataclass(frozen=True, kw_only=True, slots=True)
class Baseline:
    corpus_digest: str
    floors: Mapping[str, float]
    """Of the measures that an evaluation takes."""
    test_floors: Mapping[str, float] = field(default_factory=dict)
    """Of what only tests can measure, because they make the pages that they read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FloorViolation:
    name: str
    floor: float | None
    value: float | None
    reason: str


def analyse_all(
    pipeline: Analyzer, cases: Iterable[Case], on_case: Callable[[Case], None] = lambda _: None
) -> dict[str, Verdict]:
    """Every case's verdict; `on_case` is called after each, for showing progress."""
    verdicts = {}
    for case in cases:
        verdicts[case.id] = pipeline.analyze(case.item)
        on_case(case)
    return verdicts


def evaluate(verdicts: Verdicts, corpus: Corpus) -> EvaluationReport:
    """All measures of a corpus. Raises KeyError when a case has no verdict."""
    scored = score_seeds(corpus.seeds, verdicts)
    if corpus.labelled:
        scored += score_labelled(corpus.labelled, verdicts)
    if corpus.general:
        scored += score_general(corpus.general, verdicts)
    judged = next((each.relevance for each in verdicts.values() if each.relevance), None)
    return EvaluationReport(
        corpus_digest=corpus.seeds_digest,
        rules_version=judged.version if judged else None,
        measures=scored.measures,
        misses=scored.misses,
    )


def load_baseline() -> Baseline:
    """The floors that come with the seeds."""
    return parse_baseline(resources.files("seeds").joinpath("baseline.json").read_text(encoding="utf-8"))


def parse_baseline(content: str) -> Baseline:
    data = json.loads(content)
    return Baseline(corpus_digest=data["corpus_digest"], floors=data["floors"], test_floors=data.get("test_floors", {}))


def with_floors(report: EvaluationReport, baseline: Baseline) -> EvaluationReport:
    """The report with each measure's floor beside it."""
    measures = tuple(replace(each, floor=baseline.floors.get(each.name)) for each in report.measures)
    return replace(report, measures=measures)


def check_floors(report: EvaluationReport, baseline: Baseline) -> list[FloorViolation]:
    """What falls below its floor, was not measured, or was measured on other seeds than the floors are for."""
    violations = []
    if report.corpus_digest != baseline.corpus_digest:
        reason = f"floors are for corpus {baseline.corpus_digest}, this is {report.corpus_digest}"
        violations.append(FloorViolation(name="corpus", floor=None, value=None, reason=reason))
    values = {each.name: each.value for each in report.measures}
    for name, floor in baseline.floors.items():
        value = values.get(name)
        if value is None:
            violations.append(FloorViolation(name=name, floor=floor, value=None, reason="not measured"))
        elif value < floor - 1e-9:
            violations.append(FloorViolation(name=name, floor=floor, value=value, reason="below its floor"))
    return violations
