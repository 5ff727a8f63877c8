"""What many projects do: a consumer that commits by itself in the background and inserts rows one by one.

The control of the kill test: killed as often as ours, it must lose rows or store them twice, or the test proves
nothing. Arguments: broker, topic, database URL.
"""

from __future__ import annotations

import sys

import psycopg
from kafka import KafkaConsumer


def main(broker: str, topic: str, database_url: str) -> None:
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=broker,
        group_id="naive",
        enable_auto_commit=True,
        auto_commit_interval_ms=1_000,
        auto_offset_reset="earliest",
        session_timeout_ms=6_000,
        heartbeat_interval_ms=1_000,
    )
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS naive (url text)")
        for message in consumer:
            connection.execute("SELECT pg_sleep(0.001)")
            connection.execute("INSERT INTO naive VALUES (%s)", [message.key.decode()])


if __name__ == "__main__":
    main(*sys.argv[1:])
