"""What publishing to Kafka promises while the broker is frozen, killed or gone, each with a control run.

The short forms have scaled settings; `make soak` runs the frozen broker with the real ones for 150 s.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from types import TracebackType
from typing import Final, Self

import pytest

from store.bus.base import Consumer, Record
from store.bus.kafka import KafkaBus
from store.bus.kafka_settings import KafkaLimits
from store.bus.kafka_watchdog import EXIT_CODE
from store.errors import BusUnavailable
from tests.parts.buses import open_test_bus, read
from tests.parts.kafka_broker import KafkaBroker
from tests.parts.kafka_cleaning import delete_topics
from tests.parts.steady_publisher import PAGES_PER_SECOND, TOPIC, SteadyPublisher

pytestmark = pytest.mark.kafka

MEMORY_BYTES: Final = 150 * 1024**2
RESUME_SECONDS: Final = 15.0
QUICK: Final = {"request_seconds": 2.0, "publish_deadline_seconds": 5.0, "bootstrap_seconds": 3.0}
# What kafka-python does by itself, in a shorter time: give a batch up while it is being retried.
EXPIRING: Final = {"delivery_timeout_seconds": 6.0, "stall_seconds": 12 + RESUME_SECONDS + 5}
UNBOUNDED: Final = {
    "publish_deadline_seconds": 86_400.0,
    "in_flight_bytes": 1024**4,
    "in_flight_records": 10**9,
}


@pytest.fixture(scope="module")
def own_broker(kafka_broker: KafkaBroker) -> Iterator[KafkaBroker]:
    """The run's shared broker must not suffer."""
    with KafkaBroker(kafka_broker.folder / "suffering") as broker:
        yield broker


@pytest.fixture
def broker(own_broker: KafkaBroker) -> Iterator[KafkaBroker]:
    with closing(open_test_bus(own_broker.url)) as bus:
        bus.create_topics([TOPIC])
    yield own_broker
    own_broker.thaw()
    if not own_broker.process.running:
        own_broker.start()
    delete_topics(own_broker)


def stored_numbers(broker: KafkaBroker) -> set[int]:
    with closing(open_test_bus(broker.url)) as bus, closing(bus.consumer(TOPIC, group="check")) as consumer:
        count = sum(held.end - held.begin for held in bus.offsets(TOPIC).values())
        return {int(delivery.record.key.removeprefix("page ")) for delivery in read(consumer, count, seconds=60)}


class Outage:
    """Publishes for a while, freezes the broker in the middle, and measures. Stops publishing when left."""

    def __init__(self, broker: KafkaBroker, limits: Mapping[str, float], *, frozen_seconds: float) -> None:
        self._broker = broker
        self._frozen_seconds = frozen_seconds
        self.numbers = range(int((frozen_seconds + 6) * PAGES_PER_SECOND))
        self.publisher = SteadyPublisher(broker.url, self.numbers, limits)
        self.grown_bytes = 0
        self.thawed_at = 0.0

    def __enter__(self) -> Self:
        assert wait_for(lambda: len(self.publisher.acknowledged) >= PAGES_PER_SECOND, seconds=30)
        before = self.publisher.memory_bytes
        self._broker.freeze()
        frozen_until = time.monotonic() + self._frozen_seconds
        while time.monotonic() < frozen_until and self.publisher.running:
            self.grown_bytes = max(self.grown_bytes, self.publisher.memory_bytes - before)
            time.sleep(0.1)
        self._broker.thaw()
        self.thawed_at = time.monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.publisher.kill()

    def resumed_within(self, seconds: float) -> bool:
        return wait_for(lambda: self.publisher.acknowledged_since(self.thawed_at) > 0, seconds=seconds)


