"""Finds links to pages in what a source announces: feeds, sitemaps and list pages. Bytes in, links out; no effects.

Whatever arrives is hostile until parsed: sizes and tags are counted before a parser sees it, entities are never
resolved, and a document that is not what was expected is refused by name instead of giving nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urljoin, urlsplit

from crawler.registry import EntryPoint, Source
from store.canonical import InvalidUrl, canonical_url, host_of, within_domains
from store.errors import NeverValid

MAX_DOCUMENT_BYTES: Final = 5 * 1024 * 1024
MAX_TAGS: Final = {"html": 60_000, "xml": 600_000}
MAX_TAG_BYTES: Final = 64 * 1024
MAX_LINKS: Final = 50_000
"""As many as a sitemap may hold."""
MAX_TITLE: Final = 300


class DiscoveryRejected(NeverValid):
    """The document cannot be used to find pages; the message says what was expected and what came."""


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    """Absolute, as the site spells it."""
    text: str | None = None
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Discovery:
    """What one document announces."""

    links: tuple[Link, ...] = ()
    sitemaps: tuple[Link, ...] = ()
    """Further sitemaps, when the document is an index."""
    warnings: tuple[str, ...] = ()
    """What was wrong with a document that was usable all the same."""


class Dropped(StrEnum):
    """Why a link was not taken."""

    INVALID = "not a fetchable URL"
    OUTSIDE = "outside the allowed domains"
    NOT_INCLUDED = "not matched by link_pattern or include"
    EXCLUDED = "matched by exclude"
    TOO_OLD = "older than max_age_days"
    REPEATED = "repeated"


@dataclass(frozen=True, slots=True)
class SelectedLink:
    url: str
    """Canonical."""
    fetch_url: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Selection:
    taken: tuple[SelectedLink, ...]
    dropped: dict[Dropped, int]


def select_links(links: Iterable[Link], *, source: Source, entry: EntryPoint, now: datetime) -> Selection:
    """Those links that are pages of the source by its patterns and domains, each page once, in their order."""
    taken: dict[str, SelectedLink] = {}
    dropped: dict[Dropped, int] = {}
    oldest = now - timedelta(days=entry.max_age_days)
    for link in links:
        verdict = _judge(link, source, entry, oldest)
        if isinstance(verdict, str) and not isinstance(verdict, Dropped):
            known = taken.get(verdict)
            if known is None:
                taken[verdict] = SelectedLink(verdict, link.url, link.text)
                continue
            # The same page is often linked first by its picture and then by its headline.
            if known.text is None and link.text is not None:
                taken[verdict] = SelectedLink(verdict, known.fetch_url, link.text)
            verdict = Dropped.REPEATED
        assert isinstance(verdict, Dropped)
        dropped[verdict] = dropped.get(verdict, 0) + 1
    return Selection(tuple(taken.values()), dropped)


def _judge(link: Link, source: Source, entry: EntryPoint, oldest: datetime) -> str | Dropped:
    """The canonical URL, or why the link is not taken."""
    try:
        canonical = canonical_url(link.url)
        host = host_of(canonical)
    except InvalidUrl:
        return Dropped.INVALID
    if not within_domains(host, source.allowed_domains):
        return Dropped.OUTSIDE
    if link.modified_at is not None and link.modified_at < oldest:
        return Dropped.TOO_OLD
    parts = urlsplit(canonical)
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if entry.pattern is not None and not entry.pattern.search(target):
        return Dropped.NOT_INCLUDED
    if source.include_patterns and not any(pattern.search(target) for pattern in source.include_patterns):
        return Dropped.NOT_INCLUDED
    if any(pattern.search(target) for pattern in source.exclude_patterns):
        return Dropped.EXCLUDED
    return canonical


def checked_document(body: bytes, *, kind: str) -> bytes:
    """The document unpacked and within the limits that keep a parser fast. Raises `DiscoveryRejected`."""
    if body[:2] == b"\x1f\x8b":
        body = _gunzipped(body)
    if len(body) > MAX_DOCUMENT_BYTES:
        raise DiscoveryRejected(f"the document is larger than {MAX_DOCUMENT_BYTES} bytes")
    if not body.strip():
        raise DiscoveryRejected("the document is empty")
    tags = body.count(b"<")
    if tags > MAX_TAGS[kind]:
        raise DiscoveryRejected(f"the document has {tags} tags, more than {MAX_TAGS[kind]}")
    # Parsers are quadratic in the attributes of one tag. One pass over the pieces between ">" finds the long ones.
    for piece in body.split(b">"):
        begin = piece.find(b"<")
        if begin >= 0 and len(piece) - begin > MAX_TAG_BYTES and not piece.startswith(b"<![CDATA[", begin):
            raise DiscoveryRejected(f"the document has a tag longer than {MAX_TAG_BYTES} bytes")
    return body


def _gunzipped(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        unpacked = unpacker.decompress(body, MAX_DOCUMENT_BYTES + 1)
    except zlib.error as error:
        raise DiscoveryRejected(f"the document is not valid gzip: {error}") from error
    return unpacked


def title_of(text: str | None) -> str | None:
    """A link's text in one line, or None when there is nothing to read."""
    # Cut first: the text of a hostile anchor may be megabytes of blanks.
    collapsed = " ".join((text or "")[: MAX_TITLE * 4].split())[:MAX_TITLE].rstrip()
    return collapsed or None


def absolute(base_url: str, href: str) -> str | None:
    """The link as an absolute URL; None when it cannot be one."""
    try:
        return urljoin(base_url, href.strip())
    except ValueError:
        return None
