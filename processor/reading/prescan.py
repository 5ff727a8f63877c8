"""Linear checks of a page's bytes before anything parses them.

A parser takes minutes on a page of a few megabytes that was built to hurt it, and silently gives
nothing for others. These checks read the bytes once, so they cost a fraction of the parse they guard. Depth is not
judged here: the parsed tree tells it exactly.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

MAX_BYTES = 5 * 1024 * 1024
MAX_TAGS = 50_000
MAX_TAG_BYTES = 64 * 1024
MAX_TAGS_IN_PARAGRAPH = 12_000
"""Inline tags between two block tags; extraction is quadratic in them."""

_DATA_URI = re.compile(rb"data:[a-z]{1,12}/[-+.a-zA-Z0-9]{1,64}(?:;[-=a-zA-Z0-9]{1,40}){0,3},[^\s\"'<>)]{256,}")
_DOCTYPE = re.compile(rb"<!doctype[^<>\[]{0,1024}\[", re.IGNORECASE)
_TAG = re.compile(rb"<[a-zA-Z]")
"""Scripts hold free "<"; a tag starts with a letter."""
_BLOCK_TAG = re.compile(rb"<(/?)(?:div|p|td|tr|table|li|ul|ol|h[1-6]|section|article|br)\b", re.IGNORECASE)


class ScanVerdict(StrEnum):
    OK = "ok"
    SUSPECT = "suspect"
    """Worth parsing, but part of the page may be lost: the article is marked as truncated."""
    REFUSE = "refuse"


class ScanReason(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY_TAGS = "too_many_tags"
    TAG_TOO_LONG = "tag_too_long"
    INTERNAL_DTD = "internal_dtd"
    TOO_MANY_INLINE_TAGS = "too_many_inline_tags"


@dataclass(frozen=True, kw_only=True, slots=True)
class Prescan:
    """What the check found; `body` is what may be parsed: the page without its embedded data."""

    verdict: ScanVerdict
    reason: ScanReason | None
    body: bytes


def prescan(body: bytes) -> Prescan:
    """Check a page's bytes. Never raises; linear in the size of the page."""
    if not body.strip():
        return Prescan(verdict=ScanVerdict.REFUSE, reason=ScanReason.EMPTY, body=b"")
    if b"data:" in body:
        body = _DATA_URI.sub(b"data:,", body)
    if len(body) > MAX_BYTES:
        return Prescan(verdict=ScanVerdict.REFUSE, reason=ScanReason.TOO_LARGE, body=b"")
    tags = body.count(b"<")
    if tags > MAX_TAGS:
        return Prescan(verdict=ScanVerdict.REFUSE, reason=ScanReason.TOO_MANY_TAGS, body=b"")
    if _has_long_tag(body):
        return Prescan(verdict=ScanVerdict.REFUSE, reason=ScanReason.TAG_TOO_LONG, body=b"")
    if tags > MAX_TAGS_IN_PARAGRAPH and _inline_run(body) > MAX_TAGS_IN_PARAGRAPH:
        return Prescan(verdict=ScanVerdict.REFUSE, reason=ScanReason.TOO_MANY_INLINE_TAGS, body=b"")
    return _internal_subset(body)


def _internal_subset(body: bytes) -> Prescan:
    """Cut out a DOCTYPE's internal subset: the parser gives nothing for a page that has one."""
    doctype = _DOCTYPE.search(body, 0, 4096)
    if doctype is None:
        return Prescan(verdict=ScanVerdict.OK, reason=None, body=body)
    end = body.find(b"]", doctype.end(), doctype.end() + MAX_TAG_BYTES)
    close = body.find(b">", end) if end >= 0 else -1
    rest = body[close + 1 :] if close >= 0 else body[doctype.end() :]
    return Prescan(verdict=ScanVerdict.SUSPECT, reason=ScanReason.INTERNAL_DTD, body=rest)


def _has_long_tag(body: bytes) -> bool:
    """Whether some tag is longer than the limit.

    Such a tag covers an aligned half-limit stretch without ">", and only what surrounds such a stretch is looked at.
    """
    step = MAX_TAG_BYTES // 2
    start = 0
    while start < len(body) - step:
        if body.find(b">", start, start + step) >= 0:
            start += step
            continue
        end = body.find(b">", start)
        end = len(body) if end < 0 else end
        tag = _TAG.search(body, body.rfind(b">", 0, start) + 1, end)
        if tag is not None and end - tag.start() > MAX_TAG_BYTES:
            return True
        start = (end // step + 1) * step
    return False


def _inline_run(body: bytes) -> int:
    """Most tags between two neighbouring block tags."""
    worst = start = 0
    for match in _BLOCK_TAG.finditer(body):
        if match.start() - start > MAX_TAGS_IN_PARAGRAPH:
            worst = max(worst, body.count(b"<", start, match.start()))
        start = match.end()
    return max(worst, body.count(b"<", start))
