"""The words of the figures: what `data/indicators.yml` and `data/ministries.yml` say, ready for matching.

All phrases are found in one pass of an automaton over the folded text; of overlapping phrases the longest counts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, NamedTuple

import ahocorasick
import yaml

from processor.text import fold

_DIGIT = re.compile(r"\d")
# Every branch begins with a letter or mark of its own: only then the search skips what none of them begins with.
BREAK = re.compile(r";\s?|\.\s?|\(\s?|\)\s?|:\s?|,\s| và | trong đó,? | còn | -\s|\|")
"""What parts the clauses of a sentence; ";" and "." part them for good."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Everything one phrase can stand for."""

    index: str | None = None
    weak_index: str | None = None
    component: tuple[str, str] | None = None
    """(index, component id)."""
    region: str | None = None
    concepts: frozenset[str] = frozenset()
    foreign: bool = False
    body: str | None = None
    """A ministry or other central body."""
    bare_body: str | None = None
    stands_for: str | None = None
    """The words an abbreviation stands for, which an article must introduce: "hồ sơ (hs)"."""
    department: bool = False
    """A provincial department ("Sở Nội vụ")."""
    has_digit: bool = False
    has_break: bool = False
    """Whether it holds a mark that otherwise parts clauses: "cơ quan, đơn vị"."""


class Hit(NamedTuple):
    """A phrase of the text at [start, end)."""

    start: int
    end: int
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class Index:
    """A composite index: its unit and what scores of a province (or of units inside one) are possible."""

    id: str
    unit: str
    bounds: tuple[float, float]
    local_bounds: tuple[float, float]
    scale: float | None
    out_of: tuple[int, ...]
    local: Mapping[str, str]
    region: str | None
    is_yearly: bool
    """Published for a whole year, in the year after."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A count or share and the concepts that must stand close to its number."""

    id: str
    unit: str | None
    needs: frozenset[str]
    any_of: frozenset[str]
    without: frozenset[str]
    context: frozenset[str]
    rate: str | None
    bounds: tuple[float, float]
    precedence: tuple[int, int]
    """The smaller comes first: more concepts needed, then earlier in the file."""

    def met_by(self, concepts: frozenset[str], context: frozenset[str]) -> bool:
        """Whether the concepts near a number, and those of its surroundings, make it this measure."""
        return (
            self.needs <= concepts
            and (not self.any_of or bool(self.any_of & concepts))
            and not (self.without & concepts)
            and self.context <= context
        )


class MeasureTable:
    """Measures, each kept under one concept that it needs, so that few are asked for what stands near a number."""

    def __init__(self, measures: Sequence[Measure]) -> None:
        needed = Counter(concept for measure in measures for concept in measure.needs)
        grouped: dict[str, list[Measure]] = {}
        for measure in measures:
            rarest = min(measure.needs, key=lambda concept: (needed[concept], concept))
            grouped.setdefault(rarest, []).append(measure)
        self.measures = tuple(measures)
        self._by_need = {concept: tuple(group) for concept, group in grouped.items()}

    def best(
        self, concepts: frozenset[str], context: frozenset[str], units: Collection[str | None] | None = None
    ) -> Measure | None:
        """The measure with most of its concepts met, then the earlier one; `units`: those it may have."""
        best: Measure | None = None
        for concept in concepts:
            for measure in self._by_need.get(concept, ()):
                if units is not None and measure.unit not in units:
                    continue
                if (best is None or measure.precedence < best.precedence) and measure.met_by(concepts, context):
                    best = measure
        return best


