"""The long-running commands: crawl, process, alert, and `run`, which supervises the three."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType
from typing import Final

import structlog

from alerts.service import AlertService
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
from reformwatch.supervisor import supervise
from store.health import Health
from store.outbox import OutboxRelay

_log = structlog.get_logger()


@contextmanager
def stop_on_signals() -> Iterator[threading.Event]:
    """An event that the first SIGTERM or SIGINT sets. A second signal changes nothing: the stop is under way."""
    stop = threading.Event()

    def ask(number: int, _: FrameType | None) -> None:
        if not stop.is_set():
            _log.info("stopping", signal=signal.Signals(number).name)
        stop.set()

    previous = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def endpoint(
    settings: Settings, health: Health, checks: Mapping[str, Callable[[], str | None]]
) -> AbstractContextManager[object]:
    if settings.metrics_port == 0:
        return nullcontext()
    return Endpoint(settings.metrics_host, settings.metrics_port, health, checks)


def run_crawler(settings: Settings, *, once: bool) -> int:
    """Returns the exit code: 75 asks the supervisor for a fresh process, when memory has grown."""
    # Scrapy takes half a second to import and installs its reactor: only this command pays for it.
    from crawler.run import CrawlEnd, run_crawler

    with stop_on_signals() as stop, opened_database(settings) as database, opened_bus(settings) as bus:
        health = Health()
        with endpoint(settings, health, {"database": lambda: database_check(database)}):
            _log.info("crawler_started", bus=bus.description(), database=database.description())
            end = run_crawler(
                crawler_settings(settings), database=database, bus=bus, stop=stop, health=health, once=once
            )
        if end is CrawlEnd.ABANDONED:
            # A thread still waits for a dependency that hangs, and would hold the process. Nothing is lost.
            os._exit(0)
        return TRY_LATER_EXIT if end is CrawlEnd.RECYCLE else 0


def run_processor(settings: Settings) -> None:
    with (
        stop_on_signals() as stop,
        opened_database(settings) as database,
        opened_bus(settings) as bus,
        built_processor(settings, database, bus) as processor,
        endpoint(settings, processor.health, {"database": lambda: database_check(database)}),
    ):
        relay = OutboxRelay(database, bus)
        relay_thread = threading.Thread(target=relay.run, args=[stop], name="outbox")
        relay_thread.start()
        _log.info("processor_started", bus=bus.description(), database=database.description())
        try:
            processor.run(stop)
        finally:
            stop.set()
            relay.wake()
            relay_thread.join()


def run_alerts(settings: Settings) -> None:
    with stop_on_signals() as stop, opened_database(settings) as database, opened_bus(settings) as bus:
        health = Health()
        service = AlertService(database, bus, alert_settings(settings), health=health)
        with endpoint(settings, health, {"database": lambda: database_check(database)}):
            _log.info("alerts_started", bus=bus.description(), database=database.description())
            service.run(stop)


SERVICES: Final = {"crawler": ["crawl"], "processor": ["process"], "alerts": ["alert"]}


def run_everything(settings: Settings) -> int:
    """Crawler, processor and alerts in child processes, after bringing the database up to date."""
    alert_settings(settings)
    upgrade_database(settings)
    with stop_on_signals() as stop:
        return supervise(SERVICES, metrics_port=settings.metrics_port, environment=os.environ, stop=stop)
