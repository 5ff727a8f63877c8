"""`/livez` is red only when nothing can go on any more; idling, waiting and slow pages are alive. Limits are short."""

from __future__ import annotations

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from alerts.service import AlertService
from alerts.settings import AlertSettings
from processor.model import PlainText
from processor.pipeline import PipelineSettings
from processor.service import Processor, ProcessorSettings
from processor.workers import PageWorkers, WorkerLimits
from reformwatch.compose import database_check
from reformwatch.endpoint import Endpoint
from store import migrate
from store.bus.base import Bus
from store.bus.open import open_bus
from store.database import Database
from store.errors import DatabaseUnavailable
from store.events import PAGES, TOPICS, encode_page
from store.health import Health
from tests.parts.pages import event
from tests.parts.postgres import PostgresServer

BEAT_SECONDS = 6.0
"""Longer than the longest pause before a dependency is asked again."""
PROGRESS_SECONDS = 4.0
WAIT_SECONDS = 30.0
WARM = PlainText(text="Tin.")


@pytest.fixture
def health() -> Health:
    return Health(beat_limit_seconds=BEAT_SECONDS, progress_limit_seconds=PROGRESS_SECONDS)


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    bus = open_bus(f"embedded:///{tmp_path / 'bus.db'}")
    bus.create_topics(TOPICS)
    yield bus
    bus.close()


@pytest.fixture(scope="module")
def workers() -> Iterator[PageWorkers]:
    workers = PageWorkers(PipelineSettings(), WorkerLimits(count=1))
    workers.collect(workers.submit(WARM))
    yield workers
    workers.close()


class SwitchedDatabase(Database):
    """Answers, is down, or hangs, as the test says."""

    down = False

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.running = threading.Event()
        self.running.set()

    def read(self):  # type: ignore[no-untyped-def]
        self._obey()
        return super().read()

    def transaction(self):  # type: ignore[no-untyped-def]
        self._obey()
        return super().transaction()

    def _obey(self) -> None:
        self.running.wait()
        if self.down:
            raise DatabaseUnavailable("down, for the test")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SwitchedDatabase]:
    database = SwitchedDatabase(f"sqlite:///{tmp_path / 'r.db'}")
    migrate.upgrade(database)
    yield database
    database.close()


class Turning:
    """A loop in a thread of its own, ended at the end of the test."""

    def __init__(self, run: Callable[[threading.Event], None]) -> None:
        self.stop = threading.Event()
        self._thread = threading.Thread(target=run, args=[self.stop])

    def __enter__(self) -> Turning:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self._thread.join(WAIT_SECONDS)
        assert not self._thread.is_alive()


@pytest.fixture
def processor(database: SwitchedDatabase, bus: Bus, workers: PageWorkers, health: Health) -> Processor:
    settings = ProcessorSettings(poll_seconds=0.1)
    return Processor(database=database, bus=bus, workers=workers, settings=settings, health=health)


def wait_until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def assert_stays_live(health: Health, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        report = health.report()
        assert report.live, report.problems
        time.sleep(0.1)


def test_an_idle_processor_and_an_idle_alerter_are_alive_and_ready(
    processor: Processor, health: Health, database: Database, bus: Bus
) -> None:
    other = Health(beat_limit_seconds=BEAT_SECONDS, progress_limit_seconds=PROGRESS_SECONDS)
    alerter = AlertService(database, bus, AlertSettings(), health=other)
    with Turning(processor.run), Turning(alerter.run):
        assert_stays_live(health, PROGRESS_SECONDS + 1)
        assert other.report().live
        assert health.report().ready
        assert other.report().ready


def test_a_processor_whose_database_is_down_is_alive_and_not_ready_until_it_is_back(
    processor: Processor, health: Health, database: SwitchedDatabase, bus: Bus
) -> None:
    with Turning(processor.run):
        database.down = True
        bus.publish(PAGES, encode_page(event(1)))
        wait_until(lambda: not health.report().ready, "the outage was noticed")
        assert_stays_live(health, PROGRESS_SECONDS + 1)
        assert health.report().problems == ("waiting for database",)
        database.down = False
        wait_until(lambda: health.report().ready, "ready again by itself")


def test_a_processor_that_is_stuck_in_a_call_is_dead_until_the_call_returns(
    processor: Processor, health: Health, database: SwitchedDatabase, bus: Bus
) -> None:
    with Turning(processor.run):
        wait_until(lambda: health.report().ready, "turning")
        database.running.clear()
        bus.publish(PAGES, encode_page(event(1)))
        wait_until(lambda: not health.report().live, "the standstill was noticed")
        assert "the loop has not turned" in health.report().problems[0]
        database.running.set()
        wait_until(lambda: health.report().live, "alive again")


def test_slow_pages_are_progress(database: SwitchedDatabase, bus: Bus, health: Health) -> None:
    """Twelve pages that run into their deadline of a second, two at a time: one batch, longer than the limit."""
    limits = WorkerLimits(count=2, deadline_seconds=1.0)
    slow = PageWorkers(PipelineSettings(), limits)
    body = b"<p>" + b"01/02/2020 " * 400_000
    try:
        slow.collect(slow.submit(WARM))
        for number in range(12):
            bus.publish(PAGES, encode_page(event(number, body=body)))
        settings = ProcessorSettings(poll_seconds=0.1)
        processor = Processor(database=database, bus=bus, workers=slow, settings=settings, health=health)
        with Turning(processor.run):
            assert_stays_live(health, 2 * PROGRESS_SECONDS)
    finally:
        slow.close()


def get(port: int, path: str) -> tuple[int, dict[str, object], float]:
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=WAIT_SECONDS) as response:
            return response.status, json.load(response), time.monotonic() - begun
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error), time.monotonic() - begun


def test_a_check_that_hangs_holds_up_neither_livez_nor_the_next_readyz(health: Health) -> None:
    released = threading.Event()

    def check() -> str | None:
        released.wait(WAIT_SECONDS)
        return None

    with Endpoint("127.0.0.1", 0, health, {"database": check}) as endpoint:
        first = threading.Thread(target=get, args=[endpoint.port, "/readyz"])
        first.start()
        time.sleep(0.3)
        status, _, seconds = get(endpoint.port, "/livez")
        assert (status, seconds < 1) == (200, True)
        status, answer, seconds = get(endpoint.port, "/readyz")
        assert (status, seconds < 1) == (503, True)
        assert answer["problems"] == ["database: the check before this one has not come back"]
        released.set()
        first.join()


@pytest.mark.postgres
def test_readyz_says_that_postgresql_was_stopped_and_that_it_is_back(
    durable_postgres: PostgresServer, health: Health
) -> None:
    database = Database(durable_postgres.create_database())
    with Endpoint("127.0.0.1", 0, health, {"database": lambda: database_check(database)}) as endpoint:
        assert get(endpoint.port, "/readyz")[0] == 200
        durable_postgres.stop(immediate=True)
        status, answer, _ = get(endpoint.port, "/readyz")
        assert status == 503
        assert str(answer["problems"]).startswith("['database: postgresql+psycopg://")
        durable_postgres.start()
        health.beat()
        assert get(endpoint.port, "/readyz")[0] == 200
    database.close()
