"""What relevance looks at in an article: a dozen numbers, and which terms each of them rests on."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from processor.model import Article
from processor.relevance.lexicon import Hit, Lexicon, Side, Term, view

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
_FORM = frozenset({"questions", "guidance", "digest"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """Title and text in one string, and where its fields begin."""

    joined: str
    text_start: int
    """Where the text begins after the title, past a repetition of the title."""
    lead_end: int

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
class Searched:
    """An article and the terms that stand in it: searched once, and read for relevance and for the pillars."""

    layout: Layout
    matched: str
    """The layout's string as `lexicon.view` gives it."""
    hits: Sequence[Hit]


def search(lexicon: Lexicon, article: Article) -> Searched:
    layout = lay_out(article)
    matched = view(layout.joined)
    return Searched(layout=layout, matched=matched, hits=lexicon.find_in_view(matched))


@dataclass(frozen=True, kw_only=True, slots=True)
class Features:
    values: Mapping[str, float]
    shares: Mapping[str, Mapping[str, float]]
    """For each feature that rests on terms: the part of each term, adding up to one."""
    counts: Mapping[str, int]
    """Occurrences of each term."""


_Values = dict[Term, float]
"""What the occurrences of each term are worth together."""


@dataclass(slots=True)
class _Sums:
    """What the hits of one article add up to."""

    title: dict[Side, _Values]
    lead: dict[Side, _Values]
    body: dict[Side, _Values]
    counts: dict[str, int]
    telling_windows: set[int]


def measure(layout: Layout, hits: Sequence[Hit]) -> Features:
    """The features that rest on terms; the nearness to the seeds comes from elsewhere."""
    sums = _add_up(layout, hits)
    values: dict[str, float] = {}
    shares: dict[str, Mapping[str, float]] = {}
    for name, value, terms in _features(layout, sums):
        values[name] = value
        total = sum(terms.values())
        shares[name] = {term.text: part / total for term, part in terms.items()} if total else {}
    return Features(values=values, shares=shares, counts=sums.counts)


def _add_up(layout: Layout, hits: Sequence[Hit]) -> _Sums:
    title, lead, body = (_by_side() for _ in range(3))
    counts: defaultdict[str, int] = defaultdict(int)
    windows: set[int] = set()
    text_start, lead_end = layout.text_start, layout.lead_end
    for start, _, term in hits:
        side = term.concept.side
        if side is Side.NONE:
            continue
        terms = (title if start < text_start else lead if start < lead_end else body)[side]
        value = _VALUE[term.strength]
        terms[term] = terms.get(term, 0.0) + value
        counts[term.text] += 1
        if value >= _TELLING and side is Side.FOR and start >= text_start:
            windows.add((start - text_start) // _WINDOW)
    return _Sums(title=title, lead=lead, body=body, counts=counts, telling_windows=windows)


def _by_side() -> dict[Side, _Values]:
    return {Side.FOR: {}, Side.AGAINST: {}, Side.ACTOR: {}}


def _merged(first: _Values, second: _Values) -> _Values:
    merged = first.copy()
    for term, value in second.items():
        merged[term] = merged.get(term, 0.0) + value
    return merged


def _features(layout: Layout, sums: _Sums) -> Iterator[tuple[str, float, Mapping[Term, float]]]:
    """Each feature with its value and the terms that it rests on."""
    thousands = max(layout.length, _LEAST_LENGTH) / 1000

    def density(terms: _Values) -> float:
        return math.log1p(sum(terms.values()) / thousands)

    whole: dict[Side, _Values] = {}
    for side in (Side.FOR, Side.AGAINST):
        title, lead = sums.title[side], sums.lead[side]
        text = _merged(lead, sums.body[side])
        whole[side] = _merged(title, text)
        yield f"title_{side}", min(sum(title.values()), _TITLE_CAP), title
        yield f"lead_{side}", math.log1p(sum(lead.values())), lead
        yield f"text_{side}", density(text), text
    speaking, against = whole[Side.FOR], whole[Side.AGAINST]
    core = {term: value for term, value in speaking.items() if term.strength >= 4 and term.concept.id in _CORE}
    strong = {term: 1.0 for term in speaking if term.strength >= 3}
    form = {term: value for term, value in against.items() if term.concept.id in _FORM}
    foreign = {term: value for term, value in against.items() if term.concept.id == "foreign"}
    titled = sums.title[Side.AGAINST]
    titled_form = {term: value for term, value in titled.items() if term.concept.id in _FORM}
    abroad = {term: value for term, value in titled.items() if term.concept.id == "foreign"}
    actors = _merged(sums.title[Side.ACTOR], _merged(sums.lead[Side.ACTOR], sums.body[Side.ACTOR]))
    total, opposed = sum(speaking.values()), sum(against.values())
    yield "core", math.log1p(sum(core.values())), core
    yield "variety", math.log1p(len(strong)), strong
    yield "spread", len(sums.telling_windows) / max(1, math.ceil(layout.length / _WINDOW)), strong
    yield "actor", density(actors), actors
    yield "form", density(form), form
    yield "foreign", density(foreign), foreign
    yield "title_foreign", min(sum(abroad.values()), _TITLE_CAP), abroad
    yield "title_form", min(sum(titled_form.values()), _TITLE_CAP), titled_form
    yield "balance", total / (total + opposed + _DOUBT), speaking
