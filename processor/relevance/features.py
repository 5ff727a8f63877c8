"""What relevance looks at in an article: a dozen numbers, and which terms each of them rests on."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from processor.model import Article
from processor.relevance.lexicon import Hit, Side, Term

LEAD_LENGTH = 450
"""Characters after the title that count as the lead: what an editor puts first is what the article is about."""
_LEAST_LENGTH = 900
"""Shorter texts are measured as if they had this length: one term in three sentences is no density."""
_WINDOW = 280
"""Characters of one window when the spread over the text is measured: about two sentences."""
_LONGEST_HEADLINE = 160
_LEAST_TEXT = 60
"""Characters below which there is no text beside the title."""
_VALUE = {4.0: 1.0, 3.0: 0.6, 2.0: 0.25, 1.0: 0.08, 0.0: 0.0}
"""What one occurrence is worth, by the strength its term has in the lexicon."""
_TELLING = 0.5
"""A window counts as about reform when it holds a term worth this much."""
_TITLE_CAP = 2.0
_DOUBT = 0.5
"""Added to both sides' sum in the balance, so that one weak term alone decides nothing."""
_CORE = frozenset({"reform", "programme", "steering", "index"})
_FORM = frozenset({"questions", "guidance"})


class Field(StrEnum):
    TITLE = "title"
    LEAD = "lead"
    BODY = "body"


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Title and text in one string, and where its fields begin."""

    joined: str
    text_start: int
    """Where the text begins after the title, past a repetition of the title."""
    lead_end: int

    def field_of(self, offset: int) -> Field:
        if offset < self.text_start:
            return Field.TITLE
        return Field.LEAD if offset < self.lead_end else Field.BODY

    @property
    def length(self) -> int:
        return len(self.joined) - self.text_start

    @property
    def is_headline_only(self) -> bool:
        return self.length < _LEAST_TEXT


def lay_out(article: Article) -> Layout:
    """The article in one string, without the repetition of its title that many pages begin their text with.

    An article without a title has its first line for one when that reads like a headline. The string always ends as
    the article's text ends, so a difference of lengths turns its offsets into offsets of the text.
    """
    text = article.text
    title = (article.title or "").strip() or _headline_of(text)
    rest = text[_repeated_title(title, text) :]
    start = len(title) + 1
    lead = len(article.lead) if article.lead and rest.startswith(article.lead) else 0
    return Layout(joined=f"{title}\n{rest}", text_start=start, lead_end=start + max(lead, LEAD_LENGTH))


def _headline_of(text: str) -> str:
    first, newline, _ = text.partition("\n")
    return first if newline and len(first) <= _LONGEST_HEADLINE and not first.endswith((".", ";", ",")) else ""


def _repeated_title(title: str, text: str) -> int:
    for marker in ("", "# ", "**"):
        if title and text.startswith(marker + title):
            return len(marker) + len(title)
    return 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Features:
    values: Mapping[str, float]
    shares: Mapping[str, Mapping[str, float]]
    """For each feature that rests on terms: the part of each term, adding up to one."""
    counts: Mapping[str, int]
    """Occurrences of each term."""


@dataclass(slots=True)
class _Sums:
    """What the hits of one article add up to, by side and field."""

    by_place: dict[tuple[Side, Field], dict[Term, float]]
    counts: dict[str, int]
    telling_windows: set[int]

    def of(self, side: Side, *fields: Field) -> dict[Term, float]:
        merged: dict[Term, float] = defaultdict(float)
        for field in fields or tuple(Field):
            for term, value in self.by_place.get((side, field), {}).items():
                merged[term] += value
        return merged


def measure(layout: Layout, hits: Iterable[Hit]) -> Features:
    """The features that rest on terms; the nearness to the seeds comes from elsewhere."""
    sums = _add_up(layout, hits)
    values: dict[str, float] = {}
    shares: dict[str, Mapping[str, float]] = {}
    for name, (value, terms) in _features(layout, sums).items():
        values[name] = value
        total = sum(terms.values())
        shares[name] = {term.text: part / total for term, part in terms.items()} if total else {}
    return Features(values=values, shares=shares, counts=sums.counts)


def _add_up(layout: Layout, hits: Iterable[Hit]) -> _Sums:
    sums = _Sums(by_place={}, counts=defaultdict(int), telling_windows=set())
    for hit in hits:
        side = hit.term.concept.side
        if side is Side.NONE:
            continue
        field = layout.field_of(hit.start)
        value = _VALUE[hit.term.strength]
        terms = sums.by_place.setdefault((side, field), {})
        terms[hit.term] = terms.get(hit.term, 0.0) + value
        sums.counts[hit.term.text] += 1
        if side is Side.FOR and value >= _TELLING and field is not Field.TITLE:
            sums.telling_windows.add((hit.start - layout.text_start) // _WINDOW)
    return sums


def _features(layout: Layout, sums: _Sums) -> dict[str, tuple[float, Mapping[Term, float]]]:
    thousands = max(layout.length, _LEAST_LENGTH) / 1000

    def density(terms: Mapping[Term, float]) -> tuple[float, Mapping[Term, float]]:
        return math.log1p(sum(terms.values()) / thousands), terms

    found: dict[str, tuple[float, Mapping[Term, float]]] = {}
    for side in (Side.FOR, Side.AGAINST):
        title, lead = sums.of(side, Field.TITLE), sums.of(side, Field.LEAD)
        found[f"title_{side}"] = min(sum(title.values()), _TITLE_CAP), title
        found[f"lead_{side}"] = math.log1p(sum(lead.values())), lead
        found[f"text_{side}"] = density(sums.of(side, Field.LEAD, Field.BODY))
    speaking, against = sums.of(Side.FOR), sums.of(Side.AGAINST)
    core = {term: value for term, value in speaking.items() if term.concept.id in _CORE and term.strength >= 4}
    strong = {term: 1.0 for term in speaking if term.strength >= 3}
    total, opposed = sum(speaking.values()), sum(against.values())
    windows = max(1, math.ceil(layout.length / _WINDOW))
    found["core"] = math.log1p(sum(core.values())), core
    found["variety"] = math.log1p(len(strong)), strong
    found["spread"] = len(sums.telling_windows) / windows, strong
    found["actor"] = density(sums.of(Side.ACTOR))
    found["form"] = density({term: value for term, value in against.items() if term.concept.id in _FORM})
    found["foreign"] = density({term: value for term, value in against.items() if term.concept.id == "foreign"})
    found["balance"] = total / (total + opposed + _DOUBT), speaking
    return found
