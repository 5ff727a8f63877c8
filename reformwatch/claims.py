"""Holds stored claims against each other and against published tables. Nothing is changed; everything is reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from processor.facts.contradictions import Contradiction, Implausibility, IndexTable, SourcedFact, contradictions
from processor.model import Confidence, Fact, FactKind, Place, PlaceHow, PlaceLevel, Span
from store.claims import Claim

CORRECTION_WORDS = ("đính chính", "cải chính")
SAME_NAMES = (
    "indicator component value unit comparator numerator denominator rate rank out_of rank_scope delta delta_unit "
    "base_year year period year_source scope region cue"
)


def compare(claims: Sequence[Claim]) -> dict[str, list[dict[str, Any]]]:
    """Pairs of claims that cannot both be right, and claims that tables or bounds speak against."""
    sourced = {id(fact): (claim, fact) for claim in claims if (fact := _fact(claim.fact))}
    facts = [
        SourcedFact(
            fact=fact,
            article=claim.url,
            source=claim.answerable,
            is_official=claim.official,
            is_correction=_is_correction(claim.title),
        )
        for claim, fact in sourced.values()
    ]
    doubts = IndexTable.load().implausibilities([fact for _, fact in sourced.values()])
    return {
        "contradictions": [_pair(found) for found in contradictions(facts)],
        "implausible": [_doubt(doubt, sourced[id(doubt.fact)][0]) for doubt in doubts],
    }


def _is_correction(title: str | None) -> bool:
    return (title or "").lower().startswith(CORRECTION_WORDS)


def _pair(found: Contradiction) -> dict[str, Any]:
    indicator, component, place, scope, year = found.key
    return {
        "indicator": indicator,
        "component": component,
        "place": place,
        "scope": scope,
        "year": year,
        "differs_in": found.slot,
        "one": _side(found.one),
        "other": _side(found.other),
        "preferred": found.preferred.article if found.preferred else None,
    }


def _side(sourced: SourcedFact) -> dict[str, Any]:
    fact = sourced.fact
    return {
        "url": sourced.article,
        "source": sourced.source,
        "official": sourced.is_official,
        "correction": sourced.is_correction,
        "value": fact.value,
        "rank": fact.rank,
        "sentence": fact.sentence.quote,
    }


def _doubt(doubt: Implausibility, claim: Claim) -> dict[str, Any]:
    fact = doubt.fact
    return {
        "url": claim.url,
        "indicator": fact.indicator,
        "place": fact.place.then,
        "year": fact.year,
        "value": fact.value,
        "rank": fact.rank,
        "reason": doubt.reason,
        "expected": doubt.expected,
        "source": doubt.source,
        "sentence": fact.sentence.quote,
    }


def _fact(row: Mapping[str, Any]) -> Fact:
    span = Span(start=row["span_start"], end=row["span_end"], quote=row["quote"])
    place = Place(
        then=row["place_then"],
        level=PlaceLevel(row["place_level"]),
        district_then=row["district_then"],
        province_then=row["province_then"],
        province_now=row["province_now"],
        how=PlaceHow(row["place_how"]),
    )
    return Fact(
        **{name: row[name] for name in SAME_NAMES.split()},
        kind=FactKind(row["kind"]),
        place=place,
        span=span,
        sentence=Span(start=span.start, end=span.start + len(row["sentence"]), quote=row["sentence"]),
        confidence=Confidence(row["confidence"]),
        check=row["consistency"],
    )
