"""Runs the crawl in this process: the reactor with its guarded resolver, and in it one Scrapy crawl after another."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from enum import Enum
from functools import partial
from types import SimpleNamespace
from typing import Any, Final, TypeVar

import psutil
import structlog
from scrapy import Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings
from scrapy.utils.misc import load_object
from scrapy.utils.reactor import install_reactor

from crawler.batching import GivenUp
from crawler.desk import Desk
from crawler.fetching import Download, Refusal
from crawler.guard import GuardedResolver
from crawler.politeness import HostGate
from crawler.registry import load_registry
from crawler.robots import RobotsCache
from crawler.scrapy_settings import REACTOR, scrapy_settings
from crawler.settings import CrawlerSettings
from store.bus.base import Bus
from store.database import Database
from store.exclusive import ExclusiveRole
from store.frontier import Frontier
from store.health import Health

T = TypeVar("T")
_NOTHING: Final[tuple[Any, ...]] = ()
_log = structlog.get_logger()


class CrawlEnd(Enum):
    FINISHED = "finished"
    """Stopped as told, or the single round is over; what was in flight was finished."""
    RECYCLE = "recycle"
    """Memory went past its limit, or another crawler took over: start the process again."""
    ABANDONED = "abandoned"
    """Told to stop, but a dependency hung: threads may still wait for it, leave with `os._exit`. Nothing is lost."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What Scrapy's components need of the crawl; hangs on the spider."""

    robots: RobotsCache
    gate: HostGate
    refusal: Refusal
    crawl_delay: Callable[[str, str, float], None]


class CrawlSpider(Spider):
    """Yields nothing to Scrapy's scheduler: the desk asks the downloader itself, one request per host."""

    name = "reformwatch"

    def __init__(self, *, shared: Shared, work: Callable[[Download], Coroutine[Any, Any, None]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shared = shared
        self.working: asyncio.Task[None] | None = None
        self._work = work

    async def start(self) -> AsyncIterator[Any]:
        self.working = asyncio.create_task(self._work(self.crawler.engine.download_async))
        # Not awaited for its result here: Scrapy would log an exception and go on.
        await asyncio.wait([self.working])
        for request in _NOTHING:
            yield request


def run_crawler(
    settings: CrawlerSettings,
    *,
    database: Database,
    bus: Bus,
    stop: threading.Event,
    health: Health | None = None,
    once: bool = False,
) -> CrawlEnd:
    """Crawl until `stop` is set, or, with `once`, poll and fetch everything that is due one time.

    May be called once per process: a Twisted reactor does not start twice. Installs no signal handlers; the caller's
    sets `stop`. Raises `RegistryInvalid` before anything is done. Waits out a database or bus that is down, and
    another crawler on the same database; with `once` that is `CrawlerBusy`.
    """
    registry = load_registry(settings.registry)
    unverified = [domain for source in registry.enabled if not source.verify_tls for domain in source.allowed_domains]
    desk = Desk(
        settings=settings,
        registry=registry,
        frontier=Frontier(database),
        bus=bus,
        role=(role := ExclusiveRole(database, "crawler")),
        health=health or Health(),
        stop=stop,
        once=once,
    )
    scrapy = scrapy_settings(settings, unverified_domains=unverified)
    try:
        return run_reactor(scrapy, partial(_crawl, scrapy, desk, settings))
    finally:
        role.release()


async def _crawl(scrapy: Settings, desk: Desk, settings: CrawlerSettings, guard: GuardedResolver) -> CrawlEnd:
    try:
        if not await desk.open():
            return CrawlEnd.FINISHED
    except GivenUp:
        return CrawlEnd.FINISHED
    shared = Shared(desk.robots, desk.hosts.gate, guard.refusal, desk.hosts.crawl_delay)
    while True:
        await crawl_once(scrapy, shared, lambda download: desk.run(download, guard.refusal))
        if desk.abandoned:
            return CrawlEnd.ABANDONED
        if desk.displaced:
            return CrawlEnd.RECYCLE
        if desk.finished:
            return CrawlEnd.FINISHED
        if psutil.Process().memory_info().rss > settings.memory_limit_bytes:
            _log.warning("memory limit reached", action="recycle", limit_bytes=settings.memory_limit_bytes)
            return CrawlEnd.RECYCLE


async def crawl_once(scrapy: Settings, shared: Shared, work: Callable[[Download], Coroutine[Any, Any, None]]) -> None:
    """One Scrapy crawl around `work`. Raises what `work` raised."""
    runner = AsyncCrawlerRunner(scrapy)
    crawler = runner.create_crawler(CrawlSpider)
    await runner.crawl(crawler, shared=shared, work=work)
    spider = crawler.spider
    if not isinstance(spider, CrawlSpider) or spider.working is None:
        raise RuntimeError("Scrapy closed the crawl before it began")
    spider.working.result()


def run_reactor(scrapy: Settings, main: Callable[[GuardedResolver], Awaitable[T]]) -> T:
    """Run the coroutine in a new reactor whose names are resolved by the guard; returns or raises what it does."""
    _quieten()
    install_reactor(REACTOR)
    from twisted.internet import reactor as installed

    reactor: Any = installed  # its declared type is an interface that describes it wrongly
    # Scrapy installs the resolver of TWISTED_DNS_RESOLVER only when it runs the reactor itself.
    guard: GuardedResolver = load_object(scrapy["TWISTED_DNS_RESOLVER"]).from_crawler(
        SimpleNamespace(settings=scrapy), reactor
    )
    guard.install_on_reactor()
    reactor.getThreadPool().adjustPoolsize(maxthreads=scrapy.getint("REACTOR_THREADPOOL_MAXSIZE"))
    begun: list[asyncio.Future[T]] = []

    def begin() -> None:
        task = asyncio.ensure_future(main(guard))
        begun.append(task)
        task.add_done_callback(lambda _: reactor.stop())

    reactor.callWhenRunning(begin)
    reactor.run(installSignalHandlers=False)
    return begun[0].result()


_NOISY: Final = ("scrapy", "twisted", "asyncio", "filelock")


def _quieten() -> None:
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
