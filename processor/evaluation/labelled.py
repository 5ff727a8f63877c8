"""Scoring the verdicts on a folder of labelled articles, and on ordinary news."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from processor.evaluation.corpus import Case, is_report, read_text, reference_key
from processor.evaluation.facts import FactScore, score_labelled_indicators
from processor.evaluation.figures import score_figures
from processor.evaluation.measures import (
    Comparison,
    Measure,
    Miss,
    Problem,
    Scored,
    area_under_curve,
    compare_sets,
    compare_values,
    fraction,
    precision_recall,
    window,
)
from processor.model import Pillar, PillarRole, Verdict
from processor.relevance.lexicon import view

Verdicts = Mapping[str, Verdict]

PILLAR_OF_LABEL = {
    "inst": Pillar.THE_CHE,
    "tthc": Pillar.TTHC,
    "org": Pillar.BO_MAY,
    "civil": Pillar.CONG_VU,
    "fin": Pillar.TAI_CHINH_CONG,
    "egov": Pillar.CQDT,
    # The publication of an index is no pillar of its own; it is how the reform is steered and measured.
    "index": Pillar.CHI_DAO,
}


def score_labelled(cases: Sequence[Case], verdicts: Verdicts) -> Scored:
    """Relevance of all articles; pillars, province, references and figures of the reports."""
    reports = [case for case in cases if _is_labelled_report(case)]
    scored = _score_relevance(cases, verdicts)
    scored += compare_sets("labelled.pillars", [_pillars(case, verdicts[case.id]) for case in reports])
    with_place = [case for case in reports if "province" in case.gold]
    rows = [_province_row(case, verdicts[case.id]) for case in with_place]
    scored += compare_values("labelled.province", rows)
    with_references = [case for case in cases if "legal_refs" in case.gold]
    references = [_references(case, verdicts[case.id]) for case in with_references]
    scored += compare_sets("labelled.references", references)
    return scored + score_figures("labelled.core_facts", _core_facts(reports, verdicts))


def _core_facts(cases: Sequence[Case], verdicts: Verdicts) -> Iterator[tuple[Case, Verdict, FactScore]]:
    """Only articles whose core figures are annotated completely: of others a found figure proves nothing."""
    for case in cases:
        if case.gold.get("facts") in ("full", "none"):
            verdict = verdicts[case.id]
            yield case, verdict, score_labelled_indicators(verdict.facts, case.gold.get("indicators", ()))


def score_general(cases: Sequence[Case], verdicts: Verdicts) -> Scored:
    """How much of ordinary news would be reported: an upper bound of false alarms, for a few are reports."""
    reported = [case for case in cases if is_report(verdicts[case.id])]
    misses = tuple(_relevance_miss("general.reported", case, verdicts[case.id], expected=False) for case in reported)
    return Scored(measures=(fraction("general.reported", len(reported), len(cases)),), misses=misses)


def _is_labelled_report(case: Case) -> bool:
    return bool(case.gold["label"] == "reform")


def _score_relevance(cases: Sequence[Case], verdicts: Verdicts) -> Scored:
    name = "labelled.relevance"
    clear = [case for case in cases if not case.gold.get("borderline")]
    measures = [*_relevance_figures(name, cases, verdicts)]
    measures += _relevance_figures(f"{name}.clear_cases", clear, verdicts)
    scores: dict[bool, list[float]] = {True: [], False: []}
    for case in cases:
        scores[_is_labelled_report(case)].append(_score(verdicts[case.id]))
    measures.append(Measure(name=f"{name}.auc", value=area_under_curve(scores[True], scores[False]), n=len(cases)))
    measures += _by_kind(cases, verdicts)
    wrong = [case for case in cases if is_report(verdicts[case.id]) is not _is_labelled_report(case)]
    misses = tuple(_relevance_miss(name, case, verdicts[case.id], expected=_is_labelled_report(case)) for case in wrong)
    return Scored(measures=tuple(measures), misses=misses)


def _relevance_figures(name: str, cases: Sequence[Case], verdicts: Verdicts) -> tuple[Measure, ...]:
    expected = {case.id for case in cases if _is_labelled_report(case)}
    found = {case.id for case in cases if is_report(verdicts[case.id])}
    return precision_recall(name, len(expected & found), len(found), len(expected))


def _by_kind(cases: Sequence[Case], verdicts: Verdicts) -> list[Measure]:
    """Of each kind of hard negative, the share that was rightly let pass."""
    kinds: dict[str, list[Case]] = {}
    for case in cases:
        if kind := case.gold.get("hard_negative_kind"):
            kinds.setdefault(kind, []).append(case)
    return [
        fraction(f"labelled.let_pass.{kind}", sum(not is_report(verdicts[c.id]) for c in found), len(found))
        for kind, found in sorted(kinds.items())
    ]


def _score(verdict: Verdict) -> float:
    return verdict.relevance.score if verdict.relevance else 0.0


def _relevance_miss(name: str, case: Case, verdict: Verdict, *, expected: bool) -> Miss:
    terms = verdict.relevance.terms if verdict.relevance else ()
    reasons = ", ".join(f"{each.term} {each.weight:+.1f}" for each in terms[:5])
    return Miss(
        measure=name,
        article=case.id,
        problem=Problem.MISSED if expected else Problem.SPURIOUS,
        expected="report" if expected else "not a report",
        found=f"{_score(verdict):.2f} ({verdict.outcome.value}: {reasons})",
        window=window(f"{case.gold['title']}\n{read_text(case, verdict)}", 0, 160),
    )


def _pillars(case: Case, verdict: Verdict) -> Comparison:
    primary = [tag for tag in verdict.pillars if tag.role is PillarRole.PRIMARY]
    return Comparison(
        article=case.id,
        text=read_text(case, verdict),
        expected=frozenset(PILLAR_OF_LABEL[label].value for label in case.gold.get("pillars", ())),
        found=frozenset(tag.id.value for tag in primary),
        places=tuple((tag.id.value, tag.evidence[0].start, tag.evidence[0].end) for tag in primary if tag.evidence),
    )


def _province_row(case: Case, verdict: Verdict) -> tuple[str, str, object, object]:
    place = verdict.places.primary
    found = place.province_then if place else None
    return case.id, read_text(case, verdict), _plain_name(case.gold["province"]), _plain_name(found)


_UNIT_WORDS = ("thành phố ", "tp. ", "tp.", "tp ", "tỉnh ")


def _plain_name(province: str | None) -> str | None:
    """A province's name without its type word, in one spelling."""
    if province is None:
        return None
    name = view(province)
    for word in _UNIT_WORDS:
        name = name.removeprefix(word)
    return name.replace(" - ", "-").strip()


def _references(case: Case, verdict: Verdict) -> Comparison:
    found = {reference_key(each.code): each.span for each in verdict.references}
    return Comparison(
        article=case.id,
        text=read_text(case, verdict),
        expected=frozenset(reference_key(_as_text(code)) for code in case.gold["legal_refs"]),
        found=frozenset(found),
        places=tuple((key, span.start, span.end) for key, span in found.items()),
    )


def _as_text(code: Any) -> str:
    """A reference as annotated: its number, or an object that holds the number."""
    return str(code["number"]) if isinstance(code, Mapping) else str(code)
