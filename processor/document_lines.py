"""Turns the lines of a laid-out page back into paragraphs, and drops what repeats on every page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_PAGE_NUMBER = re.compile(r"[-–_ ]{0,4}(?:trang |page )?\d{1,4}(?: ?(?:/|of) ?\d{1,4})?[-–_ ]{0,4}", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_ITEM = re.compile(
    r"[-–—•+*●▪○§►]\s|\d{1,2}(?:\.\d{1,2}){0,3}[.)/]\s|[a-zđ][.)]\s|[IVXL]{1,5}[.)]\s"
    r"|(?:Điều|Chương|Mục|Phần|Phụ lục|Biểu|Bảng)\s[\dIVX]|(?:Căn cứ|Nơi nhận|Kính gửi|TM\.|KT\.|Số\s?:|V/v)"
)
_EDGE_LINES = 2
"""Lines at the top and the bottom of a page among which its number, heading and footing stand."""
_MIN_WIDTH = 40
"""Lines shorter than this on the whole are a table or a poster, not wrapped text."""


def without_furniture(pages: Sequence[Sequence[str]]) -> list[str]:
    """The lines of all pages without page numbers and without headings and footings that recur."""
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


def _edges(page: Sequence[str]) -> set[int]:
    """Where headings and footings may stand: fewer lines on a page that is nearly empty."""
    depth = min(_EDGE_LINES, len(page) // 4)
    return {*range(depth), *range(len(page) - depth, len(page))}


def _shape(line: str) -> str:
    return _DIGITS.sub("#", line)


def join_wrapped(lines: Sequence[str]) -> list[str]:
    """Paragraphs from lines: a line goes on in the next unless either looks like an end or a beginning."""
    lengths = sorted(len(line) for line in lines if line)
    width = lengths[len(lengths) * 9 // 10] if lengths else 0
    if width < _MIN_WIDTH:
        return [line for line in lines if line]
    paragraphs: list[list[str]] = []
    previous = ""
    for line in lines:
        if line and previous and _goes_on(previous, line, width):
            paragraphs[-1].append(line)
        elif line:
            paragraphs.append([line])
        previous = line
    return [_glue(parts) for parts in paragraphs]


def _goes_on(line: str, following: str, width: int) -> bool:
    if _ITEM.match(following) or _is_heading(line) or _is_heading(following):
        return False
    if line[-1] in ":;":
        return False
    if line[-1] in '.!?”"':
        return len(line) >= 0.9 * width and not following[0].isdigit()
    return len(line) >= 0.7 * width or (following[0].islower() and len(line) >= 0.4 * width)


def _is_heading(line: str) -> bool:
    """Whether all its letters are capitals, and it has some words of them."""
    return line.isupper() and line.count(" ") >= 1 and sum(map(str.isalpha, line)) * 2 > len(line)


def _glue(parts: Sequence[str]) -> str:
    """The lines as one. A word divided at the end of a line is made whole; a dash between figures stays."""
    joined = parts[0]
    for part in parts[1:]:
        if joined[-1] == "\u00ad":
            joined = joined[:-1] + part
        elif joined[-1] == "-" and joined[-2:-1].isalnum():
            divided = joined[-2:-1].isalpha() and part[0].islower()
            joined = (joined[:-1] if divided else joined) + part
        else:
            joined = f"{joined} {part}"
    return joined
