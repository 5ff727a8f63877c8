"""Text in the capital fonts of TCVN3, which has no codes for capital letters with tones.

Offices that wrote in that encoding set their headings in fonts whose names end in H (.VnTimeH), which draw small
letters as capitals. Such text is meant as capitals, and is turned into them.
"""

from __future__ import annotations

import re

_FONT = re.compile(r"\.vn[a-z0-9 ]{1,24}h\b", re.IGNORECASE)
_OPENING = re.compile(
    rf"<(font|span|p|b|strong|i|em|u|a|td|div|h[1-6])\s[^<>]{{0,400}}?{_FONT.pattern}[^<>]{{0,400}}>", re.IGNORECASE
)
_PART = re.compile(r"<[^<>]{0,2000}>|&#?\w{1,10};|[^<&]+|[<&]")
_REACH = 50_000
"""Characters within which an element set in such a font ends; where none does, nothing is changed."""


def as_capitals(text: str) -> str:
    """The page with what it sets in capital fonts in capital letters; tags and character references stay."""
    if _FONT.search(text) is None:
        return text
    parts: list[str] = []
    position = 0
    while (opening := _OPENING.search(text, position)) is not None:
        parts.append(text[position : opening.end()])
        position = min(opening.end() + _REACH, len(text))
        end = _end_of(text, opening.group(1), opening.end(), position)
        if end is None:
            parts.append(text[opening.end() : position])
        else:
            parts.append(_PART.sub(_capitals, text[opening.end() : end]))
            position = end
    parts.append(text[position:])
    return "".join(parts)


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
