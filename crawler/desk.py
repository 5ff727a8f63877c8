"""The loop that decides what is asked next: polls that are due, pages that are due, one request at a time per host."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Final

import structlog

from crawler import metrics
from crawler.backlog import Backlog
from crawler.batching import GivenUp, Patience
from crawler.fetching import Download, Refusal, fetch, page_request
from crawler.hosts import Hosts
from crawler.outcomes import FetchOutcome, FetchResult
from crawler.pages import Pages
from crawler.polls import Polls
from crawler.registry import Registry
from crawler.robots import RobotsCache
from crawler.settings import CrawlerSettings
from crawler.visits import judged
from crawler.watch import EntryTask, PageTask, Task, Watched, source_record
from store.bus.base import Bus
from store.canonical import host_of
from store.errors import NeverValid
from store.exclusive import ExclusiveRole
from store.frontier import Frontier
from store.health import Health

LOOK_AROUND_SECONDS: Final = 60.0
"""How often the frontier is counted and the role made sure of."""
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
        self._backlog = Backlog(frontier, self._patience)
        self._pages = Pages(settings=settings, frontier=frontier, bus=bus, hosts=self.hosts, patience=self._patience)
        self._polls = Polls(
            settings=settings,
            frontier=frontier,
            patience=self._patience,
            enqueue=partial(self._backlog.put, first=True),
            closed_seconds=self.hosts.closed_seconds,
        )
        self._watched: dict[str, Watched] = {}
        self._polled: set[str] = set()
        self._look_around_at = 0.0
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
            metrics.show_source(source.id, row)
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
            try:
                await self._plan()
            except GivenUp:
                break
            wait = self._begin(running, download, refusal)
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
        await self._backlog.refill(self._watched)
        if monotonic() >= self._look_around_at:
            self._look_around_at = monotonic() + LOOK_AROUND_SECONDS
            await self._look_around()

    async def _put_off_closed(self) -> None:
        hosts = self.hosts

        def is_closed(host: str) -> bool:
            return hosts.closed_seconds(host) > max(CLOSED_SECONDS, hosts.gate.delay(host))

        for host, tasks in self._backlog.take_closed(is_closed).items():
            seconds = hosts.closed_seconds(host)
            why = f"{host} is left alone for {seconds:.0f} s"
            await self._pages.postpone([task for task in tasks if isinstance(task, PageTask)], seconds=seconds, why=why)
            for task in tasks:
                if isinstance(task, EntryTask):
                    await self._polls.settle(task, FetchResult(outcome=FetchOutcome.THROTTLED, detail=why))
                self._backlog.done(task)

    async def _look_around(self) -> None:
        self.displaced = not await self._patience.call(self._role.keep)
        for state, count in (await self._patience.call(self._frontier.counts)).items():
            metrics.FRONTIER.labels(state.value).set(count)

    async def _is_round_over(self) -> bool:
        if not self._backlog:
            await self._backlog.refill(self._watched, at_once=True)
        return not self._backlog

    # ---- What is asked

    def _begin(self, running: set[asyncio.Task[None]], download: Download, refusal: Refusal) -> float:
        """Begin what may begin; returns the seconds until something more may."""
        room = self._settings.concurrency - len(running)
        tasks, wait = self._backlog.take(self.hosts.gate, room=room, at_most_seconds=TURN_SECONDS)
        for task in tasks:
            self.hosts.gate.take(task.host)
            running.add(asyncio.create_task(self._work(task, download, refusal)))
        self._requests += len(tasks)
        return wait

    async def _work(self, task: Task, download: Download, refusal: Refusal) -> None:
        host = task.host
        try:
            result = await self._ask(task, download, refusal)
            if result.outcome is FetchOutcome.POSTPONED:
                self._backlog.put(task, first=True)
                return
            self._health.working()
            await (self._pages.settle(task, result) if isinstance(task, PageTask) else self._polls.settle(task, result))
            self._health.progressed()
        except GivenUp as error:
            waits_for = str(error)
            _log.warning("left undone", action="stop", source=task.watched.source.id, url=task.url, waits_for=waits_for)
        finally:
            self.hosts.gate.release(host)
        self._backlog.done(task)

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
            if isinstance(task, PageTask):
                result = judged(task.page, result)
        if result.outcome is not FetchOutcome.POSTPONED:
            metrics.FETCHES.labels(source.id, result.outcome.value).inc()
            metrics.FETCH_SECONDS.observe(monotonic() - began)
        self.hosts.note(task.watched, result.host or task.host, result)
        if self.hosts.take_changed(task.watched):
            await self._patience.call(partial(self._frontier.remember, source.id, task.watched.snapshot()))
        return result

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
