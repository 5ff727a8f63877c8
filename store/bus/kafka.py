"""The bus on Apache Kafka. Modules named kafka_… beside this one are its parts; no other module imports the client."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import kafka
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition, errors
from kafka.protocol.consumer import OffsetSpec

from store.bus.base import Offsets, Record, Topic
from store.bus.kafka_clients import check_client_library, close_admin, close_producer, opened
from store.bus.kafka_consumer import KafkaLogConsumer
from store.bus.kafka_errors import translated
from store.bus.kafka_settings import (
    BATCH_BYTES,
    BATCH_OVERHEAD_BYTES,
    KafkaLimits,
    KafkaSecurity,
    admin_settings,
    common_settings,
    consumer_settings,
    producer_settings,
)
from store.bus.kafka_watchdog import Watchdog
from store.bus.kafka_window import InFlightWindow
from store.errors import BusUnavailable, NeverValid, RecordTooLarge


class KafkaBus:
    """Threads may share it. Connects at its first use; processes must each make their own after they are forked."""

    def __init__(
        self, servers: tuple[str, ...], *, security: KafkaSecurity | None = None, limits: KafkaLimits | None = None
    ) -> None:
        """Raises `NeverValid` when a setting is wrong or the client library is not complete."""
        check_client_library()
        self._servers = servers
        self._limits = limits or KafkaLimits()
        self._settings = common_settings(servers, security or KafkaSecurity(), self._limits)
        self._watchdog = Watchdog(stall_seconds=self._limits.stall_seconds)
        self._window = InFlightWindow(
            max_bytes=self._limits.in_flight_bytes, max_records=self._limits.in_flight_records
        )
        self._producer = _Shared(KafkaProducer, self._settings | producer_settings(self._limits), self._watchdog)
        self._admin = _Shared(KafkaAdminClient, self._settings | admin_settings(self._limits), self._watchdog)

    # ---- Topics

    def create_topics(self, topics: Iterable[Topic]) -> None:
        wanted = {topic.name: topic for topic in topics}
        if not wanted:
            return
        admin = self._admin.get()
        with translated("creating topics"), self._watchdog.watched_call():
            present = {described["name"]: described for described in admin.describe_topics(list(wanted))}
            missing = [topic for topic in wanted.values() if present[topic.name]["error_code"] != 0]
            self._create(admin, missing)
        for topic in wanted.values():
            partitions = len(present[topic.name]["partitions"] or ())
            if topic not in missing and partitions < topic.partitions:
                raise NeverValid(
                    f"topic {topic.name} has {partitions} partitions, expected at least {topic.partitions}"
                )

    def _create(self, admin: Any, missing: Sequence[Topic]) -> None:
        for topic in missing:
            try:
                admin.create_topics(
                    {topic.name: {"num_partitions": topic.partitions, "configs": topic_settings(topic)}}
                )
            except errors.TopicAlreadyExistsError:
                # Another process was quicker.
                continue
        admin.wait_for_topics([topic.name for topic in missing])

    def offsets(self, topic: Topic) -> Mapping[int, Offsets]:
        admin = self._admin.get()
        with translated("asking for offsets"), self._watchdog.watched_call():
            described = admin.describe_topics([topic.name])[0]
            partitions = [TopicPartition(topic.name, part["partition_index"]) for part in described["partitions"] or ()]
            if not partitions:
                raise BusUnavailable(f"topic {topic.name} does not exist yet")
            begin = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
            end = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
        return {part.partition: Offsets(begin=begin[part].offset, end=end[part].offset) for part in partitions}

    # ---- Publishing

    def publish(self, topic: Topic, record: Record) -> None:
        self.publish_many(topic, [record])

    def publish_many(self, topic: Topic, records: Sequence[Record]) -> None:
        for record in records:
            if record.size_bytes > topic.max_record_bytes:
                raise RecordTooLarge(
                    f"topic {topic.name} takes at most {topic.max_record_bytes} bytes, "
                    f"the record {record.key!r} has {record.size_bytes}"
                )
        producer = self._producer.get()
        sent = [self._send(producer, topic, record) for record in records]
        for future, deadline in sent:
            with translated(f"publishing to {topic.name}"):
                future.get(timeout=max(0.0, deadline - time.monotonic()))

    def _send(self, producer: Any, topic: Topic, record: Record) -> tuple[Any, float]:
        size = record.size_bytes
        if not self._window.enter(size, timeout_seconds=self._limits.publish_deadline_seconds):
            raise BusUnavailable(
                f"Kafka, publishing to {topic.name}: {self._window.records} records still wait for "
                f"acknowledgement after {self._limits.publish_deadline_seconds:.0f} s"
            )
        try:
            with translated(f"publishing to {topic.name}"):
                future = producer.send(
                    topic.name, key=record.key.encode(), value=record.value, headers=list(record.headers.items())
                )
        except BaseException:
            self._window.leave(size)
            raise
        self._watchdog.sent()
        future.add_callback(self._acknowledged, size)
        future.add_errback(self._failed, size)
        return future, time.monotonic() + self._limits.publish_deadline_seconds

    def _acknowledged(self, size: int, _: object) -> None:
        self._watchdog.acknowledged()
        self._window.leave(size)

    def _failed(self, size: int, _: object) -> None:
        self._watchdog.failed()
        self._window.leave(size)

    # ---- The rest

    def consumer(self, topic: Topic, *, group: str) -> KafkaLogConsumer:
        return KafkaLogConsumer(
            topic,
            settings=self._settings | consumer_settings(group, self._limits),
            limits=self._limits,
            watchdog=self._watchdog,
            probe=lambda: self.offsets(topic),
        )

    def description(self) -> str:
        return f"Kafka at {','.join(self._servers)} (kafka-python {kafka.__version__})"

    def close(self) -> None:
        self._watchdog.close()
        seconds = self._limits.close_seconds
        if (producer := self._producer.taken()) is not None:
            close_producer(producer, seconds=seconds)
        if (admin := self._admin.taken()) is not None:
            close_admin(admin, seconds=seconds)


class _Shared:
    """A client that is opened at its first use. Threads that waited while that failed share the failure."""

    def __init__(self, client_class: Any, settings: dict[str, Any], watchdog: Watchdog) -> None:
        self._client_class = client_class
        self._settings = settings
        self._watchdog = watchdog
        self._lock = threading.Lock()
        self._client: Any = None
        self._failure = ""
        self._failed_at = 0.0

    def get(self) -> Any:
        asked_at = time.monotonic()
        with self._lock:
            if self._client is not None:
                return self._client
            if self._failed_at > asked_at:
                raise BusUnavailable(self._failure)
            try:
                with translated("connecting"), self._watchdog.watched_call():
                    self._client = opened(self._client_class, self._settings)
            except BusUnavailable as error:
                self._failure, self._failed_at = str(error), time.monotonic()
                raise
            return self._client

    def taken(self) -> Any:
        with self._lock:
            client, self._client = self._client, None
            return client


def topic_settings(topic: Topic) -> Mapping[str, str]:
    return {
        "retention.ms": str(topic.retention_seconds * 1000),
        "retention.bytes": str(topic.retention_bytes),
        # The limit applies to batches, which may be larger than the topic's largest record.
        "max.message.bytes": str(max(topic.max_record_bytes, BATCH_BYTES) + BATCH_OVERHEAD_BYTES),
        "message.timestamp.type": "LogAppendTime",
    }
