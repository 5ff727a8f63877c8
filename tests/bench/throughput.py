"""Pages through a real Kafka into a real PostgreSQL, and reports from there to a webhook: how fast, in what memory."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from store import migrate
from store.bus.open import open_bus
from store.database import Database
from store.events import PAGES, REPORTS, TOPICS, encode_page, encode_report
from store.positions import Positions
from tests.bench.corpus import BenchPage
from tests.bench.memory import Peaks
from tests.parts.alert_process import SECRET
from tests.parts.kafka_broker import KafkaBroker
from tests.parts.kafka_cleaning import delete_topics
from tests.parts.pages import event
from tests.parts.postgres import PostgresServer
from tests.parts.reports import report
from tests.parts.service import Service
from tests.parts.webhook_receiver import WebhookReceiver


def run(pages: list[BenchPage], count: int) -> None:
    with (
        KafkaBroker(Path(tempfile.mkdtemp(prefix="bench-kafka-"))) as broker,
        PostgresServer(Path(tempfile.mkdtemp(prefix="bench-postgres-")), durable=True) as server,
    ):
        for workers in (1, 2):
            delete_topics(broker)
            _pages(broker, server, pages, count, workers)
        _alerts(broker, server, count)


def _pages(broker: KafkaBroker, server: PostgresServer, pages: list[BenchPage], count: int, workers: int) -> None:
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
    positions = Positions(database, "processor", PAGES)
    with (
        _service("process", url, broker, REFORMWATCH_WORKERS=str(workers)) as service,
        Peaks(service.process.pid) as peaks,
    ):
        while sum(positions.current().values()) == 0:
            time.sleep(0.01)
        begun, begin_at = time.monotonic(), sum(positions.current().values())
        while (done := sum(positions.current().values())) < count:
            time.sleep(0.05)
        seconds = time.monotonic() - begun
        service.stop()
    database.close()
    size = sum(len(page.body) for page in pages) / len(pages) / 1000
    print(
        f"{workers} worker(s): {(done - begin_at) / seconds:.0f} pages/s of {size:.0f} KB through Kafka into "
        f"PostgreSQL ({count} pages)"
    )
    print(f"{workers} worker(s): {peaks}")


def _alerts(broker: KafkaBroker, server: PostgresServer, count: int) -> None:
    url = server.create_database()
    database = Database(url)
    migrate.upgrade(database)
    bus = open_bus(broker.url)
    for first in range(0, count, 500):
        numbers = range(first, min(first + 500, count))
        bus.publish_many(REPORTS, [encode_report(report(number)) for number in numbers])
    bus.close()
    with WebhookReceiver() as receiver:
        hook = {
            "REFORMWATCH_WEBHOOK_URL": receiver.url(),
            "REFORMWATCH_WEBHOOK_SECRET": SECRET,
            "REFORMWATCH_ALLOWED_NETWORKS": "127.0.0.0/8",
        }
        with _service("alert", url, broker, **hook) as service, Peaks(service.process.pid) as peaks:
            receiver.wait_for(1)
            begun, begin_at = time.monotonic(), len(receiver.received)
            receiver.wait_for(count, timeout_seconds=1800)
            seconds = time.monotonic() - begun
            service.stop()
    database.close()
    print(f"alerts: {(count - begin_at) / seconds:.0f} reports/s from Kafka to a webhook ({count} reports)")
    print(f"alerts: {peaks}")


def _service(command: str, database_url: str, broker: KafkaBroker, **settings: str) -> Service:
    environment = {
        "REFORMWATCH_DATABASE": database_url,
        "REFORMWATCH_BUS": broker.url,
        "REFORMWATCH_LOG_LEVEL": "warning",
        **settings,
    }
    return Service(
        [command], environment=environment, log=Path(tempfile.mkdtemp(prefix="bench-log-")) / f"{command}.log"
    )
