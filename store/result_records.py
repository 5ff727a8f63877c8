"""The values in which the processor hands its results to the store."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from store.bus.base import Delivery
from store.clusters import SketchRecord
from store.events import FetchReason
from store.outcome import Outcome


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
    sketch: SketchRecord | None = None
    """What recognises its copies; only reports are grouped with theirs."""


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
    """The event's id; for a record that is no event, one derived from where it stands in the log."""
    delivery = result.delivery
    place = f"{delivery.topic}/{delivery.partition}/{delivery.offset}"
    return result.page.event_id if result.page else hashlib.sha256(place.encode()).hexdigest()[:32]
