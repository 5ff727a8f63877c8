"""Asks a source once, as the crawl would, and says what would be collected, or why nothing would. Stores nothing."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Final

from crawler.discovery import DiscoveryRejected, Dropped, SelectedLink, select_links
from crawler.fetching import Download, Refusal, fetch, page_request
from crawler.guard import GuardedResolver
from crawler.markup import discover
from crawler.outcomes import FetchOutcome, FetchResult
from crawler.politeness import HostGate
from crawler.registry import EntryPoint, Source
from crawler.robots import RobotsCache
from crawler.run import Shared, crawl_once, run_reactor
from crawler.scrapy_settings import scrapy_settings
from crawler.settings import CrawlerSettings
from store.canonical import host_of

_MAX_ASKED: Final = 4
"""Requests per entry point: it, its robots.txt being read, and the newest sitemap of an index."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryCheck:
    """What one entry point gives."""

    kind: str
    url: str
    outcome: FetchOutcome
    problem: str | None
    """Why nothing would be collected; None when something would."""
    links: tuple[SelectedLink, ...] = ()
    dropped: tuple[tuple[Dropped, int], ...] = ()
    """How many links would not be taken, and why."""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceCheck:
    source_id: str
    entries: tuple[EntryCheck, ...]

    @property
    def usable(self) -> bool:
        """Whether every entry point gives pages."""
        return all(entry.problem is None for entry in self.entries)


def check_source(source: Source, settings: CrawlerSettings) -> SourceCheck:
    """Ask every entry point of the source. Obeys robots.txt, pauses and the address guard; takes some seconds.

    Runs in a process of its own, because a Twisted reactor starts only once; so it may be called repeatedly.
    """
    with ProcessPoolExecutor(max_workers=1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_check, source, settings).result()


def _check(source: Source, settings: CrawlerSettings) -> SourceCheck:
    domains: Sequence[str] = () if source.verify_tls else source.allowed_domains
    scrapy = scrapy_settings(settings, unverified_domains=domains)
    entries: list[EntryCheck] = []

    async def main(guard: GuardedResolver) -> None:
        gate = HostGate(delay_seconds=max(settings.delay_seconds, source.delay_seconds or 0.0), begun_at=monotonic())
        shared = Shared(
            RobotsCache(lifetime_seconds=settings.robots_seconds),
            gate,
            guard.refusal,
            lambda _, host, seconds: gate.require_delay(host, seconds),
        )
        await crawl_once(scrapy, shared, partial(_ask_all, source, gate, guard.refusal, entries))

    run_reactor(scrapy, main)
    return SourceCheck(source_id=source.id, entries=tuple(entries))


async def _ask_all(
    source: Source, gate: HostGate, refusal: Refusal, entries: list[EntryCheck], download: Download
) -> None:
    entries += [await _ask(source, entry, gate, refusal, download) for entry in source.entry_points]


async def _ask(source: Source, entry: EntryPoint, gate: HostGate, refusal: Refusal, download: Download) -> EntryCheck:
    url, result = entry.url, FetchResult(outcome=FetchOutcome.POSTPONED)
    for _ in range(_MAX_ASKED):
        await asyncio.sleep(max((gate.ready_at(host_of(url)) or 0.0) - monotonic(), 0.0))
        result = await fetch(download, page_request(url, source), refusal=refusal)
        if result.outcome is FetchOutcome.POSTPONED:
            continue
        checked = await asyncio.to_thread(_judge, source, entry, url, result)
        if isinstance(checked, EntryCheck):
            return checked
        url = checked
    return EntryCheck(kind=entry.kind.value, url=url, outcome=result.outcome, problem="no answer that could be used")


def _judge(source: Source, entry: EntryPoint, url: str, result: FetchResult) -> EntryCheck | str:
    """The verdict on an answer, or the sitemap to ask next."""
    refused = partial(EntryCheck, kind=entry.kind.value, url=url, outcome=result.outcome)
    if result.outcome is not FetchOutcome.OK:
        return refused(problem=f"{result.outcome.value}: {result.detail}")
    try:
        found = discover(entry, result.body, url=result.final_url or url, charset=result.charset)
    except DiscoveryRejected as error:
        return refused(problem=str(error))
    if found.sitemaps and not found.links:
        eldest = datetime.min.replace(tzinfo=UTC)
        return max(found.sitemaps, key=lambda link: link.modified_at or eldest).url
    selection = select_links(found.links, source=source, entry=entry, now=datetime.now(UTC))
    return EntryCheck(
        kind=entry.kind.value,
        url=url,
        outcome=result.outcome,
        problem=None if selection.taken else f"none of its {len(found.links)} links would be taken",
        links=selection.taken,
        dropped=tuple(selection.dropped.items()),
        warnings=found.warnings,
    )
