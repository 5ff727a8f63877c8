"""Claims that contradict each other, an official table or what is possible. Reported, never overwritten.

Pure functions over facts. Two articles contradict each other only when their sources are independent: a syndicated copy
repeats its original's misprint.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import combinations

from processor.facts.lexicon import FactLexicon
from processor.facts.places import NATIONAL
from processor.model import Fact, FactKind, PlaceLevel

_COMPARED_KINDS = frozenset({FactKind.ACHIEVED, FactKind.PREVIOUS, FactKind.COMPONENT})
_SAME = 0.051
"""Two scores nearer than this are the same, differently rounded."""
_LOCAL_LEVELS = frozenset({PlaceLevel.DISTRICT, PlaceLevel.COMMUNE})
_AVERAGES = frozenset({"national_average", "provincial_average", "national"})

Key = tuple[str, str | None, str | None, str | None, int | None]
"""Indicator, component, place, scope, year."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourcedFact:
    """A fact with where it was claimed."""

    fact: Fact
    article: str
    source: str
    """Whoever is answerable for the text: copies of one agency report share it."""
    is_official: bool = False
    is_correction: bool = False
    """The article says that it corrects an earlier one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contradiction:
    """Two independent claims about the same thing that cannot both be right."""

    key: Key
    slot: str
    """value or rank."""
    one: SourcedFact
    other: SourcedFact
    preferred: SourcedFact | None
    """The correction, else the official one, when exactly one of the two is that. Nothing is decided otherwise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Implausibility:
    """A fact that a table or the bounds of its indicator speak against."""

    fact: Fact
    reason: str
    """out_of_bounds, differs_from_table or rank_beyond_count."""
    expected: str
    source: str | None = None


def contradictions(facts: Iterable[SourcedFact]) -> tuple[Contradiction, ...]:
    """All pairs of claims on one (indicator, component, place, scope, year) that differ and do not share a source."""
    groups: dict[Key, list[SourcedFact]] = defaultdict(list)
    for sourced in facts:
        if sourced.fact.kind in _COMPARED_KINDS and sourced.fact.year is not None and _is_exact(sourced.fact):
            groups[_key(sourced.fact)].append(sourced)
    return tuple(
        Contradiction(key=key, slot=slot, one=one, other=other, preferred=_preferred(one, other))
        for key, claimed in groups.items()
        for one, other in combinations(claimed, 2)
        if one.source != other.source and (slot := _difference(one.fact, other.fact)) is not None
    )


def _is_exact(fact: Fact) -> bool:
    return fact.comparator == "=" and fact.delta is None and (fact.value is not None or fact.rank is not None)


def _key(fact: Fact) -> Key:
    place = fact.place
    name = place.then if place.level in _LOCAL_LEVELS or place.province_then is None else place.province_then
    if place.level is PlaceLevel.DEPARTMENT:
        name = place.then
    if place.level in _LOCAL_LEVELS:
        name = f"{place.then}, {place.province_then}"
    return fact.indicator, fact.component, name, fact.scope, fact.year


def _difference(one: Fact, other: Fact) -> str | None:
    same_unit = one.unit == other.unit or {one.unit, other.unit} <= {"%", "point"}
    comparable = one.value is not None and other.value is not None and same_unit and one.period == other.period
    if comparable and abs((one.value or 0.0) - (other.value or 0.0)) > max(_SAME, 1e-6 * abs(one.value or 0.0)):
        return "value"
    same_list = one.out_of is None or other.out_of is None or one.out_of == other.out_of
    ranked = one.rank is not None and other.rank is not None and one.rank_scope == other.rank_scope
    return "rank" if same_list and ranked and one.rank != other.rank else None


def _preferred(one: SourcedFact, other: SourcedFact) -> SourcedFact | None:
    if one.is_correction != other.is_correction:
        return one if one.is_correction else other
    if one.is_official != other.is_official:
        return one if one.is_official else other
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class TableEntry:
    """A published index result of a place and year."""

    score: float | None
    rank: int | None
    source: str


