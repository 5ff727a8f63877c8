"""One consumer on Kafka: a group shares the partitions, positions belong to the caller.

There is no rebalance listener: in kafka-python 3 a blocking call inside one raises, and partitions can then be left
unread. The caller sees a new assignment by its first record and seeks to its own position.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from kafka import KafkaConsumer, TopicPartition
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.structs import OffsetAndMetadata

from store.bus.base import Delivery, Record, Topic
from store.bus.kafka_clients import close_consumer, opened
from store.bus.kafka_errors import translated
from store.bus.kafka_settings import KafkaLimits
from store.bus.kafka_watchdog import Watchdog

_KEEP_ALIVE_MS: Final = 10
_METADATA_PAUSE_SECONDS: Final = 0.005


class KafkaLogConsumer:
    def __init__(
        self,
        topic: Topic,
        *,
        settings: dict[str, Any],
        limits: KafkaLimits,
        watchdog: Watchdog,
        probe: Callable[[], object],
    ) -> None:
        """`probe` raises `BusUnavailable` when the broker does not answer."""
        self._topic = topic
        self._limits = limits
        self._watchdog = watchdog
        self._probe = probe
        self._heard_at = time.monotonic()
        strategy = {"partition_assignment_strategy": [CooperativeStickyAssignor]}
        with translated("opening a consumer"), watchdog.watched_call():
            self._client = opened(KafkaConsumer, settings | strategy)
            self._client.subscribe([topic.name])
            self._await_metadata()

    def _await_metadata(self) -> None:
        """Without the topic's metadata the first rebalance would assign nothing and a second one be needed."""
        deadline = time.monotonic() + self._limits.question_seconds
        while self._client._cluster.partitions_for_topic(self._topic.name) is None and time.monotonic() < deadline:
            time.sleep(_METADATA_PAUSE_SECONDS)

    def poll(self, *, max_records: int, timeout_seconds: float) -> Sequence[Delivery]:
        with translated("reading"), self._watchdog.watched_call():
            batches = self._client.poll(timeout_ms=int(timeout_seconds * 1000), max_records=max_records)
        if batches:
            self._heard_at = time.monotonic()
        else:
            self._check_broker()
        return [_delivery(record) for records in batches.values() for record in records]

    def _check_broker(self) -> None:
        """The client's poll returns nothing both when there is nothing and when the broker is gone."""
        if time.monotonic() - self._heard_at > self._limits.probe_seconds:
            self._probe()
            self._heard_at = time.monotonic()

    def keep_alive(self) -> None:
        with translated("holding the membership"), self._watchdog.watched_call():
            self._client.pause(*self._client.assignment())
            batches = self._client.poll(timeout_ms=_KEEP_ALIVE_MS, max_records=1)
            # A partition assigned within this very poll was not paused: give its records back.
            for partition, records in batches.items():
                self._seek(partition, records[0].offset)
            self._client.resume(*self._client.assignment())

    def assignment(self) -> frozenset[int]:
        return frozenset(partition.partition for partition in self._client.assignment())

    def seek(self, partition: int, offset: int) -> None:
        self._seek(TopicPartition(self._topic.name, partition), offset)

    def _seek(self, partition: Any, offset: int) -> None:
        if partition in self._client.assignment():
            try:
                self._client.seek(partition, offset)
            except ValueError:
                # It was taken away since the line above; the membership moves on the client's own thread.
                return

    def note_positions(self, next_offsets: Mapping[int, int]) -> None:
        assigned = self.assignment()
        offsets = {
            TopicPartition(self._topic.name, partition): OffsetAndMetadata(offset, "", -1)
            for partition, offset in next_offsets.items()
            if partition in assigned
        }
        if offsets:
            with translated("noting positions"), self._watchdog.watched_call():
                self._client.commit_async(offsets)

    def close(self) -> None:
        close_consumer(self._client, seconds=self._limits.close_seconds)


def _delivery(record: Any) -> Delivery:
    return Delivery(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        appended_at=datetime.fromtimestamp(max(record.timestamp, 0) / 1000, UTC),
        record=Record(
            # Other programs may write keys that are no text, or none: the record must stay readable all the same.
            key=(record.key or b"").decode("utf-8", "replace"),
            value=record.value or b"",
            headers={name: value or b"" for name, value in record.headers},
        ),
    )
