"""`reformwatch evaluate`: how good the pipeline is, against floors that only rise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress
from rich.table import Table

from processor.evaluation.corpus import load_corpus
from processor.evaluation.report import (
    EvaluationReport,
    FloorViolation,
    analyse_all,
    check_floors,
    load_baseline,
    with_floors,
)
from processor.evaluation.report import evaluate as score
from processor.pipeline import Pipeline
from reformwatch.commands.shared import NOT_GOOD_EXIT, AsJson, err, out, print_json, started
from reformwatch.compose import pipeline_settings
from store.errors import NeverValid


def evaluate(
    labelled: Annotated[
        Path | None,
        typer.Argument(
            help="Folder with your labelled articles: articles.jsonl, and general_news.jsonl.gz if you have it."
        ),
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Show each miss with its stretch of text.")] = False,
    as_json: AsJson = False,
) -> None:
    """Score the pipeline on the seeds, and on a folder of labelled articles when given.

    Ends with 1 when a measure of the seeds falls below its floor in `seeds/baseline.json`.
    """
    settings = started()
    try:
        corpus = load_corpus(labelled)
    except (OSError, ValueError) as error:
        raise NeverValid(f"labelled articles: {error}") from error
    pipeline = Pipeline.load(pipeline_settings(settings))
    with Progress(console=err, transient=True, disable=not err.is_terminal) as progress:
        task = progress.add_task("analyzing", total=len(corpus.cases))
        verdicts = analyse_all(pipeline, corpus.cases, on_case=lambda _: progress.advance(task))
    baseline = load_baseline()
    report = with_floors(score(verdicts, corpus), baseline)
    violations = check_floors(report, baseline)
    if as_json:
        answer = asdict(report) | {"violations": [asdict(violation) for violation in violations]}
        print_json(answer if errors else {name: value for name, value in answer.items() if name != "misses"})
    else:
        show(report, violations, errors=errors)
    if violations:
        raise typer.Exit(NOT_GOOD_EXIT)


def show(report: EvaluationReport, violations: Sequence[FloorViolation], *, errors: bool) -> None:
    table = Table("Measure", "Value", "Floor", "Cases", box=None, pad_edge=False)
    for measure in report.measures:
        value = "–" if measure.value is None else f"{measure.value:.3f}"
        floor = "" if measure.floor is None else f"{measure.floor:.3f}"
        table.add_row(measure.name, value, floor, str(measure.n))
    out.print(table)
    if errors:
        for miss in report.misses:
            out.print(f"\n{miss.measure} · {miss.article} · {miss.problem}", markup=False, style="bold")
            out.print(f"  expected: {miss.expected}\n  found:    {miss.found}\n  {miss.window}", markup=False)
    for violation in violations:
        err.print(f"{violation.name}: {violation.reason}", markup=False, style="red")
