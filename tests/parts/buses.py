"""Buses for tests: the real ones, with shorter leases, so that a takeover takes seconds."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from store.bus.base import Bus, Consumer, Delivery
from store.bus.embedded import EmbeddedBus
from store.bus.kafka import KafkaBus
from store.bus.kafka_settings import KafkaLimits
from store.bus.open import EMBEDDED_SCHEME

LEASE_SECONDS: Final = 2.0
READ_SECONDS: Final = 30.0


def open_test_bus(url: str) -> Bus:
    if url.startswith(EMBEDDED_SCHEME):
        return EmbeddedBus(
            Path(url.removeprefix(EMBEDDED_SCHEME)), lease_seconds=LEASE_SECONDS, prune_every_seconds=0.2
        )
    servers = tuple(url.removeprefix("kafka://").split(","))
    return KafkaBus(servers, limits=KafkaLimits(session_seconds=LEASE_SECONDS))


def read(consumer: Consumer, count: int, *, seconds: float = READ_SECONDS) -> list[Delivery]:
    """The next `count` records. Raises `AssertionError` when they do not come in time."""
    deliveries: list[Delivery] = []
    deadline = time.monotonic() + seconds
    while len(deliveries) < count:
        assert time.monotonic() < deadline, f"read {len(deliveries)} of {count} records in {seconds} s"
        deliveries += consumer.poll(max_records=count - len(deliveries), timeout_seconds=0.2)
    return deliveries


def poll_until_assigned(consumer: Consumer, *others: Consumer, partitions: int, seconds: float = READ_SECONDS) -> None:
    """Poll all of them until the first has this many partitions; for consumers without records to read."""
    deadline = time.monotonic() + seconds
    while len(consumer.assignment()) != partitions:
        assert time.monotonic() < deadline, f"{sorted(consumer.assignment())} assigned after {seconds} s"
        for member in (consumer, *others):
            assert not member.poll(max_records=1, timeout_seconds=0.05)
