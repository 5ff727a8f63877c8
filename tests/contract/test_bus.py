"""What `store.bus.base` promises, checked on every bus."""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from store.bus.base import Bus, Consumer, Offsets, Record
from store.errors import BusUnavailable, NeverValid, RecordTooLarge
from tests.parts import bus_child
from tests.parts.bus_child import TOPIC
from tests.parts.buses import LEASE_SECONDS, READ_SECONDS, poll_until_assigned, read

KEYS: Final = [f"https://báo.vn/{number}" for number in range(7)]


@pytest.fixture(autouse=True)
def _topic(bus: Bus) -> None:
    bus.create_topics([TOPIC])


def record(number: int, key: str = "key") -> Record:
    return Record(key=key, value=b"%d" % number, headers={})


def test_what_was_published_survives_the_publishers_death(bus: Bus, bus_url: str) -> None:
    with bus_child.start("publish", bus_url, "100") as child:
        assert child.stdout
        assert child.stdout.readline() == "published\n"
    with closing(bus.consumer(TOPIC, group="group")) as consumer:
        assert {delivery.record.value for delivery in read(consumer, 100)} == {b"%d" % n for n in range(100)}


def test_a_record_comes_back_byte_for_byte(bus: Bus) -> None:
    every_byte = bytes(range(256))
    sent = Record(key="https://báo.vn/tin?q=cải cách", value=every_byte * 100, headers={"ce_id": every_byte, "x": b""})
    before = datetime.now(UTC)
    bus.publish(TOPIC, sent)
    with closing(bus.consumer(TOPIC, group="group")) as consumer:
        (delivery,) = read(consumer, 1)
    assert delivery.record == sent
    assert (delivery.topic, delivery.offset) == (TOPIC.name, 0)
    assert before - timedelta(seconds=1) <= delivery.appended_at <= datetime.now(UTC) + timedelta(seconds=1)


def test_an_empty_key_and_value_are_allowed(bus: Bus) -> None:
    bus.publish(TOPIC, Record(key="", value=b"", headers={}))
    with closing(bus.consumer(TOPIC, group="group")) as consumer:
        assert read(consumer, 1)[0].record == Record(key="", value=b"", headers={})


def test_a_key_stays_in_one_partition_and_in_order(bus: Bus) -> None:
    def publish_all(key: str) -> None:
        for number in range(20):
            bus.publish(TOPIC, record(number, key))

    with ThreadPoolExecutor(len(KEYS)) as threads:
        list(threads.map(publish_all, KEYS))
    bus.publish_many(TOPIC, [record(number, key) for number in range(20, 30) for key in KEYS])

    partitions, values = defaultdict(set), defaultdict(list)
    with closing(bus.consumer(TOPIC, group="group")) as consumer:
        for delivery in read(consumer, 30 * len(KEYS)):
            partitions[delivery.record.key].add(delivery.partition)
            values[delivery.record.key].append(int(delivery.record.value))
    assert all(len(places) == 1 for places in partitions.values())
    assert len(set.union(*partitions.values())) > 1
    assert values == {key: list(range(30)) for key in KEYS}


def test_offsets_count_up_within_a_partition(bus: Bus) -> None:
    bus.publish_many(TOPIC, [record(number, KEYS[number % 7]) for number in range(50)])
    offsets = defaultdict(list)
    with closing(bus.consumer(TOPIC, group="group")) as consumer:
        for delivery in read(consumer, 50):
            offsets[delivery.partition].append(delivery.offset)
    assert all(seen == list(range(len(seen))) for seen in offsets.values())
    held = {partition: Offsets(begin=0, end=len(offsets[partition])) for partition in range(TOPIC.partitions)}
    assert bus.offsets(TOPIC) == held


def test_a_consumer_reads_from_where_it_sought(bus: Bus) -> None:
    bus.publish_many(TOPIC, [record(number) for number in range(20)])
    with closing(bus.consumer(TOPIC, group="group")) as consumer:
        partition = read(consumer, 20)[0].partition
        consumer.seek(partition, 5)
        assert [delivery.offset for delivery in read(consumer, 15)] == list(range(5, 20))
        consumer.seek(partition, 19)
        assert [delivery.offset for delivery in read(consumer, 1)] == [19]


