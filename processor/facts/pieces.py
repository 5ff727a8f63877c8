"""Where a number's words are: the clause pieces before and after it and the concepts named in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from processor.facts.lexicon import Measure
from processor.facts.numbers import Number
from processor.facts.sentence import SentenceView

_FILLER_PHRASES = re.compile(
    r"đối với mỗi cấp(?: hành chính)?|cho đến khi|kết quả (?=đạt|là|thực hiện)|theo kế hoạch|so với cùng kỳ|"
    r"quý [iv1-4]{1,3}"
)
_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"20[0-4]\d")
_BEGAN_WITH = re.compile(r"từ(?: mức)?\s$")
_ENDED_WITH = re.compile(
    r"(?:\s?điểm)?+(?: năm \d{4})?+(?:\s?\([^()]{0,30}\))?+\s(?:xuống|lên)(?: còn| tới| đến| mức| chỉ){0,2}\s\d"
)
# A share in brackets between a count and what it counts: "850 TTHC (40,48%) cung cấp trực tuyến".
_ASIDE_SHARE = re.compile(r"\s?\((?:đạt |chiếm |tỷ lệ |tương đương |tương ứng ){0,2}[\d.,]{1,8}\s?%\)\s")
_RIGHT_LEAD = re.compile(r"\s{1,2}(?:số |tổng số |số lượng |các |trong tổng số |trên tổng số |lượng |của )?")


def concepts_between(sentence: SentenceView, start: int, end: int) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for begin, _, phrase in sentence.hits:
        if begin >= end:
            break
        if begin >= start and phrase.concepts:
            found |= phrase.concepts
    return found


def is_foreign_between(sentence: SentenceView, start: int, end: int) -> bool:
    return any(start <= begin and stop <= end for begin, stop in sentence.foreign)


def piece_start(sentence: SentenceView, position: int, floor: int) -> int:
    begin = max(sentence.start, floor)
    for _, end, _ in sentence.breaks:
        if end > position:
            break
        begin = max(begin, end)
    return begin


def starts_back(sentence: SentenceView, position: int, floor: int) -> Iterator[int]:
    """Where to look from, nearest first: the pieces before a position back to the previous number."""
    low = max(sentence.start, floor)
    yield from (end for _, end, _ in reversed(sentence.breaks) if low < end <= position)
    yield low


def ends_ahead(sentence: SentenceView, position: int, stop: int) -> Iterator[int]:
    """Where to look to, nearest first: the pieces after a position up to the next number or semicolon."""
    for start, _, strong in sentence.breaks:
        if position <= start < stop:
            yield start
            if strong:
                return
    yield stop


def first_end(sentence: SentenceView, position: int, stop: int) -> int:
    return next(ends_ahead(sentence, position, stop))


def label_start(sentence: SentenceView, begin: int, position: int, measure: Measure) -> int:
    """Where the words that make a number this measure begin, going back only as far as needed."""
    missing = set(measure.needs)
    start = position
    for hit in reversed(sentence.hits_between(begin, position)):
        if hit.phrase.concepts & missing:
            missing -= hit.phrase.concepts
            start = hit.start
    return start


def leads_right(sentence: SentenceView, number: Number, stop: int) -> bool:
    """Whether the number stands before what it measures: "80% hồ sơ ...", "55% trước hạn"."""
    lead = _RIGHT_LEAD.match(sentence.folded, number.end, stop)
    if lead is None:
        return False
    return any(
        number.end <= hit.start <= lead.end() and (hit.phrase.concepts or hit.phrase.foreign) and hit.end <= stop
        for hit in sentence.hits
    )


def began_with(sentence: SentenceView, number: Number) -> bool:
    """Whether the number is the first of "từ 35% lên 52%"."""
    before = sentence.folded[max(sentence.start, number.start - 10) : number.start]
    if not before.endswith(("từ ", "mức ")):
        return False
    return (
        _BEGAN_WITH.search(before) is not None
        and _ENDED_WITH.match(sentence.folded, number.end, sentence.end) is not None
    )


def counts_people(sentence: SentenceView, number: Number) -> bool:
    """Whether the share is one of people or of something foreign, which no label before it can claim."""
    for hit in sentence.hits:
        if number.end <= hit.start <= number.end + 4:
            return hit.phrase.foreign or hit.phrase.concepts == {"PERSON"}
    return False


def only_fillers(text: str, fillers: frozenset[str]) -> bool:
    words = _WORD.findall(_FILLER_PHRASES.sub(" ", text))
    return all(word in fillers or _YEAR.fullmatch(word) for word in words)


def past_aside(sentence: SentenceView, noun_end: int) -> frozenset[str]:
    """The concepts that go on after a share in brackets, up to the next figure or mark."""
    aside = _ASIDE_SHARE.match(sentence.folded, noun_end, sentence.end)
    if aside is None:
        return frozenset()
    stop = next((number.start for number in sentence.figures if number.start >= aside.end()), sentence.end)
    return concepts_between(sentence, aside.end(), first_end(sentence, aside.end(), stop))


def is_of_some(sentence: SentenceView, number: Number) -> bool:
    """Whether the subject of a share is some units of many: "có 18 cơ quan, đơn vị ... đạt 100%"."""
    return any(
        end <= number.start and not any(end <= start < number.start for start, _, _ in sentence.breaks)
        for end in sentence.some_units
    )
