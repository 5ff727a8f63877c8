"""Leaves a shared broker as a test found it."""

from __future__ import annotations

import time

from kafka.admin import KafkaAdminClient

from tests.parts.kafka_broker import KafkaBroker


def delete_topics(broker: KafkaBroker, *, timeout_seconds: float = 20.0) -> None:
    """Delete every topic but Kafka's own, with the positions noted for them; returns when they are gone."""
    admin = KafkaAdminClient(bootstrap_servers=broker.servers)
    try:
        deadline = time.monotonic() + timeout_seconds
        asked: set[str] = set()
        while names := {name for name in admin.list_topics() if not name.startswith("__")}:
            if time.monotonic() > deadline:
                raise TimeoutError(f"topics still there after {timeout_seconds} s: {sorted(names)}")
            if names - asked:
                admin.delete_topics(sorted(names - asked))
                asked |= names
            time.sleep(0.02)
    finally:
        admin.close()