def test_seeking_an_unassigned_partition_is_left_alone(bus: Bus) -> None:
    with closing(bus.consumer(TOPIC, group="group")) as consumer:
        consumer.seek(0, 5)
        poll_until_assigned(consumer, partitions=TOPIC.partitions)
        consumer.seek(99, 5)


def test_a_new_consumer_starts_at_the_beginning_unless_told_otherwise(bus: Bus) -> None:
    bus.publish_many(TOPIC, [record(number) for number in range(5)])
    for group in ("one", "another"):
        with closing(bus.consumer(TOPIC, group=group)) as consumer:
            assert [delivery.offset for delivery in read(consumer, 5)] == list(range(5))


def test_poll_gives_no_more_than_asked_and_no_later(bus: Bus) -> None:
    bus.publish_many(TOPIC, [record(number, KEYS[number % 7]) for number in range(20)])
    with closing(bus.consumer(TOPIC, group="group")) as consumer:
        polls = [consumer.poll(max_records=3, timeout_seconds=1.0) for _ in range(10)]
        assert all(len(deliveries) <= 3 for deliveries in polls)
        read(consumer, 20 - sum(map(len, polls)))
        started = time.monotonic()
        assert not consumer.poll(max_records=3, timeout_seconds=0.5)
        assert 0.4 < time.monotonic() - started < 3.0


def test_poll_wakes_up_for_a_new_record(bus: Bus) -> None:
    with closing(bus.consumer(TOPIC, group="group")) as consumer, ThreadPoolExecutor(1) as thread:
        poll_until_assigned(consumer, partitions=TOPIC.partitions)
        polled = thread.submit(consumer.poll, max_records=1, timeout_seconds=20.0)
        started = time.monotonic()
        bus.publish(TOPIC, record(1))
        assert [delivery.record.value for delivery in polled.result()] == [b"1"]
        assert time.monotonic() - started < 2.0


def test_two_consumers_share_the_partitions(bus: Bus) -> None:
    with closing(bus.consumer(TOPIC, group="group")) as first, closing(bus.consumer(TOPIC, group="group")) as second:
        poll_until_assigned(first, partitions=3)
        # The third partition has changed hands once the other has one or two of them.
        deadline = time.monotonic() + 30
        while first.assignment() | second.assignment() != {0, 1, 2} or not second.assignment():
            assert time.monotonic() < deadline
            for member in (first, second):
                member.poll(max_records=1, timeout_seconds=0.05)
        assert not first.assignment() & second.assignment()
        second.close()
        poll_until_assigned(first, partitions=3)


def test_the_partitions_of_a_killed_consumer_go_to_another(bus: Bus, bus_url: str) -> None:
    bus.publish_many(TOPIC, [record(number, KEYS[number % 7]) for number in range(50)])
    with bus_child.start("read", bus_url, "group") as child:
        assert child.stdout
        for _ in range(50):
            assert child.stdout.readline()
        child.kill()
    killed_at = time.monotonic()
    with closing(bus.consumer(TOPIC, group="group")) as consumer:
        poll_all = read(consumer, 50)
    assert {(delivery.partition, delivery.offset) for delivery in poll_all} == {
        (partition, offset) for partition, held in bus.offsets(TOPIC).items() for offset in range(held.end)
    }
    assert time.monotonic() - killed_at < LEASE_SECONDS + 10


