"""Turns the lines of a laid-out page back into paragraphs: columns apart, what repeats on every page dropped.

Lines come as they stand on the page, their indents and the gaps between columns as runs of spaces.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from processor.text import normalise

_PAGE_NUMBER = re.compile(
    r"\A\s{0,40}[-–_ ]{0,4}(?:trang |page )?\d{1,4}(?: ?(?:/|of) ?\d{1,4})?[-–_ ]{0,4}", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+")
_ITEM = re.compile(
    r"\A(?:[-–—•+*●▪○§►]\s|\d{1,2}(?:\.\d{1,2}){0,3}[.)/]\s|[a-zđ][.)]\s|[IVXL]{1,5}[.)]\s"
    r"|(?:Điều|Chương|Mục|Phần|Phụ lục|Biểu|Bảng)\s[\dIVX]|(?:Căn cứ|Nơi nhận|Kính gửi|TM\.|KT\.|Số\s?:|V/v))"
)
_GAP = re.compile(r"(?<=\S) {2,}(?=\S)")
_MIN_COLUMN_GAP = 4
_LETTERHEAD_LINES = 30
_EDGE_LINES = 2
"""Lines at the top and the bottom of a page among which its number, heading and footing stand."""
_MIN_WIDTH = 40
"""Lines shorter than this on the whole are a table or a poster, not wrapped text."""


def without_furniture(pages: Sequence[Sequence[str]]) -> list[str]:
    """The lines of all pages without page numbers and without headings and footings that recur."""
    pages = [_without_blank_edges(page) for page in pages]
    edges = Counter(_shape(page[index]) for page in pages for index in _edges(page))
    often = max(3, len(pages) // 2)
    kept: list[str] = []
    for page in pages:
        at_edge = _edges(page)
        for index, line in enumerate(page):
            is_number = index in {0, len(page) - 1} and _PAGE_NUMBER.fullmatch(line)
            if not is_number and not (index in at_edge and edges[_shape(line)] >= often):
                kept.append(line)
    return kept


def _without_blank_edges(page: Sequence[str]) -> Sequence[str]:
    filled = [index for index, line in enumerate(page) if line.strip()]
    return page[filled[0] : filled[-1] + 1] if filled else ()


def _edges(page: Sequence[str]) -> set[int]:
    """Where headings and footings may stand: fewer lines on a page that is nearly empty."""
    depth = min(_EDGE_LINES, len(page) // 4)
    return {*range(depth), *range(len(page) - depth, len(page))}


def _shape(line: str) -> str:
    return _DIGITS.sub("#", " ".join(line.split()))


def columns_apart(lines: Sequence[str]) -> list[str]:
    """The lines with side-by-side columns taken apart.

    In the head of a document the left column is read before the right one; further down columns are those of a
    table, whose rows stay together, their cells divided by " | ".
    """
    found: list[str] = []
    index = 0
    while index < len(lines):
        cells = _cells(lines[index])
        if len(cells) == 2 and index < _LETTERHEAD_LINES:
            both, index = _letterhead(lines, index)
            found += both
        else:
            found.append(lines[index] if len(cells) == 1 else " | ".join(cells))
            index += 1
    return found


def _cells(line: str) -> list[str]:
    """The parts of a line between gaps that are wide beside its other gaps: justified lines are wide throughout."""
    gaps = list(_GAP.finditer(line))
    # A single blank between words is the usual case, and makes any wide gap stand out.
    narrowest = 1 if " " in _GAP.sub("", line.strip()) else min((len(gap.group()) for gap in gaps), default=1)
    wide = [
        gap
        for gap in gaps
        if len(gap.group()) >= _MIN_COLUMN_GAP and (len(gaps) == 1 or len(gap.group()) >= 2 * narrowest)
    ]
    starts = [0, *(gap.end() for gap in wide)]
    ends = [*(gap.start() for gap in wide), len(line)]
    return [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]


def _letterhead(lines: Sequence[str], start: int) -> tuple[list[str], int]:
    """Two columns from `start` on, one after the other, and the index of the line after them."""
    left: list[str] = []
    right: list[str] = []
    right_column = len(lines[start])
    for index in range(start, min(len(lines), start + _LETTERHEAD_LINES)):
        line = lines[index].rstrip()
        cells = _cells(line)
        if len(cells) == 2:
            left.append(cells[0])
            right.append(cells[1])
            right_column = min(right_column, len(line) - len(cells[1]))
        elif not line or len(cells) > 2:
            return left + right, index
        elif len(line) - len(line.lstrip()) >= right_column - 4:
            right.append(line.strip())
        elif len(line) <= right_column:
            left.append(line.strip())
        else:
            return left + right, index
    return left + right, min(len(lines), start + _LETTERHEAD_LINES)


class _Line(NamedTuple):
    text: str
    indent: int
    end: int
    """Where it ends on the page, in characters from the left margin."""


def join_wrapped(lines: Sequence[str]) -> list[str]:
    """Paragraphs from lines: a line goes on in the next unless either looks like an end or a beginning."""
    laid = [_Line(normalise(line), len(line) - len(line.lstrip(" ")), len(line.rstrip())) for line in lines]
    ends = sorted(line.end for line in laid if line.text)
    width = ends[len(ends) * 9 // 10] if ends else 0
    if width < _MIN_WIDTH:
        return [line.text for line in laid if line.text]
    paragraphs: list[list[str]] = []
    previous = _Line("", 0, 0)
    for line in laid:
        if line.text and previous.text and _goes_on(previous, line, width):
            paragraphs[-1].append(line.text)
        elif line.text:
            paragraphs.append([line.text])
        previous = line
    return [_glue(parts) for parts in paragraphs]


def _goes_on(line: _Line, following: _Line, width: int) -> bool:
    if _ITEM.match(following.text) or _is_heading(line.text) or _is_heading(following.text):
        return False
    if " | " in line.text or " | " in following.text or line.text[-1] in ":;":
        return False
    if line.text[-1] in '.!?”"':
        return line.end >= 0.9 * width and following.indent <= line.indent + 1 and not following.text[0].isdigit()
    return line.end >= 0.7 * width or (following.text[0].islower() and line.end >= 0.4 * width)


def _is_heading(line: str) -> bool:
    """Whether all its letters are capitals, and it has some words of them."""
    return line.isupper() and line.count(" ") >= 1 and sum(map(str.isalpha, line)) * 2 > len(line)


def _glue(parts: Sequence[str]) -> str:
    """The lines as one. A word divided at the end of a line is made whole; a dash between figures stays."""
    joined = parts[0]
    for part in parts[1:]:
        if joined[-1] == "-" and joined[-2:-1].isalnum():
            divided = joined[-2:-1].isalpha() and part[0].islower()
            joined = (joined[:-1] if divided else joined) + part
        else:
            joined = f"{joined} {part}"
    return joined
