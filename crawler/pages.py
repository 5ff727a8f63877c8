"""Hands fetched pages to the bus, and only then closes them in the frontier."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

import structlog

from crawler import metrics
from crawler.batching import Batcher, Patience
from crawler.hosts import Hosts
from crawler.outcomes import Consequence, FetchResult, consequence
from crawler.settings import CrawlerSettings
from crawler.visits import not_visited, visited
from crawler.watch import PageTask
from store.bus.base import Bus
from store.errors import NeverValid
from store.events import PAGES, PageFetched, encode_page
from store.frontier import DuePage, Frontier, PageChange, PageState

BATCH: Final = 16
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Delivered:
    """A fetched page on its way: first to the bus, then closed in the frontier."""

    event: PageFetched
    change: PageChange


class Pages:
    def __init__(
        self, *, settings: CrawlerSettings, frontier: Frontier, bus: Bus, hosts: Hosts, patience: Patience
    ) -> None:
        self._settings = settings
        self._frontier = frontier
        self._bus = bus
        self._hosts = hosts
        self._patience = patience
        self._publishing: Batcher[PageFetched] = Batcher(self.publish, patience=patience, most=BATCH)
        self._changing: Batcher[PageChange] = Batcher(frontier.change, patience=patience, most=4 * BATCH)

    async def settle(self, task: PageTask, result: FetchResult) -> None:
        """Do what the outcome asks for. Raises `GivenUp` when the crawler must stop first; the page stays due."""
        now, page, ages = datetime.now(UTC), task.page, self._settings.revisit_seconds
        follows = consequence(result.outcome)
        if follows is Consequence.PUBLISH:
            event = _event(task, result, now)
            sha256 = event.sha256
            change = visited(page, now=now, status=result.status, body_sha256=sha256, ages_seconds=ages)
            await self.deliver(Delivered(event, change))
        elif follows is Consequence.ADVANCE:
            change = visited(page, now=now, status=result.status, body_sha256=page.body_sha256, ages_seconds=ages)
            await self._changing.submit(change)
        else:
            closed = self._hosts.closed_seconds(task.host)
            change = not_visited(page, result, now=now, closed_seconds=closed, settings=self._settings)
            if change.due_at is None:
                _report_end(page, change)
            await self._changing.submit(change)

    async def deliver(self, delivered: Delivered) -> None:
        """The order is the promise: acknowledged by the bus, then closed."""
        change = delivered.change
        try:
            await self._publishing.submit(delivered.event)
        except NeverValid:
            # One record of the batch can never be appended: find out whether it was this one.
            change = await self._publish_alone(delivered)
        await self._changing.submit(change)
        if change is delivered.change:
            _report(delivered.event)

    async def _publish_alone(self, delivered: Delivered) -> PageChange:
        try:
            await self._patience.call(partial(self.publish, [delivered.event]))
        except NeverValid as error:
            change = delivered.change
            return PageChange(
                url=change.url,
                state=PageState.FETCHED if change.visits > 1 else PageState.REFUSED,
                attempts=change.attempts,
                visits=change.visits,
                due_at=None,
                status=change.status,
                error=f"the bus cannot take it: {error}",
            )
        return delivered.change

    def publish(self, events: Sequence[PageFetched]) -> None:
        """Blocks until the bus has acknowledged all of them; runs in a thread."""
        records = [encode_page(event) for event in events]
        with metrics.PUBLISH_SECONDS.time():
            self._bus.publish_many(PAGES, records)

    async def postpone(self, tasks: Sequence[PageTask], *, seconds: float, why: str) -> None:
        """Make the pages due later without counting an attempt."""
        due_at = datetime.now(UTC) + timedelta(seconds=seconds)
        changes = [
            PageChange(
                url=task.page.url,
                state=task.page.state,
                attempts=task.page.attempts,
                visits=task.page.visits,
                due_at=due_at,
                error=why,
            )
            for task in tasks
        ]
        # Together, so that they go in one transaction.
        await asyncio.gather(*(self._changing.submit(change) for change in changes))


def _event(task: PageTask, result: FetchResult, now: datetime) -> PageFetched:
    page = task.page
    return PageFetched(
        url=page.url,
        final_url=result.final_url,
        status=result.status or 0,
        content_type=result.content_type,
        charset=result.charset,
        fetched_at=now,
        source_id=page.source_id,
        reason=page.reason,
        body=result.body,
        link_text=page.link_text,
        source_province=task.watched.source.province,
        linked_from=page.linked_from,
    )


def _report(event: PageFetched) -> None:
    _log.info(
        "page published", action="publish", source=event.source_id, url=event.url, id=event.id, bytes=len(event.body)
    )


def _report_end(page: DuePage, change: PageChange) -> None:
    _log.info(
        "page not fetched",
        action="close",
        source=page.source_id,
        url=page.url,
        state=change.state.value,
        visits=change.visits,
        error=change.error,
    )
