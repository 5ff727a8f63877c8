"""The values in which the processor hands its results to the store."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.bus.base import Delivery
from store.clusters import CopyRules, SketchRecord
from store.events import FetchReason
from store.outcome import Outcome
from store.quarantine import undecodable_id


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkedDocument:
    """A file that an article links as its own."""

    url: str
    """Canonical."""
    fetch_url: str
    text: str | None
    """What the link says."""
    title: str | None
    """The same where it says what the document is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleRecord:
    """An article as it is to be remembered. The row mappings carry the column names of their tables."""

    version: Mapping[str, Any]
    """The columns of `article_version` but for article_id, number, event_id, stored_at, fetched_at, content_hash."""
    content_hash: str
    tags: Sequence[Mapping[str, Any]] = ()
    places: Sequence[Mapping[str, Any]] = ()
    references: Sequence[Mapping[str, Any]] = ()
    facts: Sequence[Mapping[str, Any]] = ()
    documents: Sequence[LinkedDocument] = ()
    """In the order of the page, wherever they lie."""
    judged_by: str = ""
    """Versions of the extractor and the rules: the same body judged by the same ones gives the same record."""
    sketch: SketchRecord | None = None
    """What recognises its copies; only reports are grouped with theirs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """What a new version changed, compared with the one before."""

    significance: float
    """0 for nothing a reader would notice, up to 1."""
    kinds: Sequence[str]
    """What was touched, weightiest first: figure, name, prose, moved."""
    diff: str
    """For people."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultRules:
    """What the store must ask the processor for while it stores, because it needs what is stored already."""

    copies: CopyRules
    revision: Callable[[Mapping[str, Any], Mapping[str, Any]], Revision]
    """Compares two versions, old and new, given as columns of `article_version`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QuarantineRecord:
    reason: str
    """A closed word: deadline, memory, crashed, failed, unreadable, rejected."""
    detail: str
    stage: str
    rules_version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PageFacts:
    """What the event said of the page, without its body."""

    event_id: str
    url: str
    source_id: str
    fetched_at: datetime
    reason: FetchReason
    body_sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PageResult:
    """The processor's answer for one delivery. At most one of `article` and `quarantine` is set."""

    delivery: Delivery
    page: PageFacts | None
    """None when the record could not be decoded."""
    outcome: Outcome
    reason: str | None = None
    """For outcomes without an article: what was found instead."""
    article: ArticleRecord | None = None
    quarantine: QuarantineRecord | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Committed:
    """What one transaction stored: the outcomes it counted, and the positions it left."""

    outcomes: tuple[tuple[PageResult, Outcome], ...]
    positions: Mapping[int, int]

    def counts(self) -> Counter[Outcome]:
        return Counter(outcome for _, outcome in self.outcomes)


def article_id(url: str) -> str:
    """The identity of an article, from its canonical URL."""
    return hashlib.sha256(url.encode()).hexdigest()[:32]


def quarantine_id(result: PageResult) -> str:
    """The event's id; for a record that cannot be decoded, one derived from its bytes."""
    return result.page.event_id if result.page else undecodable_id(result.delivery.record)
