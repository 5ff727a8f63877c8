"""The loop that decides what is asked next: polls that are due, pages that are due, one request at a time per host."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, deque
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Final

import structlog

from crawler import metrics
from crawler.batching import GivenUp, Patience
from crawler.canonical import host_of
from crawler.fetching import Download, Refusal, fetch, page_request
from crawler.hosts import Hosts
from crawler.outcomes import FetchOutcome, FetchResult
from crawler.pages import Pages
from crawler.polls import Polls
from crawler.registry import Registry
from crawler.robots import RobotsCache
from crawler.settings import CrawlerSettings
from crawler.watch import EntryTask, PageTask, Task, Watched, source_record
from store.bus.base import Bus
from store.errors import NeverValid
from store.exclusive import ExclusiveRole
from store.frontier import Frontier
from store.health import Health

PAGES_PER_SOURCE: Final = 10
"""Due pages of a source held in memory."""
LOOK_SECONDS: Final = 5.0
"""How often the frontier is asked about a source that had nothing due."""
COUNT_SECONDS: Final = 60.0
OTHER_CRAWLER_SECONDS: Final = 1.0
TURN_SECONDS: Final = 0.25
"""The loop turns at least this often, so that a signal to stop is heeded soon."""
CLOSED_SECONDS: Final = 30.0
"""A host closed for longer than this is not waited for; its work is put off."""
_log = structlog.get_logger()


class CrawlerBusy(NeverValid):
    """Another crawler is at work on the same database: together they would break the pauses that each keeps."""


class Desk:
    """Lives as long as the process. `run` may be called again and again, with a fresh downloader each time."""

    def __init__(  # noqa: PLR0913 - named parts, put together in one place
        self,
        *,
        settings: CrawlerSettings,
        registry: Registry,
        frontier: Frontier,
        bus: Bus,
        role: ExclusiveRole,
        health: Health,
        stop: threading.Event,
        once: bool = False,
    ) -> None:
        self._settings = settings
        self._registry = registry
        self._frontier = frontier
        self._role = role
        self._health = health
        self._stop = stop
        self._once = once
        self.finished = False
        """Nothing is left to do: told to stop, or a single round is over."""
        self.displaced = False
        """Another crawler took the role, after this one lost it with its database session."""
        self.abandoned = 0
        """Tasks that did not end in the time a stop allows."""
        self.hosts = Hosts(settings)
        self.robots = RobotsCache(lifetime_seconds=settings.robots_seconds)
        self._patience = Patience(health=health, must_stop=stop.is_set)
        self._pages = Pages(settings=settings, frontier=frontier, bus=bus, hosts=self.hosts, patience=self._patience)
        self._polls = Polls(
            settings=settings,
            frontier=frontier,
            patience=self._patience,
            enqueue=partial(self._enqueue, first=True),
            closed_seconds=self.hosts.closed_seconds,
        )
        self._watched: dict[str, Watched] = {}
        self._polled: set[str] = set()
        self._queues: dict[str, deque[Task]] = {}
        self._held: set[str] = set()
        """URLs of pages that are queued or being fetched."""
        self._queued_pages: Counter[str] = Counter()
        self._look_at: dict[str, float] = {}
        self._count_at = 0.0
        self._requests = 0

    async def open(self) -> bool:
        """Take the role, bring the registry to the database and the sources' memory back; False when told to stop.

        Raises `GivenUp`, or `CrawlerBusy` when there is one round to do and another crawler is at work.
        """
        while not await self._patience.call(self._role.keep):
            if self._once:
                raise CrawlerBusy("another crawler is at work on this database")
            self._health.beat()
            self._health.waiting_for("the other crawler")
            _log.warning("another crawler is at work", action="wait")
            if await asyncio.to_thread(self._stop.wait, OTHER_CRAWLER_SECONDS):
                return False
        self._health.waiting_for(None)
        sources = {source.id: source for source in self._registry.enabled}
        records = [source_record(source) for source in sources.values()]
        now = datetime.now(UTC)
        await self._patience.call(partial(self._frontier.register, records, now=now))
        for row in await self._patience.call(self._frontier.sources):
            source = sources[row.id]
            watched = Watched(source, row.next_poll_at or now, row.failures, row.state)
            self._watched[source.id] = watched
            self.hosts.load(watched, now=now)
            if source.delay_seconds is not None:
                for entry in source.entry_points:
                    self.hosts.gate.require_delay(host_of(entry.url), source.delay_seconds)
        return True

    async def run(self, download: Download, refusal: Refusal) -> None:
        """Work until told to stop, until the round is over, or until it is time for a fresh downloader."""
        self._requests = 0
        running: set[asyncio.Task[None]] = set()
        while not self._is_ending():
            self._health.beat()
            await self._plan()
            wait = self._start(running, download, refusal)
            if not running and self._once and await self._is_round_over():
                break
            running = await _turn(running, wait)
        await self._drain(running)
        self.finished = self._stop.is_set() or (self._once and self._requests < self._settings.recycle_pages)

    def _is_ending(self) -> bool:
        return self._stop.is_set() or self.displaced or self._requests >= self._settings.recycle_pages

    # ---- What is due

    async def _plan(self) -> None:
        now = datetime.now(UTC)
        for watched in self._watched.values():
            fresh = not self._once or watched.source.id not in self._polled
            if watched.poll is None and watched.next_poll_at <= now and fresh:
                self._polled.add(watched.source.id)
                self._polls.begin(watched, now=now)
        await self._put_off_closed()
        await self._refill()
        if monotonic() >= self._count_at:
            self._count_at = monotonic() + COUNT_SECONDS
            await self._look_around()

    async def _refill(self) -> None:
        moment = monotonic()
        wanted = [
            source_id
            for source_id in self._watched
            if not self._queued_pages[source_id] and self._look_at.get(source_id, 0.0) <= moment
        ]
        if not wanted:
            return
        query = partial(self._frontier.due, wanted, now=datetime.now(UTC), per_source=PAGES_PER_SOURCE)
        try:
            due = await self._patience.call(query)
        except GivenUp:
            return
        for page in due:
            if page.url not in self._held:
                self._held.add(page.url)
                self._queued_pages[page.source_id] += 1
                self._enqueue(PageTask(page, self._watched[page.source_id]))
        for source_id in wanted:
            if not self._queued_pages[source_id]:
                self._look_at[source_id] = moment + LOOK_SECONDS

    async def _put_off_closed(self) -> None:
        """Do not let pages of a closed host fill the memory meant for a source's other hosts."""
        for host in list(self._queues):
            closed = self.hosts.closed_seconds(host)
            if closed <= max(CLOSED_SECONDS, self.hosts.gate.delay(host)):
                continue
            tasks = self._queues.pop(host)
            why = f"{host} is left alone for {closed:.0f} s"
            pages = [task for task in tasks if isinstance(task, PageTask)]
            try:
                await self._pages.postpone(pages, seconds=closed, why=why)
                for task in tasks:
                    if isinstance(task, EntryTask):
                        await self._polls.settle(task, FetchResult(outcome=FetchOutcome.THROTTLED, detail=why))
            except GivenUp:
                return
            finally:
                for page in pages:
                    self._let_go(page, queued=True)

    async def _look_around(self) -> None:
        try:
            self.displaced = not await self._patience.call(self._role.keep)
            counts = await self._patience.call(self._frontier.counts)
        except GivenUp:
            return
        for state, count in counts.items():
            metrics.FRONTIER.labels(state.value).set(count)

    async def _is_round_over(self) -> bool:
        if any(self._queues.values()):
            return False
        self._look_at.clear()
        await self._refill()
        return not any(self._queues.values())

    # ---- What is asked

    def _enqueue(self, task: Task, *, first: bool = False) -> None:
        queue = self._queues.setdefault(task.host, deque())
        if first:
            queue.appendleft(task)
        else:
            queue.append(task)

    def _start(self, running: set[asyncio.Task[None]], download: Download, refusal: Refusal) -> float:
        """Begin what may begin; returns the seconds until something more may."""
        moment, wait = monotonic(), TURN_SECONDS
        for host in list(self._queues):
            queue = self._queues[host]
            ready_at = self.hosts.gate.ready_at(host)
            if not queue or ready_at is None:
                if not queue:
                    del self._queues[host]
                continue
            if ready_at > moment:
                wait = min(wait, ready_at - moment)
                continue
            if len(running) >= self._settings.concurrency:
                break
            # To the end: with more hosts than may be asked at once, each gets its turn.
            self._queues[host] = self._queues.pop(host)
            task = queue.popleft()
            if isinstance(task, PageTask):
                self._queued_pages[task.page.source_id] -= 1
            self.hosts.gate.take(host)
            self._requests += 1
            running.add(asyncio.create_task(self._work(task, download, refusal)))
        return wait

    async def _work(self, task: Task, download: Download, refusal: Refusal) -> None:
        host = task.host
        try:
            result = await self._ask(task, download, refusal)
            self._health.working()
            if result.outcome is FetchOutcome.POSTPONED:
                self._requeue(task)
                return
            if isinstance(task, PageTask):
                await self._pages.settle(task, result)
            else:
                await self._polls.settle(task, result)
                self._look_at.pop(task.watched.source.id, None)
            self._health.progressed()
        except GivenUp as error:
            _log.warning(
                "left undone", action="stop", source=task.watched.source.id, url=task.url, waits_for=str(error)
            )
        finally:
            self.hosts.gate.release(host)
            if isinstance(task, PageTask) and task not in self._queues.get(host, ()):
                self._let_go(task, queued=False)

    async def _ask(self, task: Task, download: Download, refusal: Refusal) -> FetchResult:
        source = task.watched.source
        headers = self._polls.headers(task) if isinstance(task, EntryTask) else {}
        began = monotonic()
        try:
            request = page_request(task.url, source, headers)
        except ValueError as error:
            result = FetchResult(outcome=FetchOutcome.CLIENT_ERROR, detail=str(error)[:300])
        else:
            result = await fetch(download, request, refusal=refusal)
        if result.outcome is not FetchOutcome.POSTPONED:
            metrics.FETCHES.labels(source.id, result.outcome.value).inc()
            metrics.FETCH_SECONDS.observe(monotonic() - began)
        self.hosts.note(task.watched, result.host or task.host, result)
        if self.hosts.take_changed(task.watched):
            await self._patience.call(partial(self._frontier.remember, source.id, dict(task.watched.state)))
        return result

    def _requeue(self, task: Task) -> None:
        self._enqueue(task, first=True)
        if isinstance(task, PageTask):
            self._queued_pages[task.page.source_id] += 1

    def _let_go(self, task: PageTask, *, queued: bool) -> None:
        self._held.discard(task.page.url)
        if queued:
            self._queued_pages[task.page.source_id] -= 1

    async def _drain(self, running: set[asyncio.Task[None]]) -> None:
        """Let what is in flight end. What does not end in time is left; its pages stay due."""
        if not running:
            return
        deadline = monotonic() + self._settings.stop_seconds
        while running and (monotonic() < deadline or not self._stop.is_set()):
            self._health.beat()
            running = await _turn(running, TURN_SECONDS)
        self.abandoned = len(running)
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=1.0)


async def _turn(running: set[asyncio.Task[None]], seconds: float) -> set[asyncio.Task[None]]:
    """Wait for a task to end, but not longer. A task's unexpected exception ends the crawl."""
    if not running:
        await asyncio.sleep(seconds)
        return running
    done, pending = await asyncio.wait(running, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
    return pending
