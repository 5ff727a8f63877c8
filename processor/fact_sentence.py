"""A sentence with everything in it that can give a figure its meaning, found once and kept together."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from processor.fact_lexicon import FactLexicon, Hit
from processor.fact_ranks import Move, Rank, moves, ranks
from processor.numbers import Number, NumberForm, numbers
from processor.text import sentences

_BOUNDARY = re.compile(r"[,;():.–]\s|[();:]|\s-\s| và | trong đó | còn | nhưng |\s[+•]\s|\|")
_DIGIT = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class SentenceView:
    """One sentence of the folded text; all offsets are the text's."""

    folded: str
    """The whole folded text."""
    start: int
    end: int
    paragraph: int
    hits: tuple[Hit, ...]
    numbers: tuple[Number, ...]
    ranks: tuple[Rank, ...]
    moves: tuple[Move, ...]
    breaks: tuple[tuple[int, int, bool], ...] = ()
    """The marks that cut a sentence with numbers into clause pieces: start, end, whether it is a strong one."""

    @property
    def text(self) -> str:
        return self.folded[self.start : self.end]

    def hits_between(self, start: int, end: int) -> list[Hit]:
        return [hit for hit in self.hits if start <= hit.start and hit.end <= end]

    def boundary_before(self, position: int) -> int:
        """Where the clause piece that holds `position` begins: after the last comma, bracket, "và" and so on."""
        begin = self.start
        for match in _BOUNDARY.finditer(self.folded, self.start, position):
            begin = match.end()
        return begin

    def boundary_after(self, position: int) -> int:
        match = _BOUNDARY.search(self.folded, position, self.end)
        return match.start() if match else self.end

    def parenthesis(self, position: int) -> tuple[int, int] | None:
        """The bracketed stretch around `position`, without its brackets."""
        opening = self.folded.rfind("(", self.start, position)
        if opening < 0 or self.folded.find(")", opening, position) >= 0:
            return None
        closing = self.folded.find(")", position, self.end)
        return opening + 1, closing if closing >= 0 else self.end


_BREAK = re.compile(r"(?P<strong>[;.]\s?)|[():]\s?|,\s| và | trong đó,? | còn |\s-\s|\|")


def _breaks(folded: str, start: int, end: int, hits: list[Hit]) -> tuple[tuple[int, int, bool], ...]:
    """The marks between clause pieces, but for those inside a phrase: "mức độ 3, 4", "các cơ quan, đơn vị"."""
    return tuple(
        (match.start(), match.end(), match["strong"] is not None)
        for match in _BREAK.finditer(folded, start, end)
        if not any(hit.start < match.start() and match.end() < hit.end for hit in hits)
    )


def sentence_views(folded: str, text: str, lexicon: FactLexicon, excluded: list[tuple[int, int]]) -> list[SentenceView]:
    """The sentences of a text; numbers inside `excluded` stretches (legal references) are left out."""
    hits = lexicon.hits(folded)
    starts = [hit.start for hit in hits]
    views: list[SentenceView] = []
    paragraph = 0
    previous_end = 0
    for start, end in sentences(text):
        if "\n" in text[previous_end:start]:
            paragraph += 1
        previous_end = end
        within = hits[bisect_left(starts, start) : bisect_left(starts, end)]
        views.append(_view(folded, start, end, paragraph, within, excluded))
    return views


def _view(
    folded: str, start: int, end: int, paragraph: int, hits: list[Hit], excluded: list[tuple[int, int]]
) -> SentenceView:
    found: tuple[Number, ...] = ()
    if _DIGIT.search(folded, start, end):
        found = tuple(
            number
            for number in numbers(folded, start, end)
            if not any(hit.start <= number.start and number.end <= hit.end for hit in hits)
            and not any(a <= number.start < b for a, b in excluded)
        )
    return SentenceView(
        folded=folded,
        start=start,
        end=end,
        paragraph=paragraph,
        hits=tuple(hits),
        numbers=found,
        ranks=tuple(ranks(folded, start, end)),
        moves=tuple(moves(folded, start, end)),
        breaks=_breaks(folded, start, end, hits) if found else (),
    )


def figures(sentence: SentenceView) -> list[Number]:
    """The numbers that may be figures: not years, dates, periods, codes."""
    return [number for number in sentence.numbers if number.form not in {NumberForm.YEAR, NumberForm.OTHER}]
