"""The bus: an append-only log of records in topics and partitions, behind one small interface.

Guarantees that every implementation gives, and that one contract suite checks:

* When `publish` returns, the record is durable: it survives `kill -9` of every client and of the bus itself.
* When `publish` raises `BusUnavailable`, the record may or may not be in the log: publish again, consumers deduplicate.
* Records with the same key go to the same partition and keep the order in which their publishing returned.
* A partition's offsets increase; a consumer sees each partition in order, starting where it last sought.
* Consumer positions belong to the caller. The bus keeps none that matters: `note_positions` is advice for lag tools.
* Two consumers of one group share the partitions. A consumer that lost a partition without noticing may still
  deliver records of it; only the caller's own position, checked in its transaction, decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Topic:
    name: str
    partitions: int
    retention_seconds: int
    retention_bytes: int
    """Per partition; -1 keeps everything that is younger than `retention_seconds`."""
    max_record_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Record:
    key: str
    value: bytes
    headers: Mapping[str, bytes]

    @property
    def size_bytes(self) -> int:
        return len(self.key.encode()) + len(self.value) + sum(len(k) + len(v) for k, v in self.headers.items())


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """A record with its place in the log."""

    topic: str
    partition: int
    offset: int
    appended_at: datetime
    record: Record


@dataclass(frozen=True, kw_only=True, slots=True)
class Offsets:
    """What a partition holds: `begin` is the oldest offset still there, `end` the offset the next record gets."""

    begin: int
    end: int


class Consumer(Protocol):
    """Reads one topic for one group. Not safe for use from two threads at once."""

    def poll(self, *, max_records: int, timeout_seconds: float) -> Sequence[Delivery]:
        """Up to `max_records` new records, in order within each partition; empty after the timeout.

        Raises `BusUnavailable` when the bus cannot be reached.
        """

    def keep_alive(self) -> None:
        """Hold the membership during long work without receiving records."""

    def assignment(self) -> frozenset[int]:
        """The partitions this consumer reads now."""

    def seek(self, partition: int, offset: int) -> None:
        """Continue the partition at this offset. A partition that is no longer assigned is left alone."""

    def note_positions(self, next_offsets: Mapping[int, int]) -> None:
        """Tell the bus, as advice and without waiting, where the caller stands."""

    def close(self) -> None:
        """Leave the group. Never raises for a bus that is already gone."""


class Bus(Protocol):
    def create_topics(self, topics: Iterable[Topic]) -> None:
        """Create what is missing, with the explicit partitions, retention and size; leave what exists.

        Raises `NeverValid` when an existing topic has fewer partitions than asked.
        """

    def publish(self, topic: Topic, record: Record) -> None:
        """Append the record; blocks until it is durable. Safe from many threads, which are pipelined.

        Raises `RecordTooLarge`, or `BusUnavailable` after the bus's deadline.
        """

    def publish_many(self, topic: Topic, records: Sequence[Record]) -> None:
        """Append all records in order per key; returns when all are durable.

        Raises like `publish`; then any subset may be in the log.
        """

    def consumer(self, topic: Topic, *, group: str) -> Consumer: ...

    def offsets(self, topic: Topic) -> Mapping[int, Offsets]:
        """What each partition of the topic holds. Raises `BusUnavailable`."""

    def description(self) -> str:
        """What this bus really is, for people: kind, version, address without secrets."""

    def close(self) -> None: ...
