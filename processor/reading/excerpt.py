"""Cuts from a page's bytes what a known layout needs of it: the head and one element, without parsing the rest.

A cut page must be read as the whole one would be. So nothing is cut where that is in doubt: where the element is not
plainly delimited, or where the rest of the page says something about the article that could not be taken along.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

CUTTABLE: Final = frozenset({"div", "article", "section", "main", "table", "form"})
"""Elements that end at their own end tag and nowhere else, so that counting tags finds where they end."""

_HEAD_ENDS: Final = (b"</head>", b"</HEAD>")
_TITLES: Final = (b"<title", b"<TITLE")
_VALUE_WITH_MARKUP = re.compile(rb"=\s?(?:\"[^\"<>]*<|'[^'<>]*<)")
_STRONG = re.compile(
    rb"<(/?)(t(?:[dhr]|body|head|foot|able|itle|extarea)|div|body|html|style|iframe|noscript|select)\b"
)
"""Tags that, where one of a pair is missing, move the end of what stands around them or hide what follows."""
_IN_TABLE: Final = frozenset({b"td", b"th", b"tr", b"tbody", b"thead", b"tfoot"})
_DATES: Final = (b"datePublished", b"dateCreated", b"datecreated")
_MAX_TAG: Final = 2 * 1024
_LOOK_BACK: Final = 8 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Cut:
    """Where the pages of a layout are cut."""

    opening: str
    """The opening tag of the element, as the pages write it."""
    nth: int
    """Which tag of those that are written so; 0 where there is only one."""
    around: str
    """Opening tags to be put around the element, where its place among others is counted."""
    told_elsewhere: bool
    """Whether pages have meta tags, structured data or declared dates outside of their head and the element.

    To look for them costs as much as all else here, and a layout either has them or never has.
    """

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Cut:
        """The cut back. Raises KeyError or TypeError for another shape."""
        opening, nth, around, told = (value[key] for key in ("opening", "nth", "around", "told_elsewhere"))
        if isinstance(opening, str) and isinstance(nth, int) and isinstance(around, str) and isinstance(told, bool):
            return cls(opening=opening, nth=nth, around=around, told_elsewhere=told)
        raise TypeError("a cut has two strings, a number and a truth")


def excerpt(body: bytes, cut: Cut) -> bytes | None:
    """The page's head and the element, as a page; None where cutting is not safe."""
    opening = cut.opening.encode()
    start = _start(body, opening, cut.nth)
    head = _head_end(body, start) if start >= 0 else None
    if head is None or _is_inside(body, start, b"<!--", b"-->") or _is_inside(body, start, b"<script", b"</script"):
        return None
    found = _element(body, start, opening)
    if found is None or not _is_balanced(found[1]):
        return None
    end = found[0]
    before = _told(body, head, start) if cut.told_elsewhere else []
    after = _told(body, end, len(body)) if cut.told_elsewhere else []
    if before is None or after is None:
        return None
    return b"".join((body[:head], b"</head><body>", *before, cut.around.encode(), body[start:end], *after))


def tells_elsewhere(body: bytes, cut: Cut) -> bool:
    """Whether the page has meta tags, structured data or declared dates outside of its head and the element."""
    start = _start(body, cut.opening.encode(), cut.nth)
    head = _head_end(body, start) if start >= 0 else None
    found = _element(body, start, cut.opening.encode()) if head is not None else None
    if head is None or found is None:
        return True
    return _told(body, head, start) != [] or _told(body, found[0], len(body)) != []


def _start(body: bytes, opening: bytes, nth: int) -> int:
    start = body.find(opening)
    if nth == 0:
        return start if start < 0 or body.find(opening, start + 1) < 0 else -1
    for _ in range(nth - 1):
        if start < 0:
            break
        start = body.find(opening, start + 1)
    return start


def _head_end(body: bytes, before: int) -> int | None:
    """Where a head with a title in it ends."""
    for tag in _HEAD_ENDS:
        if (end := body.find(tag, 0, before)) >= 0:
            return end if any(body.find(title, 0, end) >= 0 for title in _TITLES) else None
    return None


def _is_inside(body: bytes, at: int, begin: bytes, end: bytes) -> bool:
    """Whether what stands there belongs to a comment or script that begins not too far before."""
    since = max(0, at - _LOOK_BACK)
    return body.rfind(begin, since, at) > body.rfind(end, since, at)


def _element(body: bytes, start: int, opening: bytes) -> tuple[int, bytes] | None:
    """Where the element that begins at `start` ends, and its markup without comments and scripts; None in doubt."""
    tags = _tags_like(opening)
    depth, position, seen = 0, start, start
    markup: list[bytes] = []
    while (match := tags.search(body, position)) is not None:
        position = match.end()
        if hidden := match["comment"] or match["script"]:
            position = body.find(b"-->" if hidden == b"!--" else b"</script", position)
            if position < 0:
                return None
            markup.append(body[seen : match.start()])
            seen = position
        elif match["close"]:
            depth -= 1
        else:
            depth += 1
        if depth == 0:
            end = body.find(b">", position) + 1
            return (end, b"".join((*markup, body[seen:end]))) if end else None
    return None


@lru_cache(maxsize=256)
def _tags_like(opening: bytes) -> re.Pattern[bytes]:
    match = re.match(rb"<(\w{1,20})", opening)
    name = match[1] if match else b"div"
    return re.compile(rb"<(?:(?P<comment>!--)|(?P<script>script\b)|(?P<close>/?)" + name + rb"\b)", re.IGNORECASE)


def _is_balanced(markup: bytes) -> bool:
    """Whether every tag that matters has its counterpart, and none stands in an attribute.

    Cells and rows that are left open end with their table.
    """
    tables = 0
    balance: dict[bytes, int] = {}
    for end, name in _STRONG.findall(markup.lower()):
        step = -1 if end else 1
        if name == b"table":
            tables += step
        elif name in _IN_TABLE:
            if tables <= 0:
                return False
        else:
            balance[name] = balance.get(name, 0) + step
    return tables == 0 and not any(balance.values()) and _VALUE_WITH_MARKUP.search(markup) is None


def _told(body: bytes, start: int, end: int) -> list[bytes] | None:
    """What a stretch of a page says in meta tags and structured data; None when it says more than can be told apart."""
    if body.find(b"<META", start, end) >= 0 or body.find(b"pubdate", start, end) >= 0:
        return None
    pieces = [body[begin:stop] for begin, stop in sorted((*_metas(body, start, end), *_structured(body, start, end)))]
    if body.find(b"itemprop", start, end) >= 0 and any(
        body.count(name, start, end) > sum(piece.count(name) for piece in pieces) for name in _DATES
    ):
        return None
    return pieces


def _metas(body: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    while (at := body.find(b"<meta", at, end)) >= 0:
        close = body.find(b">", at, at + _MAX_TAG) + 1
        if close and not _is_inside(body, at, b"<!--", b"-->"):
            yield at, close
        at += 5


def _structured(body: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    while (at := body.find(b"ld+json", at, end)) >= 0:
        begin, close = body.rfind(b"<", max(start, at - _MAX_TAG), at), body.find(b"</script>", at, end)
        if close < 0:
            return
        if begin >= 0 and body.startswith(b"<script", begin):
            yield begin, close + len(b"</script>")
        at = close
