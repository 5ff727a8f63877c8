"""Cuts a text into the words that two versions of an article are compared by.

Spaces, punctuation, case, the place of a tone mark and the way a figure is written are no words; neither are view
counters, clocks and "5 minutes ago", which change with every fetch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from processor.text import fold


class WordKind(StrEnum):
    FIGURE = "figure"
    NAME = "name"
    PROSE = "prose"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text at [start, end); words with the same key are the same."""

    start: int
    end: int
    key: str
    kind: WordKind


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of the text that is not empty."""

    start: int
    end: int
    number: int
    """Counted from 1, empty lines left out."""
    key: str
    """Equal for paragraphs that read the same; empty for one that holds only counters and clocks."""
    words: tuple[Word, ...]


def paragraphs(text: str) -> list[Paragraph]:
    folded = fold(text)
    found: list[Paragraph] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if line.strip():
            words = _words(text, folded, start, end)
            key = " ".join(word.key for word in words)
            found.append(Paragraph(start, end, len(found) + 1, key, words))
        start = end + 1
    return found


_WORD = re.compile(r"[^\W_]+(?:[.,:/-][^\W_]+)*(?: ?%)?")
_THOUSANDS_MARK = re.compile(r"[.,](?=\d{3}(?!\d))")
_CLOCK = r"\d{1,2}[:h]\d{2}(?::\d{2})?(?: ?[ap]m\b)?"
_COUNTED = r"(?:lượt|lần|người|view)s?(?: người)?(?: xem| đọc| truy cập| thích| bình luận)?"
_COUNTER = re.compile(
    rf"(?:số )?{_COUNTED} ?: ?\d[\d.,]*"
    r"|(?:bình luận|lượt xem|lượt đọc|lượt truy cập|đã xem|views?) ?[:(]? ?\d[\d.,]*"
    r"|(?<![\w.,])\d[\d.,]* (?:lượt|người) (?:xem|đọc|thích)\b"
)
_CLOCK_OF_A_PAGE = re.compile(
    rf"(?<!\w)(?:{_CLOCK}|\d{{1,4}} (?:giây|phút|giờ|ngày|tuần|tháng|năm) trước\b|gmt ?[+-] ?\d{{1,2}}"
    r"|(?:thứ \w{1,4}|chủ nhật)[, ]{1,2}(?:ngày )?(?=\d{1,2} ?[/.-])|\d{1,2} ?[/.-] ?\d{1,2} ?[/.-] ?\d{4}(?!\d))"
)
_MAX_WORDS_OF_A_CLOCK_LINE = 8


def _words(text: str, folded: str, start: int, end: int) -> tuple[Word, ...]:
    furniture = [match.span() for match in _COUNTER.finditer(folded, start, end)]
    if folded.count(" ", start, end) < _MAX_WORDS_OF_A_CLOCK_LINE:
        furniture += [match.span() for match in _CLOCK_OF_A_PAGE.finditer(folded, start, end)]
    furniture.sort(reverse=True)
    words: list[Word] = []
    goes_on = False
    for match in _WORD.finditer(folded, start, end):
        first, last = match.span()
        while furniture and furniture[-1][1] <= first:
            furniture.pop()
        if furniture and furniture[-1][0] <= first:
            continue
        begins_sentence = not words or text[words[-1].end : first].strip(" \"'“‘(").endswith((".", "!", "?", ":", "…"))
        kind = _kind(text, first, goes_on=goes_on, begins_sentence=begins_sentence)
        goes_on = kind is WordKind.NAME
        words.append(Word(first, last, _key(match.group(), kind), kind))
    return tuple(words)


def _kind(text: str, start: int, *, goes_on: bool, begins_sentence: bool) -> WordKind:
    """A capital begins a name unless it begins a sentence; after a name, whatever has a capital belongs to it."""
    if text[start].isdigit():
        return WordKind.FIGURE
    if text[start].isupper() and (goes_on or not begins_sentence or text[start + 1 : start + 2].isupper()):
        return WordKind.NAME
    return WordKind.PROSE


def _key(folded: str, kind: WordKind) -> str:
    if kind is not WordKind.FIGURE:
        return folded
    return _THOUSANDS_MARK.sub("", folded.replace(" ", "")).replace(",", ".")
