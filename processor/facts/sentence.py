"""A sentence with everything in it that can give a figure its meaning, found once, when it is first asked for."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from processor.facts.lexicon import FactLexicon, Hit
from processor.facts.numbers import Number, NumberForm, numbers
from processor.facts.ranks import Move, Rank, moves, ranks
from processor.text import sentences

_BOUNDARY = re.compile(r"[,;():.–]\s|[();:]|\s-\s| và | trong đó | còn | nhưng |\s[+•]\s|\|")
_BREAK = re.compile(r"(?P<strong>[;.]\s?)|[():]\s?|,\s| và | trong đó,? | còn |\s-\s|\|")
_DIGIT = re.compile(r"\d")
LONGEST_SENTENCE = 4000
"""Characters of one sentence that are read; what is longer is no sentence but a table or an attack."""
_NOTHING = frozenset({NumberForm.YEAR, NumberForm.OTHER})


@dataclass(frozen=True)
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

    @cached_property
    def text(self) -> str:
        return self.folded[self.start : self.end]

    @cached_property
    def has_digit(self) -> bool:
        return _DIGIT.search(self.folded, self.start, self.end) is not None

    @cached_property
    def has_concepts(self) -> bool:
        return any(hit.phrase.concepts for hit in self.hits)

    @cached_property
    def concepts(self) -> frozenset[str]:
        """All that the sentence names."""
        return frozenset().union(*(hit.phrase.concepts for hit in self.hits))

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        if not self.has_digit:
            return ()
        return tuple(
            number
            for number in numbers(self.folded, self.start, self.end)
            if not any(hit.start <= number.start and number.end <= hit.end for hit in self.hits)
            and not any(start <= number.start < end for start, end in self.excluded)
        )

    @cached_property
    def figures(self) -> tuple[Number, ...]:
        """The numbers that may be figures: not years, dates, periods, codes."""
        return tuple(number for number in self.numbers if number.form not in _NOTHING)

    @cached_property
    def ranks(self) -> tuple[Rank, ...]:
        return tuple(ranks(self.folded, self.start, self.end))

    @cached_property
    def moves(self) -> tuple[Move, ...]:
        return tuple(moves(self.folded, self.start, self.end))

    @cached_property
    def breaks(self) -> tuple[tuple[int, int, bool], ...]:
        """The marks between clause pieces: start, end, whether it is a strong one.

        Not those inside a phrase: "mức độ 3, 4", "các cơ quan, đơn vị".
        """
        return tuple(
            (match.start(), match.end(), match["strong"] is not None)
            for match in _BREAK.finditer(self.folded, self.start, self.end)
            if not any(hit.start < match.start() and match.end() < hit.end for hit in self.hits)
        )

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
