"""Visits the entry points of sources, remembers the pages they announce, and decides when to come back."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog

from crawler import metrics
from crawler.batching import Patience
from crawler.discovery import Discovery, DiscoveryRejected, Link, Selection, select_links
from crawler.markup import discover
from crawler.outcomes import FetchOutcome, FetchResult
from crawler.registry import EntryKind
from crawler.schedule import next_interval, poll_wait_after_failure
from crawler.settings import CrawlerSettings
from crawler.watch import EntryTask, Poll, Watched, fingerprint
from store.canonical import host_of
from store.frontier import FoundPage, Frontier, PollEnd

MAX_SITEMAP_DEPTH: Final = 3
MAX_SITEMAPS: Final = 50
"""Sitemaps read in one poll of a source."""
MAX_TAKEN: Final = 5_000
"""Pages taken from one document."""
_ELDEST: Final = datetime.min.replace(tzinfo=UTC)
_log = structlog.get_logger()


class Polls:
    def __init__(
        self,
        *,
        settings: CrawlerSettings,
        frontier: Frontier,
        patience: Patience,
        enqueue: Callable[[EntryTask], None],
        closed_seconds: Callable[[str], float],
    ) -> None:
        self._settings = settings
        self._frontier = frontier
        self._patience = patience
        self._enqueue = enqueue
        self._closed_seconds = closed_seconds

    def begin(self, watched: Watched, *, now: datetime) -> None:
        poll = watched.poll = Poll(started_at=now)
        for entry in watched.source.entry_points:
            self._visit(EntryTask(entry, entry.url, watched, poll))

    def _visit(self, task: EntryTask) -> None:
        task.poll.visited.add(task.url)
        task.poll.open_documents += 1
        self._enqueue(task)

    def headers(self, task: EntryTask) -> dict[str, str]:
        """What makes the request conditional, if the document was read under the rules of today."""
        known = self._known(task)
        return {
            name: known[key]
            for name, key in (("If-None-Match", "etag"), ("If-Modified-Since", "last_modified"))
            if known.get(key)
        }

    def _known(self, task: EntryTask) -> dict[str, Any]:
        known: dict[str, Any] = task.watched.entries.get(task.url, {})
        current = known.get("fingerprint") == fingerprint(task.watched.source, task.entry)
        return known if current else {}

    async def settle(self, task: EntryTask, result: FetchResult) -> None:
        """Take in one document; ends the poll with the last. Raises `GivenUp`; the poll is then repeated."""
        poll = task.poll
        try:
            await self._take(task, result)
        except DiscoveryRejected as error:
            poll.errors.append(f"{task.entry.kind.value} {task.url}: {error}")
        poll.open_documents -= 1
        if poll.open_documents == 0:
            await self._end(task.watched, poll)

    async def _take(self, task: EntryTask, result: FetchResult) -> None:
        if result.outcome is FetchOutcome.NOT_MODIFIED:
            metrics.NOT_MODIFIED.inc()
            task.poll.usable_documents += 1
            return
        if result.outcome is not FetchOutcome.OK:
            raise DiscoveryRejected(f"{result.outcome.value}: {result.detail}")
        sha256 = hashlib.sha256(result.body).hexdigest()
        if self._known(task).get("sha256") == sha256:
            task.poll.usable_documents += 1
            return
        found, selection = await asyncio.to_thread(_read, task, result)
        task.poll.usable_documents += 1
        task.poll.warnings += [f"{task.url}: {warning}" for warning in found.warnings]
        await self._remember(task, result, found, selection, sha256)
        self._follow(task, found.sitemaps)

    async def _remember(
        self, task: EntryTask, result: FetchResult, found: Discovery, selection: Selection, sha256: str
    ) -> None:
        watched, state = task.watched, task.watched.snapshot()
        if not found.sitemaps:
            # An index says nothing about whether the sitemaps it names have changed: it is read every time.
            state.setdefault("entries", {})[task.url] = {
                "etag": result.etag,
                "last_modified": result.last_modified,
                "sha256": sha256,
                "lastmod": task.lastmod,
                "fingerprint": fingerprint(watched.source, task.entry),
            }
        if len(selection.taken) > MAX_TAKEN:
            task.poll.warnings.append(f"{task.url}: announces {len(selection.taken)} pages, {MAX_TAKEN} were taken")
        pages = [
            FoundPage(url=link.url, fetch_url=link.fetch_url, link_text=link.text)
            for link in selection.taken[:MAX_TAKEN]
        ]
        store = partial(self._frontier.discover, watched.source.id, pages, now=datetime.now(UTC), state=state)
        new = await self._patience.call(store)
        # Only now: another document of the source must not store these validators before these pages are stored.
        if task.url in state.get("entries", {}):
            watched.entries[task.url] = state["entries"][task.url]
        task.poll.new_pages += new
        if new:
            metrics.LAST_NEW_PAGE.labels(watched.source.id).set_to_current_time()

    def _follow(self, task: EntryTask, sitemaps: Sequence[Link]) -> None:
        if not sitemaps:
            return
        if task.depth + 1 >= MAX_SITEMAP_DEPTH:
            task.poll.warnings.append(f"{task.url}: sitemaps nested deeper than {MAX_SITEMAP_DEPTH} were left alone")
            return
        for link in sorted(sitemaps, key=lambda link: link.modified_at or _ELDEST, reverse=True):
            if link.url in task.poll.visited:
                continue
            lastmod = link.modified_at.isoformat() if link.modified_at else None
            child = EntryTask(task.entry, link.url, task.watched, task.poll, task.depth + 1, lastmod)
            if lastmod is not None and self._known(child).get("lastmod") == lastmod:
                task.poll.visited.add(link.url)
                continue
            if task.poll.sitemaps >= MAX_SITEMAPS:
                task.poll.warnings.append(f"{task.url}: only {MAX_SITEMAPS} sitemaps are read in one poll")
                return
            task.poll.sitemaps += 1
            self._visit(child)

    async def _end(self, watched: Watched, poll: Poll) -> None:
        settings, source, now = self._settings, watched.source, datetime.now(UTC)
        watched.describe_expectation(now=now)
        for url in set(watched.entries) - poll.visited:
            del watched.entries[url]
        if poll.usable_documents:
            watched.failures = 0
            wait = next_interval(
                watched.interval_seconds,
                registered_seconds=source.poll_seconds,
                new_pages=poll.new_pages,
                longest_seconds=settings.longest_wait_seconds,
            )
            watched.state["interval_seconds"] = wait
        else:
            watched.failures += 1
            wait = poll_wait_after_failure(
                watched.failures,
                registered_seconds=source.poll_seconds,
                longest_seconds=settings.longest_wait_seconds,
            )
        closed = max(self._closed_seconds(host_of(entry.url)) for entry in source.entry_points)
        end = PollEnd(
            source_id=source.id,
            polled_at=now,
            next_poll_at=now + timedelta(seconds=max(wait, closed)),
            failures=watched.failures,
            error="; ".join([*poll.errors, *poll.warnings]) or None,
            state=watched.snapshot(),
        )
        judged = await self._patience.call(partial(self._frontier.end_poll, end))
        metrics.show_health(source.id, judged.health)
        watched.next_poll_at, watched.poll = end.next_poll_at, None
        _report(source.id, poll, end)


def _read(task: EntryTask, result: FetchResult) -> tuple[Discovery, Selection]:
    """Parsing stays off the event loop: it may take a second."""
    found = discover(task.entry, result.body, url=result.final_url or task.url, charset=result.charset)
    # What is newest is taken and fetched first, where the document says it; else its own order stands.
    links = sorted(found.links, key=lambda link: link.modified_at or _ELDEST, reverse=True)
    selection = select_links(links, source=task.watched.source, entry=task.entry, now=datetime.now(UTC))
    if task.entry.kind is EntryKind.LIST and not selection.taken:
        dropped = ", ".join(f"{count} {why.value}" for why, count in selection.dropped.items())
        raise DiscoveryRejected(f"expected links to pages, all {len(found.links)} links were dropped: {dropped}")
    return found, selection


def _report(source_id: str, poll: Poll, end: PollEnd) -> None:
    outcome = "failed" if end.failures else "new" if poll.new_pages else "unchanged"
    metrics.POLLS.labels(source_id, outcome).inc()
    if not end.failures:
        metrics.LAST_SUCCESS.labels(source_id).set(end.polled_at.timestamp())
    log = _log.bind(action="poll", source=source_id, outcome=outcome, new_pages=poll.new_pages)
    if end.error:
        log.warning("source polled", problem=end.error[:500], failures=end.failures)
    else:
        log.info("source polled")
