"""A sentence with everything in it that can give a figure its meaning, found once, when it is first asked for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from processor.facts.lexicon import BREAK, FactLexicon, Hit
from processor.facts.numbers import Number, NumberForm, numbers
from processor.facts.ranks import Move, Rank, moves, ranks
from processor.text import sentences

_BOUNDARY = re.compile(r",\s|\.\s|–\s|;\s?|\(\s?|\)\s?|:\s?| -\s| và | trong đó | còn | nhưng | \+\s| •\s|\|")
# Some of many: what they reach is not what the place reaches.
_UNITS = r"(?:cơ quan, đơn vị|cơ quan|đơn vị|sở|ngành|huyện|xã|phường|địa phương|tỉnh)"
_SOME = (
    (
        "các ",
        re.compile(r"các (?:địa phương|đơn vị|cơ quan, đơn vị|sở, ngành|sở|huyện|xã)(?: \w{1,6})? có (?=tỷ lệ|số|mức)"),
    ),
    ("những ", re.compile(r"những (?:địa phương|đơn vị|sở|huyện|xã)(?: \w{1,6})? có (?=tỷ lệ|số|mức)")),
    ("có ", re.compile(rf"có \d{{1,3}}(?:/\d{{1,3}})? {_UNITS}")),
    ("/", re.compile(rf"(?<![\w/])\d{{1,3}}/\d{{1,3}} {_UNITS}")),
    ("một số ", re.compile(rf"một số {_UNITS}")),
    ("nhiều ", re.compile(rf"nhiều {_UNITS}")),
    (" còn lại", re.compile(r"(?:đơn vị|sở|ngành|huyện|xã|địa phương)[^,;]{0,12} còn lại")),
)
"""Each with what must stand in a sentence for it to be found there."""
_DIGIT = re.compile(r"\d")
LONGEST_SENTENCE = 4000
"""Characters of one sentence that are read; what is longer is no sentence but a table or an attack."""
_NOTHING = frozenset({NumberForm.YEAR, NumberForm.OTHER})


T = TypeVar("T")


class lazy(Generic[T]):  # noqa: N801 - used like `property`
    """A property computed on first use and kept, without the lock of `functools.cached_property`."""

    def __init__(self, compute: Callable[[Any], T]) -> None:  # Any: of whatever class it stands in
        self._compute = compute

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> lazy[T]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> T | lazy[T]:
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._compute(instance)
        return value


@dataclass(eq=False)
class SentenceView:
    """One sentence of the folded text; all offsets are the text's. What it holds is computed on first use."""

    folded: str
    """The whole folded text."""
    start: int
    end: int
    paragraph: int
    hits: tuple[Hit, ...]
    excluded: Sequence[tuple[int, int]] = ()
    """Stretches whose numbers are not figures: legal references."""

    @lazy
    def text(self) -> str:
        return self.folded[self.start : self.end]

    @lazy
    def has_digit(self) -> bool:
        return _DIGIT.search(self.folded, self.start, self.end) is not None

    @lazy
    def has_concepts(self) -> bool:
        return any(hit.phrase.concepts for hit in self.hits)

    @lazy
    def concepts(self) -> frozenset[str]:
        """All that the sentence names."""
        return frozenset().union(*[hit.phrase.concepts for hit in self.hits])

    @lazy
    def numbers(self) -> tuple[Number, ...]:
        if not self.has_digit:
            return ()
        found = numbers(self.folded, self.start, self.end)
        parts = [(hit.start, hit.end) for hit in self.hits if hit.phrase.has_digit]
        excluded = [(start, end) for start, end in self.excluded if start < self.end and self.start < end]
        if not parts and not excluded:
            return tuple(found)
        return tuple(
            number
            for number in found
            if not any(start <= number.start and number.end <= end for start, end in parts)
            and not any(start <= number.start < end for start, end in excluded)
        )

    @lazy
    def figures(self) -> tuple[Number, ...]:
        """The numbers that may be figures: not years, dates, periods, codes."""
        return tuple([number for number in self.numbers if number.form not in _NOTHING])

    @lazy
    def ranked_spans(self) -> tuple[tuple[int, int], ...]:
        """Where ranks and moves stand, whose numbers are no figures of their own."""
        return (*((r.start, r.end) for r in self.ranks), *((m.start, m.end) for m in self.moves))

    @lazy
    def ranks(self) -> tuple[Rank, ...]:
        return tuple(ranks(self.folded, self.start, self.end))

    @lazy
    def moves(self) -> tuple[Move, ...]:
        return tuple(moves(self.folded, self.start, self.end))

    @lazy
    def breaks(self) -> tuple[tuple[int, int, bool], ...]:
        """The marks between clause pieces: start, end, whether it is a strong one.

        Not those inside a phrase: "mức độ 3, 4", "các cơ quan, đơn vị".
        """
        folded = self.folded
        inside = [(hit.start, hit.end) for hit in self.hits if hit.phrase.has_break]
        found = [
            (match.start(), match.end(), folded[match.start()] in ";.")
            for match in BREAK.finditer(self.folded, self.start, self.end)
        ]
        if inside:
            found = [mark for mark in found if not any(a < mark[0] and mark[1] < b for a, b in inside)]
        return tuple(found)

    @lazy
    def foreign(self) -> tuple[tuple[int, int], ...]:
        """Where subjects of other figures are named."""
        return tuple(
            [
                (hit.start, hit.end)
                for hit in self.hits
                if hit.phrase.foreign or "FOREIGN_DOSSIER" in hit.phrase.concepts
            ]
        )

    @lazy
    def some_units(self) -> tuple[int, ...]:
        """Where "có 18 đơn vị", "một số huyện" and their like end."""
        found: list[int] = []
        for gate, pattern in _SOME:
            if gate in self.text:
                found += [match.end() for match in pattern.finditer(self.folded, self.start, self.end)]
        return tuple(found)

    def hits_between(self, start: int, end: int) -> list[Hit]:
        return [hit for hit in self.hits if start <= hit.start and hit.end <= end]

    def boundary_before(self, position: int) -> int:
        """Where the clause piece that holds `position` begins: after the last comma, bracket, "và" and so on."""
        begin = self.start
        for match in _BOUNDARY.finditer(self.folded, self.start, position):
            begin = match.end()
        return begin

    def parenthesis(self, position: int) -> tuple[int, int] | None:
        """The bracketed stretch around `position`, without its brackets."""
        opening = self.folded.rfind("(", self.start, position)
        if opening < 0 or self.folded.find(")", opening, position) >= 0:
            return None
        closing = self.folded.find(")", position, self.end)
        return opening + 1, closing if closing >= 0 else self.end


def sentence_views(
    folded: str, text: str, lexicon: FactLexicon, excluded: Sequence[tuple[int, int]]
) -> list[SentenceView]:
    """The sentences of a text; numbers inside `excluded` stretches (legal references) are left out."""
    hits = lexicon.hits(folded)
    starts = [hit.start for hit in hits]
    views: list[SentenceView] = []
    paragraph = 0
    previous_end = 0
    for start, end in sentences(text):
        if text.find("\n", previous_end, start) >= 0:
            paragraph += 1
        previous_end = end
        read_end = min(end, start + LONGEST_SENTENCE)
        within = hits[bisect_left(starts, start) : bisect_left(starts, read_end)]
        if within and within[-1].end > read_end:
            within.pop()
        views.append(SentenceView(folded, start, read_end, paragraph, tuple(within), excluded))
    return views
