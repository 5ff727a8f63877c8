"""Text in the capital fonts of TCVN3, which has no codes for capital letters with tones.

Offices that wrote in that encoding set their headings in fonts whose names end in H (.VnTimeH), which draw small
letters as capitals. Such text is meant as capitals, and is turned into them.
"""

from __future__ import annotations

import re

_FONT = re.compile(r"\.vn[a-z0-9 ]{1,24}h\b", re.IGNORECASE)
_ELEMENT = re.compile(r"<([a-z]{1,10}[1-6]?)\s", re.IGNORECASE)
_MAX_ATTRIBUTES = 400
"""Characters of a tag on either side of the font's name."""
_PART = re.compile(r"<[^<>]{0,2000}>|&#?\w{1,10};|[^<&]+|[<&]")
_REACH = 50_000
"""Characters within which an element set in such a font ends; where none does, nothing is changed."""


def as_capitals(text: str) -> str:
    """The page with what it sets in capital fonts in capital letters; tags and character references stay."""
    if _FONT.search(text) is None:
        return text
    parts: list[str] = []
    position = 0
    for font in _FONT.finditer(text):
        opening = _tag_around(text, max(position, font.start() - _MAX_ATTRIBUTES), font)
        if opening is None:
            continue
        tag, start = opening
        parts.append(text[position:start])
        position = min(start + _REACH, len(text))
        end = _end_of(text, tag, start, position)
        if end is None:
            parts.append(text[start:position])
        else:
            parts.append(_PART.sub(_capitals, text[start:end]))
            position = end
    parts.append(text[position:])
    return "".join(parts)


def _tag_around(text: str, first: int, font: re.Match[str]) -> tuple[str, int] | None:
    """The name of the tag in which a font is named, which begins after `first`, and where the tag ends."""
    begin = text.rfind("<", first, font.start())
    element = _ELEMENT.match(text, begin) if begin >= 0 else None
    end = text.find(">", begin, font.end() + _MAX_ATTRIBUTES)
    if element is None or end < font.end():
        return None
    return element.group(1), end + 1


def _end_of(text: str, tag: str, start: int, limit: int) -> int | None:
    """Where the element that begins before `start` is closed."""
    depth = 1
    for match in re.compile(rf"<(/?){tag}\b", re.IGNORECASE).finditer(text, start, limit):
        depth += -1 if match.group(1) else 1
        if depth == 0:
            return match.start()
    return None


def _capitals(match: re.Match[str]) -> str:
    part = match.group()
    return part if part[0] in "<&" else part.upper()