def test_long_work_keeps_its_partitions_and_its_place(bus: Bus) -> None:
    bus.publish_many(TOPIC, [record(number, KEYS[number % 7]) for number in range(70)])
    held = {partition: offsets.end for partition, offsets in bus.offsets(TOPIC).items()}
    with closing(bus.consumer(TOPIC, group="group")) as worker, closing(bus.consumer(TOPIC, group="group")) as other:
        places = {delivery.partition: delivery.offset + 1 for delivery in read(worker, 20)}
        # Meanwhile another one joins, which must neither wait for the work's end nor take all of the worker's place.
        with polling(other):
            working_until = time.monotonic() + 3 * LEASE_SECONDS
            # On a busy machine joining takes longer: what is read is only settled once the other one has its share.
            joined_until = time.monotonic() + READ_SECONDS
            while time.monotonic() < working_until or (not other.assignment() and time.monotonic() < joined_until):
                worker.keep_alive()
                time.sleep(0.1)
            mine = worker.assignment()
            assert mine
            assert other.assignment()
            assert not mine & other.assignment()
            assert mine | other.assignment() == {0, 1, 2}
            rest = read(worker, sum(held[partition] - places.get(partition, 0) for partition in mine))
    for partition in mine:
        offsets = [delivery.offset for delivery in rest if delivery.partition == partition]
        assert offsets == list(range(places.get(partition, 0), held[partition]))


@contextmanager
def polling(consumer: Consumer) -> Iterator[None]:
    """Another thread reads the consumer meanwhile."""
    stop = threading.Event()

    def poll() -> None:
        while not stop.is_set():
            consumer.poll(max_records=10, timeout_seconds=0.1)

    with ThreadPoolExecutor(1) as thread:
        polled = thread.submit(poll)
        try:
            yield
        finally:
            stop.set()
        polled.result()


def test_the_largest_record_passes_and_a_larger_one_is_refused(bus: Bus) -> None:
    largest = Record(key="key", value=os.urandom(TOPIC.max_record_bytes - 3 - 5), headers={"name": b"v"})
    assert largest.size_bytes == TOPIC.max_record_bytes
    bus.publish(TOPIC, largest)
    with pytest.raises(RecordTooLarge, match=str(TOPIC.max_record_bytes)):
        bus.publish(TOPIC, replace(largest, value=largest.value + b"x"))
    with closing(bus.consumer(TOPIC, group="group")) as consumer:
        assert read(consumer, 1)[0].record == largest


def test_records_past_their_retention_are_removed_and_their_offsets_never_used_again(bus: Bus) -> None:
    brief = replace(TOPIC, name="brief", partitions=1, retention_seconds=1)
    bus.create_topics([brief])
    bus.publish_many(brief, [record(number) for number in range(10)])
    deadline = time.monotonic() + 30
    while bus.offsets(brief)[0].begin < 10:
        assert time.monotonic() < deadline
        # Kafka removes whole segments, once their last record is old; the embedded log tidies when it is written to.
        time.sleep(2.0)
        bus.publish(brief, record(99))
    held = bus.offsets(brief)[0]
    assert held.end >= held.begin >= 10
    with closing(bus.consumer(brief, group="group")) as consumer:
        bus.publish(brief, record(100))
        assert read(consumer, 1)[0].offset >= held.begin
        consumer.seek(0, 2)
        assert read(consumer, 1)[0].offset >= held.begin


def test_creating_a_topic_again_leaves_it_alone(bus: Bus) -> None:
    bus.publish(TOPIC, record(1))
    bus.create_topics([TOPIC, replace(TOPIC, partitions=2)])
    assert sum(held.end for held in bus.offsets(TOPIC).values()) == 1


def test_a_topic_with_too_few_partitions_is_refused(bus: Bus) -> None:
    with pytest.raises(NeverValid, match="has 3 partitions, expected at least 4"):
        bus.create_topics([replace(TOPIC, partitions=4)])


def test_a_topic_that_does_not_exist_yet_is_worth_waiting_for(bus: Bus) -> None:
    absent = replace(TOPIC, name="absent")
    with pytest.raises(BusUnavailable):
        bus.publish(absent, record(1))
    with pytest.raises(BusUnavailable, match="absent"):
        bus.offsets(absent)


def test_noting_positions_does_not_move_the_consumer(bus: Bus) -> None:
    bus.publish_many(TOPIC, [record(number) for number in range(10)])
    with closing(bus.consumer(TOPIC, group="group")) as consumer:
        partition = read(consumer, 5)[0].partition
        consumer.note_positions({partition: 2, 99: 7})
        assert [delivery.offset for delivery in read(consumer, 5)] == list(range(5, 10))
