"""One consumer of the embedded bus: reads its share of a topic's partitions, which it holds by a lease."""

from __future__ import annotations

import json
import os
import sqlite3
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from store.bus.base import Delivery, Record, Topic
from store.bus.embedded_file import existing_partitions, translated, writing
from store.errors import BusUnavailable

RENEWALS_PER_LEASE: Final = 5
FIRST_PAUSE_SECONDS: Final = 0.002
LONGEST_PAUSE_SECONDS: Final = 0.05
POLL_BYTES: Final = 32 * 1024**2
"""A poll stops adding records past this, so that memory stays bounded whatever `max_records` is."""


class EmbeddedConsumer:
    def __init__(self, connection: sqlite3.Connection, topic: Topic, *, group: str, lease_seconds: float) -> None:
        self._connection = connection
        self._topic = topic
        self._group = group
        self._name = f"{os.getpid()}-{uuid.uuid4().hex}"
        self._lease_seconds = lease_seconds
        self._renew_at = 0.0
        self._turn = 0
        self._next_offsets: dict[int, int] = {}
        self._closed = False

    def poll(self, *, max_records: int, timeout_seconds: float) -> Sequence[Delivery]:
        deadline = time.monotonic() + timeout_seconds
        with translated():
            while True:
                self._renew_when_due()
                version = self._data_version()
                deliveries = self._read(max_records)
                if deliveries or time.monotonic() >= deadline:
                    return deliveries
                self._wait_for_change(version, min(deadline, self._renew_at))

    def keep_alive(self) -> None:
        with translated():
            self._renew_when_due()

    def assignment(self) -> frozenset[int]:
        return frozenset(self._next_offsets)

    def seek(self, partition: int, offset: int) -> None:
        if partition in self._next_offsets:
            self._next_offsets[partition] = offset

    def note_positions(self, next_offsets: Mapping[int, int]) -> None:
        """Lag is computed from the caller's own positions; nothing reads a second copy."""

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        try:
            with suppress(BusUnavailable), writing(self._connection):
                for table, column in (("claim", "owner"), ("member", "name")):
                    self._connection.execute(
                        f'DELETE FROM {table} WHERE topic = ? AND "group" = ? AND {column} = ?',  # noqa: S608 - constants
                        (self._topic.name, self._group, self._name),
                    )
        finally:
            self._connection.close()

    def _read(self, max_records: int) -> list[Delivery]:
        deliveries: list[Delivery] = []
        size = 0
        # Each poll begins with another partition, so that a busy one cannot starve the others.
        self._turn += 1
        partitions = sorted(self._next_offsets)
        shift = self._turn % max(1, len(partitions))
        for partition in partitions[shift:] + partitions[:shift]:
            for delivery in self._read_partition(partition, max_records - len(deliveries)):
                deliveries.append(delivery)
                self._next_offsets[partition] = delivery.offset + 1
                size += delivery.record.size_bytes
                if size >= POLL_BYTES:
                    return deliveries
        return deliveries

    def _read_partition(self, partition: int, max_records: int) -> Iterator[Delivery]:
        cursor = self._connection.execute(
            'SELECT "offset", appended_at, key, headers, value FROM record '
            'WHERE topic = ? AND partition = ? AND "offset" >= ? ORDER BY "offset" LIMIT ?',
            (self._topic.name, partition, self._next_offsets[partition], max_records),
        )
        for offset, appended_at, key, headers, value in cursor:
            values = {name: text.encode("latin-1") for name, text in json.loads(headers).items()}
            yield Delivery(
                topic=self._topic.name,
                partition=partition,
                offset=offset,
                appended_at=datetime.fromtimestamp(appended_at, UTC),
                record=Record(key=key, value=value, headers=values),
            )

    def _data_version(self) -> int:
        """Changes whenever another connection commits; costs no disk access."""
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])

    def _wait_for_change(self, version: int, deadline: float) -> None:
        pause = FIRST_PAUSE_SECONDS
        while (remaining := deadline - time.monotonic()) > 0 and self._data_version() == version:
            time.sleep(min(pause, remaining))
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    # ---- Membership

    def _renew_when_due(self) -> None:
        if time.monotonic() < self._renew_at:
            return
        with writing(self._connection):
            owned = self._renew()
        self._next_offsets = {partition: self._next_offsets.get(partition, 0) for partition in owned}
        self._renew_at = time.monotonic() + self._lease_seconds / RENEWALS_PER_LEASE

    def _renew(self) -> set[int]:
        """Extend the lease, bury dead members, and move towards the fair share; returns the partitions owned now."""
        now, place = time.time(), (self._topic.name, self._group)
        # A lease far in the future was written before the clock was set back: it means nothing.
        self._connection.execute(
            'DELETE FROM member WHERE topic = ? AND "group" = ? AND (lease_until < ? OR lease_until > ?)',
            (*place, now, now + 2 * self._lease_seconds),
        )
        self._connection.execute(
            "INSERT OR REPLACE INTO member VALUES (?, ?, ?, ?)", (*place, self._name, now + self._lease_seconds)
        )
        members = [
            name
            for (name,) in self._connection.execute(
                'SELECT name FROM member WHERE topic = ? AND "group" = ? ORDER BY name', place
            )
        ]
        owners: dict[int, str] = dict(
            self._connection.execute('SELECT partition, owner FROM claim WHERE topic = ? AND "group" = ?', place)
        )
        partitions = existing_partitions(self._connection, self._topic)
        owned = self._fair_share(members, owners, partitions)
        mine_before = {partition for partition, owner in owners.items() if owner == self._name}
        for partition in mine_before - owned:
            self._connection.execute(
                'DELETE FROM claim WHERE topic = ? AND "group" = ? AND partition = ?', (*place, partition)
            )
        for partition in owned - mine_before:
            self._connection.execute(
                "INSERT OR REPLACE INTO claim VALUES (?, ?, ?, ?)", (*place, partition, self._name)
            )
        return owned

    def _fair_share(self, members: Sequence[str], owners: Mapping[int, str], partitions: int) -> set[int]:
        """Keep what is owned up to the quota; fill it up from partitions that no living member owns."""
        share, rest = divmod(partitions, len(members))
        quota = share + (members.index(self._name) < rest)
        mine = sorted(partition for partition, owner in owners.items() if owner == self._name)
        free = [partition for partition in range(partitions) if owners.get(partition) not in members]
        return set((mine + free)[:quota])