def wait_for(is_true: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def check_outage(broker: KafkaBroker, limits: Mapping[str, float], *, frozen_seconds: float) -> None:
    with Outage(broker, limits, frozen_seconds=frozen_seconds) as outage:
        assert outage.resumed_within(RESUME_SECONDS)
        assert outage.publisher.wait(seconds=90) == 0
    assert outage.grown_bytes < MEMORY_BYTES
    assert set(outage.publisher.acknowledged) == set(outage.numbers)
    assert stored_numbers(broker) == set(outage.numbers)


def test_a_frozen_broker_loses_nothing_and_costs_little_memory(broker: KafkaBroker) -> None:
    check_outage(broker, QUICK, frozen_seconds=20)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_long_frozen_broker_loses_nothing_and_costs_little_memory(broker: KafkaBroker) -> None:
    check_outage(broker, {}, frozen_seconds=150)


def test_control_an_expiring_client_wedges_and_the_watchdog_has_the_next_one_publish_the_rest(
    broker: KafkaBroker,
) -> None:
    with Outage(broker, {**QUICK, **EXPIRING}, frozen_seconds=12) as outage:
        # The guard of the test above is off, and what it promises does not hold.
        assert not outage.resumed_within(RESUME_SECONDS)
        assert outage.publisher.wait(seconds=30) == EXIT_CODE
    rest = set(outage.numbers) - set(outage.publisher.acknowledged)
    assert rest
    with SteadyPublisher(broker.url, sorted(rest), QUICK) as restarted:
        assert restarted.wait(seconds=90) == 0
    assert set(restarted.acknowledged) == rest
    assert stored_numbers(broker) == set(outage.numbers)


def test_a_killed_broker_loses_nothing_that_was_acknowledged(broker: KafkaBroker) -> None:
    numbers = range(15 * PAGES_PER_SECOND)
    with SteadyPublisher(broker.url, numbers, QUICK) as publisher:
        for _ in range(2):
            time.sleep(4)
            broker.kill()
            broker.start()
        assert publisher.wait(seconds=90) == 0
    assert set(publisher.acknowledged) == set(numbers)
    assert stored_numbers(broker) == set(numbers)


def test_the_window_bounds_what_a_burst_may_hold(broker: KafkaBroker) -> None:
    assert burst_grows_bytes(broker, {}) < MEMORY_BYTES


def test_control_without_the_window_a_burst_holds_everything(broker: KafkaBroker) -> None:
    assert burst_grows_bytes(broker, UNBOUNDED) > MEMORY_BYTES


def burst_grows_bytes(broker: KafkaBroker, limits: Mapping[str, float]) -> int:
    """Growth of a process that publishes 300 MB at once to a frozen broker."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.parts.burst_publisher", broker.servers, json.dumps(limits)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
        broker.freeze()
        child.stdin.write("\n")
        child.stdin.flush()
        grown = int(child.stdout.readline())
        child.kill()
    broker.thaw()
    return grown


def test_a_reader_says_that_the_broker_is_frozen_and_goes_on_afterwards(broker: KafkaBroker) -> None:
    limits = KafkaLimits(session_seconds=2.0, probe_seconds=1.0, request_seconds=3.0, question_seconds=2.0)
    with (
        closing(KafkaBus((broker.servers,), limits=limits)) as bus,
        closing(bus.consumer(TOPIC, group="group")) as consumer,
    ):
        bus.publish(TOPIC, Record(key="before", value=b"", headers={}))
        assert read(consumer, 1)[0].record.key == "before"
        broker.freeze()
        assert wait_for(lambda: says_unavailable(consumer), seconds=20)
        broker.thaw()
        bus.publish(TOPIC, Record(key="after", value=b"", headers={}))
        deadline = time.monotonic() + 30
        keys: list[str] = []
        while "after" not in keys:
            assert time.monotonic() < deadline
            try:
                keys += [delivery.record.key for delivery in consumer.poll(max_records=9, timeout_seconds=0.5)]
            except BusUnavailable:
                continue


def says_unavailable(consumer: Consumer) -> bool:
    try:
        consumer.poll(max_records=1, timeout_seconds=0.5)
    except BusUnavailable:
        return True
    return False


def test_a_broker_that_is_gone_is_said_so_and_nothing_leaks(
    broker: KafkaBroker, caplog: pytest.LogCaptureFixture
) -> None:
    # A log record that pytest keeps would keep its exception and with it the sockets.
    caplog.set_level(logging.CRITICAL, logger="kafka")
    broker.kill()
    limits = KafkaLimits(bootstrap_seconds=0.5)
    with closing(KafkaBus((broker.servers,), limits=limits)) as bus:
        attempts: list[Callable[[], object]] = [
            lambda: bus.publish(TOPIC, Record(key="", value=b"", headers={})),
            lambda: bus.create_topics([TOPIC]),
            lambda: bus.offsets(TOPIC),
            lambda: bus.consumer(TOPIC, group="group"),
        ]
        for attempt in attempts:
            with pytest.raises(BusUnavailable, match=broker.servers):
                attempt()
        threads, files = threading.active_count(), open_files()
        for attempt in attempts * 3:
            with pytest.raises(BusUnavailable):
                attempt()
        assert threading.active_count() == threads
        assert open_files() < files + 5


def open_files() -> int:
    # The client leaves sockets whose connection was refused to the collector of cycles.
    gc.collect()
    return len(os.listdir("/proc/self/fd"))
