"""Publishing over a network that breaks connections and loses answers: the client neither loses nor repeats."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any, Final

import pytest
from kafka import KafkaProducer
from kafka.errors import KafkaError

from store.bus.base import Record
from store.bus.kafka import KafkaBus
from store.bus.kafka_settings import KafkaLimits
from tests.parts.bus_child import TOPIC
from tests.parts.buses import open_test_bus, read
from tests.parts.kafka_broker import KafkaBroker
from tests.parts.kafka_cleaning import delete_topics
from tests.parts.ports import free_port
from tests.parts.proxy import Proxy

pytestmark = pytest.mark.kafka

LIMITS: Final = KafkaLimits(request_seconds=3.0)
RECORDS: Final = 600
THREADS: Final = 8


@pytest.fixture(scope="module")
def behind_proxy(kafka_broker: KafkaBroker) -> Iterator[tuple[KafkaBroker, Proxy]]:
    """A broker that tells its clients to come through the proxy."""
    proxy = Proxy(free_port())
    broker = KafkaBroker(kafka_broker.folder / "behind-proxy", advertised_port=proxy.port)
    proxy.target_port = broker.port
    with broker, proxy:
        yield broker, proxy


@pytest.fixture
def network(behind_proxy: tuple[KafkaBroker, Proxy]) -> Iterator[tuple[KafkaBroker, Proxy]]:
    broker, proxy = behind_proxy
    proxy.broken = 0
    with closing(open_test_bus(broker.url)) as bus:
        bus.create_topics([TOPIC])
    yield behind_proxy
    proxy.lost_answers, proxy.silent = 0.0, False
    delete_topics(broker)


def published(broker: KafkaBroker) -> Counter[int]:
    """How often each number is in the log."""
    with closing(open_test_bus(broker.url)) as bus, closing(bus.consumer(TOPIC, group="check")) as consumer:
        count = sum(held.end for held in bus.offsets(TOPIC).values())
        return Counter(int(delivery.record.value) for delivery in read(consumer, count))


@contextmanager
def breaking(proxy: Proxy) -> Iterator[None]:
    stop = threading.Event()

    def break_often() -> None:
        while not stop.wait(0.3):
            proxy.break_connections()

    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(break_often)
        try:
            yield
        finally:
            stop.set()
        done.result()


def publish_numbers(broker: KafkaBroker, *, pause_seconds: float) -> None:
    def publish(number: int) -> None:
        bus.publish(TOPIC, Record(key=f"key {number % 20}", value=b"%d" % number, headers={}))
        time.sleep(pause_seconds)

    with closing(KafkaBus((broker.servers,), limits=LIMITS)) as bus, ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(publish, range(RECORDS)))


def test_broken_connections_neither_lose_nor_repeat_a_record(network: tuple[KafkaBroker, Proxy]) -> None:
    broker, proxy = network
    with breaking(proxy):
        publish_numbers(broker, pause_seconds=0.05)
    assert proxy.broken > 5
    assert published(broker) == Counter(range(RECORDS))


def test_lost_answers_neither_lose_nor_repeat_a_record(network: tuple[KafkaBroker, Proxy]) -> None:
    broker, proxy = network
    proxy.lost_answers = 0.15
    publish_numbers(broker, pause_seconds=0.0)
    proxy.lost_answers = 0.0
    assert proxy.broken > 3
    assert published(broker) == Counter(range(RECORDS))


def test_control_without_idempotence_lost_answers_repeat_records(network: tuple[KafkaBroker, Proxy]) -> None:
    broker, proxy = network
    producer: Any = KafkaProducer(
        bootstrap_servers=[broker.servers], acks="all", enable_idempotence=False, request_timeout_ms=3000
    )
    producer.partitions_for(TOPIC.name)
    proxy.lost_answers = 0.2
    for number in range(RECORDS):
        try:
            producer.send(TOPIC.name, value=b"%d" % number).get(timeout=20)
        except KafkaError:
            continue
    proxy.lost_answers = 0.0
    producer.close(timeout=10)
    assert max(published(broker).values()) > 1


def test_a_silent_network_only_delays(network: tuple[KafkaBroker, Proxy]) -> None:
    broker, proxy = network
    with closing(KafkaBus((broker.servers,), limits=LIMITS)) as bus, ThreadPoolExecutor(1) as thread:
        bus.publish(TOPIC, Record(key="key", value=b"0", headers={}))
        proxy.silent = True
        waiting = thread.submit(bus.publish, TOPIC, Record(key="key", value=b"1", headers={}))
        time.sleep(5)
        assert not waiting.done()
        proxy.silent = False
        proxy.break_connections()
        waiting.result(timeout=20)
    assert published(broker) == Counter([0, 1])
