"""Scoring the verdicts on the seeds against their annotation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from processor.evaluation.corpus import Case, is_report, read_text, reference_key
from processor.evaluation.facts import score_gold_facts
from processor.evaluation.figures import score_figures
from processor.evaluation.measures import Comparison, Scored, compare_sets, compare_values
from processor.model import DatePrecision, PlaceLevel, PlaceRole, Verdict
from processor.text import normalise


def score_seeds(cases: Sequence[Case], verdicts: Mapping[str, Verdict]) -> Scored:
    """Everything that is annotated in the seeds."""
    pairs = [(case, verdicts[case.id]) for case in cases]
    return (
        compare_values("seeds.relevance", [_row(c, c.gold["relevant"], is_report(v)) for c, v in pairs])
        + compare_values("seeds.title", [_row(c, normalise(c.gold["title"]), _title(v)) for c, v in pairs])
        + compare_values("seeds.published", [_row(c, c.gold["published"], _published(v)) for c, v in pairs])
        + compare_values(
            "seeds.published_day", [_row(c, _day(c.gold["published"]), _day(_published(v))) for c, v in pairs]
        )
        + compare_values(
            "seeds.primary_place",
            [_row(c, _gold_place(c.gold["primary_place"]), _primary_place(v)) for c, v in pairs],
        )
        + compare_sets("seeds.places", [_places(c, v) for c, v in pairs])
        + compare_sets("seeds.pillars", [_seed_pillars(c, v) for c, v in pairs])
        + compare_sets("seeds.references", [_seed_references(c, v) for c, v in pairs])
        + score_figures("seeds.facts", [(c, v, score_gold_facts(v.facts, c.gold["facts"])) for c, v in pairs])
    )


def _row(case: Case, expected: object, found: object) -> tuple[str, str, object, object]:
    return case.id, case.text, expected, found


def _title(verdict: Verdict) -> str | None:
    return verdict.article.title if verdict.article else None


def _published(verdict: Verdict) -> str | None:
    """As the annotation writes it: a day, or a moment to the minute, or nothing."""
    published = verdict.article.published if verdict.article else None
    if published is None:
        return None
    if published.precision is DatePrecision.MINUTE:
        return published.at.isoformat()
    return published.at.date().isoformat()


def _day(moment: str | None) -> str | None:
    return moment[:10] if moment else None


def _gold_place(place: Mapping[str, Any]) -> tuple[str, str | None, str | None]:
    return place["level"], place["province_then"], place["district_then"]


def _primary_place(verdict: Verdict) -> tuple[str, str | None, str | None] | None:
    place = verdict.places.primary
    return (place.level.value, place.province_then, place.district_then) if place else None


def _places(case: Case, verdict: Verdict) -> Comparison:
    subjects = [place for place in verdict.places.places if place.role is PlaceRole.SUBJECT]
    found = [((place.level.value, place.province_then, place.district_then), place.spans) for place in subjects]
    return Comparison(
        article=case.id,
        text=read_text(case, verdict),
        expected=frozenset(_gold_place(place) for place in case.gold["places"]),
        found=frozenset(key for key, _ in found if key[0] != PlaceLevel.DEPARTMENT),
        places=tuple((key, spans[0].start, spans[0].end) for key, spans in found if spans),
    )


def _seed_pillars(case: Case, verdict: Verdict) -> Comparison:
    # The annotation tells pillars recited in a list from pillars mentioned in passing; neither is primary.
    expected = frozenset(
        (each["id"], "primary" if each["weight"] == "primary" else "listed") for each in case.gold["pillars"]
    )
    places = tuple(
        ((tag.id.value, tag.role.value), tag.evidence[0].start, tag.evidence[0].end)
        for tag in verdict.pillars
        if tag.evidence
    )
    return Comparison(
        article=case.id,
        text=read_text(case, verdict),
        expected=expected,
        found=frozenset((tag.id.value, tag.role.value) for tag in verdict.pillars),
        places=places,
    )


def _seed_references(case: Case, verdict: Verdict) -> Comparison:
    found = {
        (reference_key(each.code), each.dated.isoformat() if each.dated else None): each.span
        for each in verdict.references
    }
    return Comparison(
        article=case.id,
        text=read_text(case, verdict),
        expected=frozenset((reference_key(each["canonical"]), each["date"]) for each in case.gold["legal_refs"]),
        found=frozenset(found),
        places=tuple((key, span.start, span.end) for key, span in found.items()),
    )
