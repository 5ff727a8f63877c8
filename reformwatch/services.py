"""The long-running commands: crawl, process, alert, and `run`, which supervises the three."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Final, TypeVar

import structlog

from alerts.service import AlertService
from crawler.registry import load_registry
from reformwatch.commands.shared import TRY_LATER_EXIT
from reformwatch.compose import (
    alert_settings,
    built_processor,
    crawler_settings,
    database_check,
    opened_bus,
    opened_database,
    upgrade_database,
)
from reformwatch.endpoint import Endpoint
from reformwatch.settings import Settings
from reformwatch.stopping import stop_on_signals
from reformwatch.supervisor import supervise
from store import migrate
from store.bus.base import Bus
from store.database import Database
from store.errors import DatabaseUnavailable, TryLater
from store.health import Health
from store.outbox import OutboxRelay

FIRST_PAUSE_SECONDS: Final = 0.5
LONGEST_PAUSE_SECONDS: Final = 5.0

_log = structlog.get_logger()
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Connected:
    """What every service works with."""

    database: Database
    bus: Bus
    stop: threading.Event
    health: Health


@contextmanager
def connected(settings: Settings) -> Iterator[Connected | None]:
    """Database and bus, waited for as long as it takes; None when told to stop meanwhile.

    The endpoint answers from the beginning: a process that waits is alive and not ready. Raises `NeverValid`.
    """
    health = Health()
    with ExitStack() as stack:
        stop = stack.enter_context(stop_on_signals())
        database = stack.enter_context(opened_database(settings, checked=False))
        stack.enter_context(_endpoint(settings, health, database))
        if waited_for(lambda: _checked(database), stop, health) is None:
            yield None
            return
        bus = waited_for(lambda: stack.enter_context(opened_bus(settings)), stop, health)
        yield None if bus is None else Connected(database=database, bus=bus, stop=stop, health=health)


def waited_for(attempt: Callable[[], T], stop: threading.Event, health: Health) -> T | None:
    """The attempt's result once its dependency is there; None when told to stop before."""
    pause = FIRST_PAUSE_SECONDS
    while not stop.is_set():
        health.beat()
        try:
            result = attempt()
        except TryLater as error:
            dependency = "database" if isinstance(error, DatabaseUnavailable) else "bus"
            health.waiting_for(dependency)
            _log.warning("waiting_for_dependency", dependency=dependency, error=str(error))
        else:
            health.waiting_for(None)
            return result
        stop.wait(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
    return None


def _checked(database: Database) -> Database:
    migrate.check(database)
    return database


def _endpoint(settings: Settings, health: Health, database: Database) -> AbstractContextManager[object]:
    if settings.metrics_port == 0:
        return nullcontext()
    checks = {"database": lambda: database_check(database)}
    return Endpoint(settings.metrics_host, settings.metrics_port, health, checks)


def _log_start(name: str, parts: Connected) -> None:
    _log.info(name, bus=parts.bus.description(), database=parts.database.description())


def run_crawler(settings: Settings, *, once: bool) -> int:
    """Returns the exit code: 75 asks the supervisor for a fresh process, when memory has grown."""
    # Scrapy takes half a second to import and installs its reactor: only this command pays for it.
    from crawler.run import CrawlEnd, run_crawler

    crawler = crawler_settings(settings)
    with connected(settings) as parts:
        if parts is None:
            return 0
        _log_start("crawler_started", parts)
        end = run_crawler(
            crawler, database=parts.database, bus=parts.bus, stop=parts.stop, health=parts.health, once=once
        )
        if end is CrawlEnd.ABANDONED:
            # A thread still waits for a dependency that hangs, and would hold the process. Nothing is lost.
            os._exit(0)
        return TRY_LATER_EXIT if end is CrawlEnd.RECYCLE else 0


def run_processor(settings: Settings) -> None:
    with connected(settings) as parts:
        if parts is None:
            return
        with built_processor(settings, parts.database, parts.bus, parts.health) as processor:
            relay = OutboxRelay(parts.database, parts.bus)
            with ThreadPoolExecutor(1, thread_name_prefix="outbox") as pool:
                relayed = pool.submit(relay.run, parts.stop)
                # A relay that ends unasked would leave every report unpublished: the whole process ends with it.
                relayed.add_done_callback(lambda _: parts.stop.set())
                _log_start("processor_started", parts)
                try:
                    processor.run(parts.stop)
                finally:
                    parts.stop.set()
                    relay.wake()
            relayed.result()


def run_alerts(settings: Settings) -> None:
    alerts = alert_settings(settings)
    with connected(settings) as parts:
        if parts is None:
            return
        service = AlertService(parts.database, parts.bus, alerts, health=parts.health)
        _log_start("alerts_started", parts)
        service.run(parts.stop)


SERVICES: Final = {"crawler": ["crawl"], "processor": ["process"], "alerts": ["alert"]}


def run_everything(settings: Settings) -> int:
    """Crawler, processor and alerts in child processes, after bringing the database up to date."""
    # A mistake in the settings of one child is said now, not by a child that starts again and again.
    alert_settings(settings)
    load_registry(crawler_settings(settings).registry)
    with stop_on_signals() as stop:
        if waited_for(lambda: upgrade_database(settings), stop, Health()) is None:
            return 0
        return supervise(SERVICES, metrics_port=settings.metrics_port, environment=os.environ, stop=stop)
