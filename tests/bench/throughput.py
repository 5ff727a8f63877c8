"""Pages per second through a real Kafka into a real PostgreSQL, with one and two workers, and what memory it takes."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path

import psutil

from store import migrate
from store.bus.open import open_bus
from store.database import Database
from store.events import PAGES, TOPICS, encode_page
from store.positions import Positions
from tests.bench.corpus import BenchPage
from tests.parts.kafka_broker import KafkaBroker
from tests.parts.kafka_cleaning import delete_topics
from tests.parts.pages import event
from tests.parts.postgres import PostgresServer
from tests.parts.service import Service

MEMORY_LIMIT_MIB = 300


def run(pages: list[BenchPage], count: int) -> None:
    with (
        KafkaBroker(Path(tempfile.mkdtemp(prefix="bench-kafka-"))) as broker,
        PostgresServer(Path(tempfile.mkdtemp(prefix="bench-postgres-")), durable=True) as server,
    ):
        for workers in (1, 2):
            delete_topics(broker)
            _measure(broker, server, pages, count, workers)


def _measure(broker: KafkaBroker, server: PostgresServer, pages: list[BenchPage], count: int, workers: int) -> None:
    url = server.create_database()
    database = Database(url)
    migrate.upgrade(database)
    bus = open_bus(broker.url)
    bus.create_topics(TOPICS)
    for first in range(0, count, 100):
        numbers = range(first, min(first + 100, count))
        bus.publish_many(
            PAGES, [encode_page(event(number, body=pages[number % len(pages)].body)) for number in numbers]
        )
    bus.close()
    environment = {
        "REFORMWATCH_DATABASE": url,
        "REFORMWATCH_BUS": broker.url,
        "REFORMWATCH_WORKERS": str(workers),
        "REFORMWATCH_LOG_LEVEL": "warning",
    }
    positions = Positions(database, "processor", PAGES)
    log = Path(tempfile.mkdtemp(prefix="bench-log-")) / "processor.log"
    with Service(["process"], environment=environment, log=log) as service:
        peaks = _Peaks(service.process.pid)
        while sum(positions.current().values()) == 0:
            time.sleep(0.01)
        begun, begin_at = time.monotonic(), sum(positions.current().values())
        while (done := sum(positions.current().values())) < count:
            time.sleep(0.05)
        seconds = time.monotonic() - begun
        service.stop()
        highest = peaks.stop()
    database.close()
    size = sum(len(page.body) for page in pages) / len(pages) / 1000
    print(
        f"{workers} worker(s): {(done - begin_at) / seconds:.0f} pages/s of {size:.0f} KB through Kafka into "
        f"PostgreSQL ({count} pages)"
    )
    print(
        f"{workers} worker(s): highest memory of a process {highest:.0f} MiB "
        f"({'within' if highest <= MEMORY_LIMIT_MIB else 'ABOVE'} {MEMORY_LIMIT_MIB})"
    )


class _Peaks:
    """Watches the memory of a process and all it starts."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._highest = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _watch(self) -> None:
        while not self._done.wait(0.25):
            try:
                family = [self._process, *self._process.children(recursive=True)]
                sizes = [member.memory_info().rss for member in family]
            except psutil.NoSuchProcess:
                continue
            self._highest = max(self._highest, *(size / 1024**2 for size in sizes))

    def stop(self) -> float:
        self._done.set()
        self._thread.join()
        return self._highest
