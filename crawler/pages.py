"""Fetches due pages, hands them to the bus, and only then closes them in the frontier."""

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
from crawler.outcomes import Consequence, FetchOutcome, FetchResult, consequence, is_document
from crawler.schedule import retry_wait
from crawler.settings import CrawlerSettings
from crawler.watch import PageTask
from store.bus.base import Bus
from store.errors import NeverValid
from store.events import PAGES, PageFetched, encode_page
from store.frontier import Frontier, PageChange, PageState

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
        if result.outcome is FetchOutcome.OK and not is_document(result.content_type):
            result = FetchResult(
                outcome=FetchOutcome.NOT_A_DOCUMENT, detail=f"got {result.content_type}", status=result.status
            )
        now = datetime.now(UTC)
        if consequence(result.outcome) is Consequence.PUBLISH:
            await self.deliver(_delivered(task, result, now))
        else:
            await self._changing.submit(self._unfetched(task, result, now))

    async def deliver(self, delivered: Delivered) -> None:
        """The order is the promise: acknowledged by the bus, then closed."""
        change = delivered.change
        try:
            await self._publishing.submit(delivered.event)
        except NeverValid:
            # One record of the batch can never be appended: find out whether it was this one.
            change = await self._publish_alone(delivered)
        await self._changing.submit(change)
        if change.state is PageState.FETCHED:
            _report(delivered.event)

    async def _publish_alone(self, delivered: Delivered) -> PageChange:
        try:
            await self._patience.call(partial(self.publish, [delivered.event]))
        except NeverValid as error:
            change = delivered.change
            return PageChange(
                url=change.url,
                state=PageState.REFUSED,
                attempts=change.attempts,
                due_at=change.due_at,
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
                url=task.page.url, state=PageState.DISCOVERED, attempts=task.page.attempts, due_at=due_at, error=why
            )
            for task in tasks
        ]
        # Together, so that they go in one transaction.
        await asyncio.gather(*(self._changing.submit(change) for change in changes))

    def _unfetched(self, task: PageTask, result: FetchResult, now: datetime) -> PageChange:
        page, settings = task.page, self._settings
        follows = consequence(result.outcome)
        state, attempts, wait = PageState.REFUSED, page.attempts + 1, 0.0
        if follows is Consequence.POSTPONE:
            state, attempts, wait = PageState.DISCOVERED, page.attempts, self._hosts.closed_seconds(task.host)
        elif follows is Consequence.RETRY:
            state = PageState.DISCOVERED if attempts < settings.attempts else PageState.FAILED
            wait = retry_wait(
                attempts, first_seconds=settings.retry_seconds, longest_seconds=settings.longest_wait_seconds
            )
        if state is not PageState.DISCOVERED:
            _log.info(
                "page not fetched",
                action="close",
                source=page.source_id,
                url=page.url,
                state=state.value,
                outcome=result.outcome.value,
                detail=result.detail,
            )
        return PageChange(
            url=page.url,
            state=state,
            attempts=attempts,
            due_at=now + timedelta(seconds=wait),
            status=result.status,
            error=f"{result.outcome.value}: {result.detail}",
        )


def _delivered(task: PageTask, result: FetchResult, now: datetime) -> Delivered:
    page = task.page
    event = PageFetched(
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
    )
    change = PageChange(
        url=page.url,
        state=PageState.FETCHED,
        attempts=page.attempts + 1,
        due_at=now,
        fetched_at=now,
        status=result.status,
        body_sha256=event.sha256,
    )
    return Delivered(event, change)


def _report(event: PageFetched) -> None:
    _log.info(
        "page published", action="publish", source=event.source_id, url=event.url, id=event.id, bytes=len(event.body)
    )