@dataclass(frozen=True, slots=True)
class IndexTable:
    """Published index results. A place and year may have several entries when the sources conflict."""

    entries: Mapping[tuple[str, str, int], tuple[TableEntry, ...]]
    """By (indicator, place name, year); the country's mean has the empty name."""
    bounds: Mapping[str, tuple[float, float]]
    """By indicator: what is possible for a province, or for a count."""

    @classmethod
    def load(cls) -> IndexTable:
        """Read the packaged tables and bounds."""
        data = files("processor.data")
        rows: list[dict[str, str]] = []
        for name in ("par_index.csv", "other_indices.csv"):
            rows += csv.DictReader((data / name).read_text(encoding="utf-8").splitlines())
        return cls.from_data(rows, FactLexicon.load())

    @classmethod
    def from_data(cls, rows: Iterable[Mapping[str, str]], lexicon: FactLexicon) -> IndexTable:
        entries: dict[tuple[str, str, int], list[TableEntry]] = defaultdict(list)
        for row in rows:
            if row["scope"] != "province" and row["scope"] not in _AVERAGES:
                continue
            name = row["place_then"] if row["scope"] == "province" else ""
            score = float(row["score"]) if row["score"] else None
            rank = int(row["rank"]) if row["rank"] else None
            if score is not None or rank is not None:
                entry = TableEntry(score=score, rank=rank, source=row["source"])
                entries[row["indicator"], name, int(row["year"])].append(entry)
        bounds = {index.id: index.bounds for index in lexicon.indices.values()}
        bounds |= {measure.id: measure.bounds for measure in lexicon.measures}
        return cls({key: tuple(found) for key, found in entries.items()}, bounds)

    def implausibilities(self, facts: Sequence[Fact]) -> tuple[Implausibility, ...]:
        """What the tables and bounds have against the facts; a fact that agrees with one of several entries passes."""
        found: list[Implausibility] = []
        for fact in facts:
            found += [objection for objection in (self._bounds(fact), _rank(fact), self._table(fact)) if objection]
        return tuple(found)

    def _bounds(self, fact: Fact) -> Implausibility | None:
        bounds = self.bounds.get(fact.indicator)
        if bounds is None or fact.value is None or fact.place.level in _LOCAL_LEVELS or _is_department(fact):
            return None
        low, high = bounds
        if low <= fact.value <= high:
            return None
        return Implausibility(fact=fact, reason="out_of_bounds", expected=f"{low:g}..{high:g}")

    def _table(self, fact: Fact) -> Implausibility | None:
        if fact.kind not in {FactKind.ACHIEVED, FactKind.PREVIOUS} or fact.year is None or fact.scope is not None:
            return None
        if fact.place.level is not PlaceLevel.PROVINCE and fact.place.level is not NATIONAL.level:
            return None
        name = fact.place.province_then or ""
        entries = self.entries.get((fact.indicator, name, fact.year), ())
        scores = [entry for entry in entries if entry.score is not None]
        if fact.value is not None and scores and not any(abs((e.score or 0) - fact.value) <= _SAME for e in scores):
            return _differs(fact, " or ".join(f"{entry.score:g}" for entry in scores), scores[0].source)
        ranks = [entry for entry in entries if entry.rank is not None]
        if fact.rank is not None and ranks and all(entry.rank != fact.rank for entry in ranks):
            return _differs(fact, " or ".join(f"rank {entry.rank}" for entry in ranks), ranks[0].source)
        return None


def _is_department(fact: Fact) -> bool:
    return fact.place.level is PlaceLevel.DEPARTMENT and fact.place.province_then is not None


def _rank(fact: Fact) -> Implausibility | None:
    if fact.rank is None or fact.out_of is None or fact.rank <= fact.out_of:
        return None
    return Implausibility(fact=fact, reason="rank_beyond_count", expected=f"1..{fact.out_of}")


def _differs(fact: Fact, expected: str, source: str) -> Implausibility:
    return Implausibility(fact=fact, reason="differs_from_table", expected=expected, source=source)
