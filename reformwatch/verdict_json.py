"""A verdict as JSON for other programs. Facts follow `processor/data/fact_schema.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from processor.model import Fact, PillarTag, Place, Reference, Relevance, Verdict


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    article = verdict.article
    published = article.published if article else None
    return {
        "outcome": verdict.outcome.value,
        "reason": verdict.reason,
        "title": article.title if article else None,
        "author": article.author if article else None,
        "outlet": article.outlet if article else None,
        "published_at": published.at.isoformat() if published else None,
        "published_precision": published.precision.value if published else None,
        "published_found_in": published.found_in if published else None,
        "language": verdict.language,
        "truncated": article.truncated if article else False,
        "lead": article.lead if article else None,
        "text": article.text if article else None,
        "relevance": _relevance(verdict.relevance) if verdict.relevance else None,
        "pillars": [_pillar(tag) for tag in verdict.pillars],
        "places": [_place(place) for place in verdict.places.places],
        "primary_place": _primary(verdict.places.primary),
        "references": [_reference(reference) for reference in verdict.references],
        "facts": [fact_json(fact) for fact in verdict.facts],
        "documents": [{"url": each.url, "text": each.text} for each in article.documents] if article else [],
    }


def _relevance(relevance: Relevance) -> dict[str, Any]:
    return {
        "is_report": relevance.is_report,
        "score": round(relevance.score, 4),
        "seeds": [{"seed": seed.seed, "similarity": round(seed.similarity, 4)} for seed in relevance.seeds],
        "terms": [
            {"term": term.term, "weight": round(term.weight, 4), "count": term.count} for term in relevance.terms
        ],
        "version": relevance.version,
    }


def _pillar(tag: PillarTag) -> dict[str, Any]:
    return {"id": tag.id.value, "role": tag.role.value, "evidence": [asdict(span) for span in tag.evidence]}


def _place(place: Place) -> dict[str, Any]:
    return {
        "then": place.then,
        "level": place.level.value,
        "district_then": place.district_then,
        "province_then": place.province_then,
        "province_now": place.province_now,
        "code_then": place.code_then,
        "code_now": place.code_now,
        "how": place.how.value,
        "role": place.role.value,
        "candidates": list(place.candidates),
        "spans": [asdict(span) for span in place.spans],
    }


def _primary(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    names = ("then", "level", "district_then", "province_then", "province_now")
    return {name: value for name, value in _place(place).items() if name in names}


def _reference(reference: Reference) -> dict[str, Any]:
    return {
        "code": reference.code,
        "number": reference.number,
        "type": reference.type,
        "body": reference.body,
        "year": reference.year,
        "date": reference.dated.isoformat() if reference.dated else None,
        "issuer": reference.issuer,
        "span": asdict(reference.span),
    }


def fact_json(fact: Fact) -> Mapping[str, Any]:
    place = fact.place
    names = (
        "indicator component value unit comparator numerator denominator rate rank out_of rank_scope delta delta_unit "
        "base_year year period year_source kind cue confidence check region"
    )
    values = {name: getattr(fact, name) for name in names.split()}
    return values | {
        "place": {
            "then": place.then,
            "level": place.level.value,
            "district_then": place.district_then,
            "province_then": place.province_then,
            "province_now": place.province_now,
            "code_then": place.code_then,
            "code_now": place.code_now,
            "scope": fact.scope,
            "how": place.how.value,
        },
        "span": asdict(fact.span),
        "detail": {"sentence": asdict(fact.sentence)},
    }
