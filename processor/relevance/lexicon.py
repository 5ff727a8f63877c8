"""The terms that relevance and pillars are judged by, and where they stand in a text.

A term belongs to a concept, and a concept speaks for a reform report, against one, or names an office of the State.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any, NamedTuple

import ahocorasick
import yaml

from processor.model import Pillar
from processor.text import fold


class Side(StrEnum):
    FOR = "for"
    AGAINST = "against"
    ACTOR = "actor"
    NONE = "none"
    """Only keeps a shorter term inside it from counting."""


# Compared and hashed by identity: a lexicon makes each of them once, and every hit of a text is looked up by its term.
@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Concept:
    id: str
    side: Side
    pillar: Pillar | None


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Term:
    text: str
    """As it stands in print, in lower case."""
    concept: Concept
    strength: float
    """How strongly one occurrence speaks, from 4 (the subject itself) to 1 (a hint); 0 for terms of no side."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Pair:
    """A verb and its object that together are one term of a concept."""

    between: frozenset[str]
    """Words that may stand between the two, besides numbers."""
    terms: Mapping[tuple[str, str], Term]
    """By first and second part. One term whatever the number between: "giảm 5 sở" and "giảm 12 sở" argue alike."""


class Hit(NamedTuple):
    """One occurrence of a term; offsets in code points."""

    start: int
    end: int
    term: Term


_QUOTES = re.compile("[“”„‟«»‘’‚']")
_ALTERNATIVES = re.compile(r"\(([^()]*)\)")


class _Entry(NamedTuple):
    """What the automaton holds for one word group."""

    size: int
    term: Term | None
    opens: tuple[Pair, ...]
    """Pairs of which it is the first part."""
    closes: tuple[Pair, ...]


_MOST_BETWEEN = 24
"""Characters between the parts of a pair."""


class Lexicon:
    """All terms in one automaton. Immutable once built; one pass over a text finds them all."""

    def __init__(self, entries: Mapping[str, _Entry]) -> None:
        # pyahocorasick carries no types.
        self._automaton: Any = ahocorasick.Automaton()
        for key, entry in entries.items():
            self._automaton.add_word(key, entry)
        self._automaton.make_automaton()

    @classmethod
    def load(cls) -> Lexicon:
        """The project's own lexicon."""
        text = resources.files("processor.data").joinpath("lexicon.yml").read_text(encoding="utf-8")
        return cls.from_data(yaml.safe_load(text))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Lexicon:
        """Raises ValueError when patterns put the same term in two concepts."""
        return cls(_read_entries(data))

    def find(self, text: str) -> list[Hit]:
        """Every occurrence of a term as whole syllables, the longest where several begin at one place."""
        return self.find_in_view(view(text))

    def find_in_view(self, matched: str) -> list[Hit]:
        """The same for a text that `view` was already applied to."""
        length = len(matched)
        hits: list[Hit] = []
        opened: tuple[int, int, _Entry] | None = None
        for last, entry in self._automaton.iter_long(matched):
            end = last + 1
            start = end - entry.size
            if start and matched[start].isalnum() and matched[start - 1].isalnum():
                continue
            if end < length and matched[last].isalnum() and matched[end].isalnum():
                continue
            if opened and entry.closes and start - opened[1] <= _MOST_BETWEEN:
                hits.extend(_close_pair(matched, opened, start, end, entry))
            if entry.term is not None:
                hits.append(Hit(start, end, entry.term))
            if entry.opens:
                opened = start, end, entry
        return hits


def _close_pair(matched: str, opened: tuple[int, int, _Entry], start: int, end: int, closing: _Entry) -> Iterator[Hit]:
    first, first_end, opening = opened
    words = matched[first_end:start].split()
    for pair in opening.opens:
        if pair in closing.closes and all(word in pair.between or _is_number(word) for word in words):
            yield Hit(first, end, pair.terms[matched[first:first_end], matched[start:end]])
            return


def _is_number(word: str) -> bool:
    return word.strip("%.,").replace(".", "").replace(",", "").isdigit()


def _read_entries(data: Mapping[str, Any]) -> dict[str, _Entry]:
    entries: dict[str, _Entry] = {}
    concepts: dict[str, Concept] = {}
    for each in data["concepts"]:
        pillar = Pillar(each["pillar"]) if "pillar" in each else None
        concept = concepts[each["id"]] = Concept(id=each["id"], side=Side(each["side"]), pillar=pillar)
        for strength, patterns in each["terms"].items():
            for text in _expand_all(patterns):
                _add_term(entries, Term(text=text, concept=concept, strength=float(strength)))
    for each in data.get("pairs", ()):
        _add_pair(entries, each, concepts[each["concept"]])
    return entries


def _add_pair(entries: dict[str, _Entry], data: Mapping[str, Any], concept: Concept) -> None:
    firsts, thens = list(_expand_all(data["first"])), list(_expand_all(data["then"]))
    terms = {
        (view(first), view(then)): Term(text=f"{first} … {then}", concept=concept, strength=float(data["strength"]))
        for first in firsts
        for then in thens
    }
    pair = Pair(between=frozenset(view(word) for word in data["between"]), terms=terms)
    for first in firsts:
        entry = _entry(entries, first)
        entries[view(first)] = entry._replace(opens=(*entry.opens, pair))
    for then in thens:
        entry = _entry(entries, then)
        entries[view(then)] = entry._replace(closes=(*entry.closes, pair))


def _expand_all(patterns: Iterable[str]) -> Iterator[str]:
    for pattern in patterns:
        yield from expand(pattern)


def _entry(entries: Mapping[str, _Entry], text: str) -> _Entry:
    key = view(text)
    return entries.get(key) or _Entry(len(key), None, (), ())


def _add_term(entries: dict[str, _Entry], term: Term) -> None:
    entry = _entry(entries, term.text)
    known = entry.term
    if known is not None and known.concept.id != term.concept.id:
        raise ValueError(f"{term.text!r} stands both in {known.concept.id} and in {term.concept.id}")
    if known is None or known.strength < term.strength:
        entries[view(term.text)] = entry._replace(term=term)


def view(text: str) -> str:
    """The text as terms are matched against it: folded, with one kind of quotation mark; same offsets."""
    return _QUOTES.sub('"', fold(text))


def expand(pattern: str) -> Iterator[str]:
    """Each term that a pattern like "(giảm|cắt giảm) thủ tục( hành chính|)" stands for."""
    choice = _ALTERNATIVES.search(pattern)
    if choice is None:
        yield pattern.lower()
        return
    for alternative in choice.group(1).split("|"):
        yield from expand(pattern[: choice.start()] + alternative + pattern[choice.end() :])
