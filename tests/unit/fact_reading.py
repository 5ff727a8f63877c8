"""Reads facts out of short texts of our own, with the places given by name."""

from __future__ import annotations

import re
from datetime import datetime

from processor.facts.finder import FactFinder
from processor.model import (
    VIETNAM_TIME,
    Article,
    DatePrecision,
    Fact,
    Place,
    PlaceLevel,
    PlaceResolution,
    PublishedAt,
    Reference,
    Span,
)

FINDER = FactFinder.load()
TITLE = "Kết quả cải cách thủ tục hành chính"


def province(name: str) -> Place:
    return Place(then=name, level=PlaceLevel.PROVINCE, province_then=name, province_now=name)


def district(name: str, inside: str) -> Place:
    return Place(then=name, level=PlaceLevel.DISTRICT, district_then=name, province_then=inside, province_now=inside)


def resolution(text: str, primary: str | None, others: tuple[str, ...]) -> PlaceResolution:
    """Names with a lower-case type word ("huyện Tam Nông") are districts of the primary province."""
    places: list[Place] = []
    for name in dict.fromkeys((*([primary] if primary else []), *others)):
        inside = primary or name
        bare = province(name) if name[0].isupper() else district(name, inside)
        spans = tuple(
            Span(start=match.start(), end=match.end(), quote=match.group())
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
        )
        places.append(Place(**{field: getattr(bare, field) for field in bare.__slots__} | {"spans": spans}))
    return PlaceResolution(places=tuple(places), primary=places[0] if primary else None)


def read(
    text: str,
    primary: str | None = None,
    *others: str,
    title: str | None = TITLE,
    published: str | None = "2024-05-02",
    references: tuple[Reference, ...] = (),
) -> tuple[Fact, ...]:
    at = None
    if published is not None:
        moment = datetime.fromisoformat(published).replace(tzinfo=VIETNAM_TIME)
        at = PublishedAt(at=moment, precision=DatePrecision.DAY, found_in="given")
    article = Article(text=text, title=title, published=at)
    return FINDER.find(article, resolution(text, primary, others), references)


def told(*args: str | None, **options: str | None) -> list[str]:
    """The facts in one line each: indicator, value, rank, change, year, kind if not achieved, place."""
    return [line(fact) for fact in read(*args, **options)]  # type: ignore[arg-type]


def line(fact: Fact) -> str:
    parts = [fact.indicator]
    if fact.component is not None:
        parts.append(fact.component)
    if fact.value is not None:
        parts.append(f"{fact.value:.10g}")
    if fact.rank is not None:
        parts.append(f"#{fact.rank}" + (f"/{fact.out_of}" if fact.out_of else ""))
    if fact.delta is not None:
        parts.append(f"{fact.delta:+.10g}")
    parts.append(str(fact.year))
    if fact.kind.value not in {"achieved", "component"}:
        parts.append(fact.kind.value)
    parts.append(fact.place.then or "cả nước")
    return " ".join(parts)
