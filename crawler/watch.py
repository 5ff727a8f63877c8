"""What the crawl remembers while it runs: the watched sources, the polls under way, the work that waits its turn."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crawler.registry import EntryPoint, Source
from store.canonical import host_of
from store.documents import DocumentRules
from store.frontier import DuePage, SourceRecord


@dataclass(slots=True)
class Poll:
    """One visit to all entry points of a source."""

    started_at: datetime
    open_documents: int = 0
    usable_documents: int = 0
    new_pages: int = 0
    sitemaps: int = 0
    visited: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Watched:
    """A source with what was last seen of it; written to the database by whoever changes it."""

    source: Source
    next_poll_at: datetime
    failures: int
    state: dict[str, Any]
    poll: Poll | None = None

    @property
    def entries(self) -> dict[str, Any]:
        """Validators by the URL of an announcing document."""
        return _part(self.state, "entries")

    @property
    def hosts(self) -> dict[str, Any]:
        """By host: the crawl-delay it asks for and until when it wants to be left alone."""
        return _part(self.state, "hosts")

    @property
    def interval_seconds(self) -> float:
        return float(self.state.get("interval_seconds", self.source.poll_seconds))

    def snapshot(self) -> dict[str, Any]:
        """The state as it is now, for a thread to store while others go on changing it."""
        return copy.deepcopy(self.state)

    def describe_expectation(self, *, now: datetime) -> None:
        """Keep what the registry expects beside what was seen, for those who judge the source's health."""
        self.state.setdefault("watched_since", now.isoformat())
        self.state["expected"] = {"pages": self.source.expect.pages, "days": self.source.expect.days}


def _part(state: dict[str, Any], name: str) -> dict[str, Any]:
    part = state.setdefault(name, {})
    assert isinstance(part, dict)
    return part


@dataclass(frozen=True, slots=True)
class PageTask:
    page: DuePage
    watched: Watched

    @property
    def url(self) -> str:
        return self.page.fetch_url

    @property
    def host(self) -> str:
        return host_of(self.page.fetch_url)


@dataclass(frozen=True, slots=True)
class EntryTask:
    entry: EntryPoint
    url: str
    watched: Watched
    poll: Poll
    depth: int = 0
    lastmod: str | None = None
    """What the index said of this sitemap."""

    @property
    def host(self) -> str:
        return host_of(self.url)


Task = PageTask | EntryTask


def fingerprint(source: Source, entry: EntryPoint) -> str:
    """Changes whenever the registry's rules for this entry point do: then the document must be read again whole."""
    rules = repr((entry, source.include, source.exclude, source.allowed_domains))
    return hashlib.sha256(rules.encode()).hexdigest()[:16]


def source_record(source: Source) -> SourceRecord:
    return SourceRecord(
        id=source.id,
        name=source.name,
        kind=source.kind.value,
        home=source.home,
        province_then=source.province,
        official=source.official,
        selectors=source.selectors.model_dump() if source.selectors else None,
        documents=_document_rules(source).to_json() if source.documents else None,
    )


def _document_rules(source: Source) -> DocumentRules:
    return DocumentRules(domains=source.allowed_domains, exclude=source.exclude)
