"""The embedded bus: an append-only log in one SQLite file, shared by the processes of one machine.

Every append is one transaction in WAL mode with synchronous=FULL (NORMAL may lose the last commits on power loss).
Consumers of a group share partitions through leases in the same file: whoever stops renewing loses them.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from store.bus.base import Offsets, Record, Topic
from store.bus.embedded_consumer import EmbeddedConsumer
from store.bus.embedded_file import existing_partitions, open_file, partition_count, prune, translated, writing
from store.errors import BusUnavailable, NeverValid, RecordTooLarge

LOCK_WAIT_SECONDS: Final = 30.0
LEASE_SECONDS: Final = 10.0
PRUNE_EVERY_SECONDS: Final = 60.0


class EmbeddedBus:
    """A bus in one file. Threads may share it; processes each open the same file."""

    def __init__(
        self,
        path: Path,
        *,
        lease_seconds: float = LEASE_SECONDS,
        prune_every_seconds: float = PRUNE_EVERY_SECONDS,
        lock_wait_seconds: float = LOCK_WAIT_SECONDS,
    ) -> None:
        """Create the file when missing. Raises `BusUnavailable`, or `NeverValid` when the file is something else."""
        self._path = path
        self._lease_seconds = lease_seconds
        self._lock_wait_seconds = lock_wait_seconds
        self._prune_every_seconds = prune_every_seconds
        self._prune_at: dict[str, float] = {}
        self._lock = threading.Lock()
        self._connection = open_file(path, lock_wait_seconds)

    def create_topics(self, topics: Iterable[Topic]) -> None:
        with self._lock, writing(self._connection):
            for topic in topics:
                self._create_topic(topic)

    def _create_topic(self, topic: Topic) -> None:
        present = partition_count(self._connection, topic)
        if 0 < present < topic.partitions:
            raise NeverValid(f"topic {topic.name} has {present} partitions, expected at least {topic.partitions}")
        if present == 0:
            self._connection.executemany(
                "INSERT INTO partition VALUES (?, ?, 0, 0, 0)",
                [(topic.name, number) for number in range(topic.partitions)],
            )

    def publish(self, topic: Topic, record: Record) -> None:
        self.publish_many(topic, [record])

    def publish_many(self, topic: Topic, records: Sequence[Record]) -> None:
        for record in records:
            if record.size_bytes > topic.max_record_bytes:
                raise RecordTooLarge(
                    f"topic {topic.name} takes at most {topic.max_record_bytes} bytes, "
                    f"the record {record.key!r} has {record.size_bytes}"
                )
        with self._lock:
            with writing(self._connection):
                partitions = existing_partitions(self._connection, topic)
                for record in records:
                    self._append(topic, zlib.crc32(record.key.encode()) % partitions, record)
            self._prune_when_due(topic)

    def _append(self, topic: Topic, partition: int, record: Record) -> None:
        size = record.size_bytes
        (offset,) = self._connection.execute(
            'UPDATE partition SET "end" = "end" + 1, size_bytes = size_bytes + ? '
            'WHERE topic = ? AND number = ? RETURNING "end" - 1',
            (size, topic.name, partition),
        ).fetchone()
        # Latin-1 maps every byte to one code point and back, so any header value survives JSON.
        headers = json.dumps({name: value.decode("latin-1") for name, value in record.headers.items()})
        self._connection.execute(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (topic.name, partition, offset, time.time(), size, record.key, headers, record.value),
        )

    def _prune_when_due(self, topic: Topic) -> None:
        now = time.monotonic()
        if now < self._prune_at.get(topic.name, 0.0):
            return
        self._prune_at[topic.name] = now + self._prune_every_seconds
        # What was published is durable already: failing to tidy must not look like failing to publish.
        with suppress(BusUnavailable):
            for partition in range(existing_partitions(self._connection, topic)):
                while prune(self._connection, topic, partition):
                    pass

    def consumer(self, topic: Topic, *, group: str) -> EmbeddedConsumer:
        connection = open_file(self._path, self._lock_wait_seconds)
        return EmbeddedConsumer(connection, topic, group=group, lease_seconds=self._lease_seconds)

    def offsets(self, topic: Topic) -> Mapping[int, Offsets]:
        with self._lock, translated():
            existing_partitions(self._connection, topic)
            rows = self._connection.execute(
                'SELECT number, begin, "end" FROM partition WHERE topic = ?', (topic.name,)
            ).fetchall()
        return {number: Offsets(begin=begin, end=end) for number, begin, end in rows}

    def description(self) -> str:
        return f"embedded log {self._path} (SQLite {sqlite3.sqlite_version})"

    def close(self) -> None:
        with self._lock:
            self._connection.close()
