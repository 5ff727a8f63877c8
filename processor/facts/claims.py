"""A figure on its way to becoming a fact: bound to an indicator, still to be placed, dated and checked."""

from __future__ import annotations

from dataclasses import dataclass

from processor.model import Confidence, FactKind, Place


@dataclass(slots=True)
class Claim:
    """What one figure claims. Fields that stay None are resolved, or left open, by `processor.facts.finder`."""

    indicator: str
    start: int
    """Of the stretch that carries the claim, label and number."""
    end: int
    anchor: int
    """Where the number itself begins: its surroundings decide place, year and kind."""
    anchor_end: int
    sentence: int = -1
    """The number of the sentence that it stands in."""
    index: str | None = None
    """The composite index behind the indicator; None for counts and shares."""
    value: float | None = None
    unit: str | None = None
    comparator: str = "="
    numerator: float | None = None
    denominator: float | None = None
    rate: float | None = None
    rank: int | None = None
    out_of: int | None = None
    rank_scope: str | None = None
    delta: float | None = None
    delta_unit: str | None = None
    base_year: int | None = None
    component: str | None = None
    scope: str | None = None
    region: str | None = None
    kind: FactKind | None = None
    place: Place | None = None
    year: int | None = None
    year_source: str | None = None
    period: str | None = None
    cue: str | None = None
    check: str | None = None
    confidence: Confidence = Confidence.MEDIUM
    bounds: tuple[float, float] | None = None
