"""No page is lost and none stored twice, whatever is killed when: two processors, killed -9 at random.

The short form runs always; `make soak` runs the long one. The control does what many consumers do, is killed as
often, and must lose or repeat: otherwise the kills would prove nothing.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from store import migrate
from store.bus.base import Bus
from store.bus.open import open_bus
from store.database import Database
from store.documents import DocumentRules
from store.events import PAGES, TOPICS, encode_page
from store.frontier import Frontier, SourceRecord
from store.positions import Positions
from tests.parts.kafka_broker import KafkaBroker
from tests.parts.pages import FETCHED_AT, event, html
from tests.parts.postgres import PostgresServer
from tests.parts.service import Service

DEADLINE_SECONDS = 600


@dataclass(frozen=True)
class Load:
    pages: int
    kills: int


SHORT = Load(pages=4_000, kills=4)
LONG = Load(pages=20_000, kills=10)
CONTROL = Load(pages=3_000, kills=3)
FORMS = [
    pytest.param(SHORT, id="short"),
    pytest.param(LONG, id="long", marks=[pytest.mark.soak, pytest.mark.timeout(1800)]),
]


def publish_pages(bus: Bus, pages: int) -> None:
    bus.create_topics(TOPICS)
    for first in range(0, pages, 500):
        records = [encode_page(event(number, body=linking(number))) for number in range(first, first + 500)]
        bus.publish_many(PAGES, records)


def linking(number: int) -> bytes:
    """A page whose article links a file of its own and one that all of them link."""
    links = f"<p>Kèm theo <a href=/tep/{number}.pdf>kế hoạch</a> và <a href=/tep/chung.pdf>quyết định</a> của tỉnh.</p>"
    return html(number).replace("</article>", f"{links}</article>").encode()


def register(database: Database) -> None:
    record = SourceRecord(
        id="example",
        name="Example",
        kind="portal",
        home="https://tin.example.vn/",
        province_then=None,
        official=True,
        documents=DocumentRules(domains=("tin.example.vn",)).to_json(),
    )
    Frontier(database).register([record], now=FETCHED_AT)


def kill_one_at_random(services: Sequence[Service], *, kills: int, draw: random.Random) -> None:
    for _ in range(kills):
        time.sleep(draw.uniform(3, 9))
        victim = draw.choice(services)
        victim.kill()
        victim.restart()


def await_position(database: Database, pages: int, services: Sequence[Service]) -> None:
    positions = Positions(database, "processor", PAGES)
    end = time.monotonic() + DEADLINE_SECONDS
    while sum(positions.current().values()) < pages:
        assert time.monotonic() < end, f"only at {dict(positions.current())} of {pages} pages"
        for service in services:
            assert service.process.poll() is None, f"ended unasked:\n{service.output()[-2000:]}"
        time.sleep(0.5)


def assert_stored_exactly_once(database: Database, pages: int) -> None:
    def scalar(sql: str) -> int:
        with database.read() as connection:
            return int(connection.scalar(sa.text(sql)) or 0)

    assert scalar("SELECT count(*) FROM article") == pages, "lost"
    assert scalar("SELECT count(*) FROM article_version") == pages, "twice"
    assert scalar("SELECT count(*) FROM page_outcome") == pages
    assert scalar("SELECT count(*) FROM quarantine") == 0
    assert scalar("SELECT count(*) FROM offset_gap") == 0
    reports = scalar("SELECT count(*) FROM reports_v1")
    assert 0 < reports < pages
    assert scalar("SELECT count(*) FROM outbox") == reports, "the outbox is exact"
    assert scalar("SELECT count(*) FROM article_document") == 2 * pages
    due = scalar("SELECT count(*) FROM frontier WHERE due_at IS NOT NULL")
    assert due == pages + 1, "a file of each article, and one of all"
    with database.read() as connection:
        assert sum(connection.scalars(sa.text("SELECT next_offset FROM position WHERE topic = :t"), {"t": PAGES.name}))


def run_under_kills(database_url: str, bus_url: str, load: Load, folder: Path) -> None:
    database = Database(database_url)
    migrate.upgrade(database)
    register(database)
    bus = open_bus(bus_url)
    publish_pages(bus, load.pages)
    bus.close()
    environment = {"REFORMWATCH_DATABASE": database_url, "REFORMWATCH_BUS": bus_url, "REFORMWATCH_WORKERS": "1"}
    logs = [folder / "one.log", folder / "two.log"]
    with (
        Service(["process"], environment=environment, log=logs[0]) as one,
        Service(["process"], environment=environment, log=logs[1]) as two,
    ):
        kill_one_at_random([one, two], kills=load.kills, draw=random.Random(20261124))
        await_position(database, load.pages, [one, two])
        for service in (one, two):
            service.await_line("processor_started")
        assert [one.stop(), two.stop()] == [0, 0], "SIGTERM ends a processor in order"
    assert_stored_exactly_once(database, load.pages)
    database.close()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("load", FORMS)
def test_embedded_bus_and_sqlite_lose_and_repeat_nothing(load: Load, tmp_path: Path) -> None:
    run_under_kills(f"sqlite:///{tmp_path / 'r.db'}", f"embedded:///{tmp_path / 'bus.db'}", load, tmp_path)


@pytest.mark.kafka
@pytest.mark.postgres
@pytest.mark.timeout(900)
@pytest.mark.parametrize("load", FORMS)
def test_kafka_and_postgresql_lose_and_repeat_nothing(
    load: Load, clean_kafka: KafkaBroker, durable_postgres: PostgresServer, tmp_path: Path
) -> None:
    run_under_kills(durable_postgres.create_database(), clean_kafka.url, load, tmp_path)


def kill_the_control(bus: str, database: str, count: Callable[[], Sequence[str]]) -> None:
    """Kill a naive consumer as often, wait until no row is added any more, and insist that it lost or repeated some."""
    command = [sys.executable, "-m", "tests.parts.naive_consumer", bus, database]
    draw = random.Random(20261124)
    rows: Sequence[str] = []
    process = subprocess.Popen(command)
    try:
        for _ in range(CONTROL.kills):
            time.sleep(draw.uniform(3, 6))
            process.kill()
            process.wait()
            process = subprocess.Popen(command)
        end = time.monotonic() + 120
        before = -1
        while time.monotonic() < end and len(rows) != before:
            before = len(rows)
            time.sleep(5)
            rows = count()
    finally:
        process.kill()
        process.wait()
    lost, repeated = CONTROL.pages - len(set(rows)), len(rows) - len(set(rows))
    assert rows, "the control ran"
    assert lost + repeated > 0, "the control run must fail, or the kills prove nothing"


def test_control_on_the_embedded_bus_positions_kept_apart_from_the_rows_fail(tmp_path: Path) -> None:
    url, file = f"embedded:///{tmp_path / 'bus.db'}", tmp_path / "naive.db"
    bus = open_bus(url)
    publish_pages(bus, CONTROL.pages)
    bus.close()

    def rows() -> list[str]:
        with closing(sqlite3.connect(file)) as connection:
            return [row[0] for row in connection.execute("SELECT url FROM naive")]

    kill_the_control(url, str(file), rows)


@pytest.mark.kafka
@pytest.mark.postgres
def test_control_a_consumer_with_auto_commit_and_plain_inserts_fails(
    clean_kafka: KafkaBroker, durable_postgres: PostgresServer
) -> None:
    bus = open_bus(clean_kafka.url)
    publish_pages(bus, CONTROL.pages)
    bus.close()
    url = durable_postgres.create_database().replace("postgresql+psycopg", "postgresql")

    def rows() -> list[str]:
        with psycopg.connect(url, autocommit=True) as connection:
            return [row[0] for row in connection.execute("SELECT url FROM naive")]

    kill_the_control(clean_kafka.servers, url, rows)
