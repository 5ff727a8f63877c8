"""Turns a verdict into the rows that the store remembers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import Any, Final

from processor.model import Article, Fact, Place, Reference, Relevance, Span, Verdict
from processor.near_duplicates import COPY_RULES, Signature
from processor.versions.compare import EditKind, compare
from store.result_records import ArticleRecord, LinkedDocument, ResultRules, Revision


def article_record(verdict: Verdict, *, final_url: str, rules_version: str, extractor_version: str) -> ArticleRecord:
    """The record of a verdict that carries an article and a relevance."""
    article, relevance = verdict.article, verdict.relevance
    assert article is not None
    assert relevance is not None
    published = article.published
    version: dict[str, Any] = {
        "final_url": final_url,
        "title": article.title,
        "text": article.text,
        "lead": article.lead,
        "author": article.author,
        "outlet": article.outlet,
        "published_at": published.at if published else None,
        "published_precision": published.precision if published else None,
        "published_found_in": published.found_in if published else None,
        "language": verdict.language,
        "truncated": article.truncated,
        "is_report": relevance.is_report,
        "score": relevance.score,
        "explanation": _explanation(relevance),
        "rules_version": rules_version,
        "extractor_version": extractor_version,
    }
    primary, places = verdict.places.primary, verdict.places.places
    if primary is not None and primary not in places:
        places = (primary, *places)  # A prior from the source is the subject without being named.
    return ArticleRecord(
        version=version,
        content_hash=content_hash(article),
        judged_by=judged_by(rules_version, extractor_version),
        tags=[{"pillar": tag.id, "role": tag.role, "evidence": _spans(tag.evidence)} for tag in verdict.pillars],
        places=[_place_row(place, is_primary=place == primary) for place in places],
        references=[_reference_row(reference) for reference in verdict.references],
        documents=[
            LinkedDocument(url=each.url, fetch_url=each.fetch_url, text=each.text, title=each.title)
            for each in article.documents
        ],
        facts=[_fact_row(fact) for fact in verdict.facts],
        sketch=Signature.of(article, verdict.places).to_record() if relevance.is_report else None,
    )


def judged_by(rules_version: str, extractor_version: str) -> str:
    """Names everything that decides what a body is read as."""
    return f"{extractor_version}/{rules_version}"


def content_hash(article: Article) -> str:
    """Identity of what a reader sees: another title or text is another version, another counter or banner is not."""
    return hashlib.sha256(f"{article.title or ''}\n{article.text}".encode()).hexdigest()


def _explanation(relevance: Relevance) -> dict[str, Any]:
    # Written out: `asdict` copies every value, and took longer for terms and spans than all the rest of a record.
    return {
        "seeds": [{"seed": seed.seed, "similarity": seed.similarity} for seed in relevance.seeds],
        "terms": [{"term": term.term, "weight": term.weight, "count": term.count} for term in relevance.terms],
    }


def _spans(spans: Iterable[Span]) -> list[dict[str, Any]]:
    return [{"start": span.start, "end": span.end, "quote": span.quote} for span in spans]


def _place_row(place: Place, *, is_primary: bool) -> Mapping[str, Any]:
    return {
        "is_primary": is_primary,
        "role": place.role,
        "how": place.how,
        "level": place.level,
        "then": place.then,
        "district_then": place.district_then,
        "province_then": place.province_then,
        "province_now": place.province_now,
        "code_then": place.code_then,
        "code_now": place.code_now,
        "candidates": list(place.candidates),
        "spans": _spans(place.spans),
    }


def _reference_row(reference: Reference) -> Mapping[str, Any]:
    return {
        "code": reference.code,
        "number": reference.number,
        "type": reference.type,
        "body": reference.body,
        "year": reference.year,
        "dated": reference.dated,
        "issuer": reference.issuer,
        "span_start": reference.span.start,
        "span_end": reference.span.end,
        "quote": reference.span.quote,
    }


_SAME_NAMES: Final = (
    "indicator component kind value unit comparator numerator denominator rate rank out_of rank_scope delta "
    "delta_unit base_year year period year_source scope region cue confidence"
)
_FACT_COLUMNS: Final = {name: name for name in _SAME_NAMES.split()} | {
    "place_then": "place.then",
    "place_level": "place.level",
    "place_how": "place.how",
    "district_then": "place.district_then",
    "province_then": "place.province_then",
    "province_now": "place.province_now",
    "consistency": "check",
    "span_start": "span.start",
    "span_end": "span.end",
    "quote": "span.quote",
    "sentence": "sentence.quote",
}
"""Where in a fact the value of each column stands."""
_fact_values = attrgetter(*_FACT_COLUMNS.values())


def _fact_row(fact: Fact) -> Mapping[str, Any]:
    return dict(zip(_FACT_COLUMNS, _fact_values(fact), strict=True))


def revision(old: Mapping[str, Any], new: Mapping[str, Any]) -> Revision:
    """What a new version changes, from the columns of both."""
    change = compare(_article(old), _article(new))
    weight = list(EditKind)
    kinds = sorted(change.kinds, key=weight.index)
    return Revision(significance=round(change.significance, 4), kinds=[kind.value for kind in kinds], diff=change.diff)


def _article(row: Mapping[str, Any]) -> Article:
    return Article(text=row["text"], title=row["title"], author=row["author"], outlet=row["outlet"])


RESULT_RULES: Final = ResultRules(copies=COPY_RULES, revision=revision)