@dataclass(frozen=True, slots=True)
class FactLexicon:
    """Phrases, indices and measures of one version of the data files."""

    version: str
    gate: tuple[str, ...]
    connectors: frozenset[str]
    """Words that may stand between a rank and its index."""
    fillers: frozenset[str]
    """Words that may stand between a count and its share."""
    indices: Mapping[str, Index]
    measures: tuple[Measure, ...]
    rates: MeasureTable
    counts: MeasureTable
    _automaton: Any = field(repr=False)  # pyahocorasick has no type information
    _phrases: Mapping[str, Phrase] = field(repr=False)

    @classmethod
    def load(cls) -> FactLexicon:
        """Read the packaged data files. Raises `ValueError` when a measure names an unknown concept."""
        data = files("processor.data")
        return cls.from_data(
            yaml.safe_load((data / "indicators.yml").read_text(encoding="utf-8")),
            yaml.safe_load((data / "ministries.yml").read_text(encoding="utf-8")),
        )

    @classmethod
    def from_data(cls, indicators: Mapping[str, Any], ministries: Mapping[str, Any]) -> FactLexicon:
        phrases = _phrases(indicators, ministries)
        automaton = ahocorasick.Automaton()
        for text, phrase in phrases.items():
            automaton.add_word(text, (len(text), phrase))
        automaton.make_automaton()
        measures = tuple(_measure(order, row) for order, row in enumerate(indicators["measures"]))
        _check(measures, indicators["concepts"])
        return cls(
            version=f"{indicators['version']}.{ministries['version']}",
            gate=tuple(indicators["gate"]),
            connectors=frozenset(indicators["connectors"]),
            fillers=frozenset(indicators["fillers"]),
            indices={name: _index(name, row) for name, row in indicators["indices"].items()},
            measures=measures,
            rates=MeasureTable([measure for measure in measures if measure.unit == "%"]),
            counts=MeasureTable([measure for measure in measures if measure.unit != "%"]),
            _automaton=automaton,
            _phrases=phrases,
        )

    def hits(self, folded: str) -> list[Hit]:
        """The phrases of a folded text in order, none overlapping another; the longest wins, then the first."""
        hits: list[Hit] = []
        size = len(folded)
        for last, (length, phrase) in self._automaton.iter(folded):
            start, end = last + 1 - length, last + 1
            if (end == size or not folded[end].isalnum()) and (start == 0 or not folded[start - 1].isalnum()):
                if phrase.stands_for is not None and phrase.stands_for not in folded:
                    continue
                kept = len(hits)
                while kept and hits[kept - 1].start >= start:
                    kept -= 1
                if kept and hits[kept - 1].end > start:
                    continue
                del hits[kept:]
                hits.append(Hit(start, end, phrase))
        return hits


def _phrases(indicators: Mapping[str, Any], ministries: Mapping[str, Any]) -> dict[str, Phrase]:
    """Phrase → meaning; a phrase may have several."""
    meanings: dict[str, dict[str, Any]] = {}

    def mean(texts: list[str], **meaning: Any) -> None:
        for text in texts:
            known = meanings.setdefault(fold(text), {})
            if "concepts" in meaning:
                known["concepts"] = known.get("concepts", frozenset()) | meaning["concepts"]
            else:
                known.update(meaning)

    for name, row in indicators["indices"].items():
        mean(row["names"], index=name)
        mean(row.get("weak", []), weak_index=name)
    for name, fields in indicators["components"].items():
        for component, texts in fields.items():
            mean(texts, component=(name, component))
    for region, texts in indicators["regions"].items():
        mean(texts, region=region)
    for concept, texts in indicators["concepts"].items():
        mean(texts, concepts=frozenset({concept}))
    mean(indicators["foreign"], foreign=True)
    for body, row in ministries["bodies"].items():
        mean(row["names"], body=body)
        mean(row["bare"], bare_body=body)
    mean([f"sở {name}" for name in ministries["departments"]], department=True)
    mean(indicators.get("departments", []), department=True)
    for short, words in indicators.get("abbreviations", {}).items():
        meanings[fold(short)] = meanings[fold(words)] | {"stands_for": f"{fold(words)} ({fold(short)})"}
    return {
        text: Phrase(**meaning, has_digit=_DIGIT.search(text) is not None, has_break=BREAK.search(text) is not None)
        for text, meaning in meanings.items()
    }


def _index(name: str, row: Mapping[str, Any]) -> Index:
    bounds = (float(row["bounds"][0]), float(row["bounds"][1]))
    local = row.get("local_bounds", row["bounds"])
    return Index(
        id=name,
        unit=row["unit"],
        bounds=bounds,
        local_bounds=(float(local[0]), float(local[1])),
        scale=row.get("scale"),
        out_of=tuple(row["out_of"]),
        local=row.get("local", {}),
        region=row.get("region"),
        is_yearly=row.get("yearly", True),
    )


def _measure(order: int, row: Mapping[str, Any]) -> Measure:
    return Measure(
        id=row["id"],
        unit=row["unit"],
        needs=frozenset(row["needs"]),
        any_of=frozenset(row.get("any", ())),
        without=frozenset(row.get("without", ())),
        context=frozenset(row.get("context", ())),
        rate=row.get("rate"),
        bounds=(float(row["bounds"][0]), float(row["bounds"][1])),
        precedence=(-2 * len(row["needs"]) - bool(row.get("any")), order),
    )


def _check(measures: tuple[Measure, ...], concepts: Mapping[str, Any]) -> None:
    for measure in measures:
        named = measure.needs | measure.any_of | measure.without | measure.context
        if unknown := named - concepts.keys():
            raise ValueError(f"measure {measure.id} names unknown concepts: {', '.join(sorted(unknown))}")
