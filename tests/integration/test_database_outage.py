"""A database that is down is waited for: nothing is lost, repeated or quarantined, and work goes on by itself."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from store import migrate
from store.bus.open import open_bus
from store.database import Database
from store.errors import DatabaseUnavailable
from store.events import PAGES, TOPICS, encode_page
from store.positions import Positions
from tests.parts.kafka_broker import KafkaBroker
from tests.parts.pages import event
from tests.parts.postgres import PostgresServer
from tests.parts.service import Service

PAGES_COUNT = 2_000
OUTAGES = 5


@pytest.mark.kafka
@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_five_immediate_stops_of_postgresql_lose_repeat_and_quarantine_nothing(
    clean_kafka: KafkaBroker, durable_postgres: PostgresServer, tmp_path: Path
) -> None:
    url = durable_postgres.create_database()
    database = Database(url)
    migrate.upgrade(database)
    bus = open_bus(clean_kafka.url)
    bus.create_topics(TOPICS)
    environment = {"REFORMWATCH_DATABASE": url, "REFORMWATCH_BUS": clean_kafka.url, "REFORMWATCH_WORKERS": "1"}
    step = PAGES_COUNT // OUTAGES
    with (
        Service(["process"], environment=environment, log=tmp_path / "one.log") as one,
        Service(["process"], environment=environment, log=tmp_path / "two.log") as two,
    ):
        for outage in range(OUTAGES):
            numbers = range(outage * step, (outage + 1) * step)
            bus.publish_many(PAGES, [encode_page(event(number)) for number in numbers])
            await_position(database, outage * step + 1)
            durable_postgres.stop(immediate=True)
            time.sleep(2)
            assert one.process.poll() is None
            assert two.process.poll() is None
            durable_postgres.start()
        await_position(database, PAGES_COUNT)
        assert "waiting_for_dependency" in one.output() + two.output(), "the outage was felt"
        for service in (one, two):
            service.await_line("processor_started")
        assert [one.stop(), two.stop()] == [0, 0]
    bus.close()
    with database.read() as connection:
        counts = {
            table: connection.scalar(sa.text(f"SELECT count(*) FROM {table}"))
            for table in ("article", "article_version", "page_outcome", "quarantine")
        }
    database.close()
    assert counts == {
        "article": PAGES_COUNT,
        "article_version": PAGES_COUNT,
        "page_outcome": PAGES_COUNT,
        "quarantine": 0,
    }


def await_position(database: Database, pages: int) -> None:
    positions = Positions(database, "processor", PAGES)
    end = time.monotonic() + 240
    while True:
        try:
            reached = sum(positions.current().values())
        except DatabaseUnavailable:
            reached = 0
        if reached >= pages:
            return
        assert time.monotonic() < end, f"only at {reached} of {pages} pages"
        time.sleep(0.2)


@pytest.mark.kafka
@pytest.mark.postgres
@pytest.mark.timeout(300)
def test_control_a_consumer_that_does_not_wait_for_its_database_loses_or_repeats(
    clean_kafka: KafkaBroker, durable_postgres: PostgresServer
) -> None:
    pages = 1_500
    bus = open_bus(clean_kafka.url)
    bus.create_topics(TOPICS)
    bus.publish_many(PAGES, [encode_page(event(number)) for number in range(pages)])
    bus.close()
    url = durable_postgres.create_database().replace("postgresql+psycopg", "postgresql")
    command = [sys.executable, "-m", "tests.parts.naive_consumer", clean_kafka.servers, url]
    for _ in range(2):
        consumer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        stored = len(_naive_rows(url))
        while len(_naive_rows(url)) < stored + 100:
            assert consumer.poll() is None, "it runs until its database is gone"
            time.sleep(0.05)
        durable_postgres.stop(immediate=True)
        assert consumer.wait(timeout=60) != 0, "it does not survive its database"
        durable_postgres.start()
    consumer = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        before, rows = -1, _naive_rows(url)
        while len(rows) != before:
            before = len(rows)
            time.sleep(8)
            rows = _naive_rows(url)
    finally:
        consumer.kill()
        consumer.wait()
    lost, repeated = pages - len(set(rows)), len(rows) - len(set(rows))
    assert lost + repeated > 0, "the control run must fail, or the outages prove nothing"


def _naive_rows(url: str) -> list[str]:
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute("SELECT to_regclass('naive')").fetchone() == (None,):
            return []
        return [row[0] for row in connection.execute("SELECT url FROM naive")]
