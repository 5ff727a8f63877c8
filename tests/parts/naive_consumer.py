"""What many projects do: a consumer that commits by itself in the background and inserts rows one by one.

The control of the kill test: killed as often as ours, it must lose rows or store them twice, or the test proves
nothing. Arguments: address of the bus, address of the database.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
from kafka import KafkaConsumer

from store.bus.open import open_bus
from store.events import PAGES

COMMIT_EVERY_SECONDS = 1.0


def from_kafka(servers: str) -> Iterator[str]:
    consumer = KafkaConsumer(
        PAGES.name,
        bootstrap_servers=servers,
        group_id="naive",
        enable_auto_commit=True,
        auto_commit_interval_ms=int(1000 * COMMIT_EVERY_SECONDS),
        auto_offset_reset="earliest",
        session_timeout_ms=6_000,
        heartbeat_interval_ms=1_000,
    )
    for message in consumer:
        yield message.key.decode()


def from_embedded(url: str, kept: Path) -> Iterator[str]:
    """Reads with positions in a file of their own, written every second: apart from the rows, as auto-commit does."""
    consumer = open_bus(url).consumer(PAGES, group="naive")
    positions: dict[int, int] = {}
    sought = {int(key): value for key, value in json.loads(kept.read_text()).items()} if kept.exists() else {}
    consumer.poll(max_records=1, timeout_seconds=5)
    for partition in consumer.assignment():
        consumer.seek(partition, sought.get(partition, 0))
    committed = time.monotonic()
    while True:
        for delivery in consumer.poll(max_records=100, timeout_seconds=1):
            positions[delivery.partition] = delivery.offset + 1
            yield delivery.record.key
            if time.monotonic() - committed > COMMIT_EVERY_SECONDS:
                committed = time.monotonic()
                kept.write_text(json.dumps(sought | positions))


def into_postgresql(url: str, keys: Iterator[str]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS naive (url text)")
        for key in keys:
            connection.execute("SELECT pg_sleep(0.001)")
            connection.execute("INSERT INTO naive VALUES (%s)", [key])


def into_sqlite(file: Path, keys: Iterator[str]) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("CREATE TABLE IF NOT EXISTS naive (url text)")
    for key in keys:
        time.sleep(0.001)
        connection.execute("INSERT INTO naive VALUES (?)", [key])


def main(bus: str, database: str) -> None:
    if bus.startswith("embedded:"):
        into_sqlite(Path(database), from_embedded(bus, Path(f"{database}.positions")))
    else:
        into_postgresql(database, from_kafka(bus))


if __name__ == "__main__":
    main(*sys.argv[1:])
