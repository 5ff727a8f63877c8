"""Publishes the events that transactions left in the outbox, in their order and at least once.

An event is marked after the bus confirmed it; a crash in between publishes it again under the same id, which
consumers recognise. On PostgreSQL one relay works at a time, so that several do not overtake each other. SQLite is not
locked while the bus is written to: its only writer would stand still; a second relay there repeats events at worst.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa
import structlog

from store.bus.base import Bus, Record, Topic
from store.database import Database
from store.errors import DatabaseUnavailable, NeverValid, TryLater
from store.events import TOPICS
from store.metrics import OUTBOX_OLDEST_SECONDS, OUTBOX_PUBLISHED, OUTBOX_WAITING
from store.models import Outbox

BATCH_EVENTS: Final = 200
PRUNE_BATCH: Final = 1_000
POLL_SECONDS: Final = 0.2
RETRY_SECONDS: Final = 2.0
PRUNE_EVERY_SECONDS: Final = 600.0
RETENTION_SECONDS: Final = 7 * 86_400.0
RELAY_LOCK: Final = 0x5EF0_0B0C
"""Advisory lock of PostgreSQL that the working relay holds."""

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboxBacklog:
    waiting: int
    oldest_created_at: datetime | None


class OutboxRelay:
    """Safe to run in several processes; each object is used by one thread."""

    def __init__(self, database: Database, bus: Bus, *, retention_seconds: float = RETENTION_SECONDS) -> None:
        self._database = database
        self._bus = bus
        self._retention = timedelta(seconds=retention_seconds)
        self._topics = {topic.name: topic for topic in TOPICS}
        self._wake = threading.Event()

    def relay_once(self) -> int:
        """Publish one batch; returns how many events. 0 means none waits, or another relay is at work.

        Raises `BusUnavailable` or `DatabaseUnavailable`; then the batch is published again later.
        """
        if not self.backlog().waiting:
            return 0
        if self._database.dialect == "sqlite":
            with self._database.read() as connection:
                rows = _waiting(connection)
            self._publish(rows)
            with self._database.transaction() as connection:
                _mark(connection, rows)
        else:
            with self._database.transaction() as connection:
                if not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(RELAY_LOCK))):
                    return 0
                rows = _waiting(connection)
                self._publish(rows)
                _mark(connection, rows)
        OUTBOX_PUBLISHED.inc(len(rows))
        return len(rows)

    def run(self, stop: threading.Event) -> None:
        """Publish until told to stop. `wake` makes it look at once."""
        prune_at = 0.0
        while not stop.is_set():
            seconds = POLL_SECONDS
            try:
                seconds = 0.0 if self.relay_once() else POLL_SECONDS
                if time.monotonic() >= prune_at:
                    prune_at = time.monotonic() + PRUNE_EVERY_SECONDS
                    self.prune()
            except TryLater as error:
                _log.warning("outbox_waits", error=str(error))
                seconds = RETRY_SECONDS
            with suppress(DatabaseUnavailable):
                self.observe()
            self._wake.wait(seconds)
            self._wake.clear()

    def wake(self) -> None:
        """There may be something new to publish, or it is time to stop."""
        self._wake.set()

    def prune(self) -> int:
        """Delete events published longer ago than the retention, in small transactions; returns how many."""
        before = datetime.now(UTC) - self._retention
        old = sa.select(Outbox.id).where(Outbox.published_at < before).limit(PRUNE_BATCH)
        pruned = 0
        while True:
            with self._database.transaction() as connection:
                deleted = connection.execute(sa.delete(Outbox).where(Outbox.id.in_(old))).rowcount
            pruned += deleted
            if deleted < PRUNE_BATCH:
                return pruned

    def backlog(self) -> OutboxBacklog:
        query = sa.select(sa.func.count(), sa.func.min(Outbox.created_at, type_=Outbox.created_at.type)).where(
            Outbox.published_at.is_(None)
        )
        with self._database.read() as connection:
            row = connection.execute(query).one()
        return OutboxBacklog(waiting=row[0], oldest_created_at=row[1])

    def observe(self) -> None:
        """Bring the gauges up to date. Raises `DatabaseUnavailable`."""
        backlog = self.backlog()
        OUTBOX_WAITING.set(backlog.waiting)
        oldest = backlog.oldest_created_at
        OUTBOX_OLDEST_SECONDS.set(max((datetime.now(UTC) - oldest).total_seconds(), 0.0) if oldest else 0.0)

    def _publish(self, rows: Sequence[sa.Row[Any]]) -> None:
        for name, group in groupby(rows, key=lambda row: str(row.topic)):
            self._bus.publish_many(self._topic(name), [_record(row) for row in group])

    def _topic(self, name: str) -> Topic:
        if name not in self._topics:
            raise NeverValid(
                f"the outbox holds an event for the topic {name!r}, expected one of {sorted(self._topics)}"
            )
        return self._topics[name]


def _waiting(connection: sa.Connection) -> Sequence[sa.Row[Any]]:
    query = sa.select(Outbox).where(Outbox.published_at.is_(None)).order_by(Outbox.id).limit(BATCH_EVENTS)
    return connection.execute(query).all()


def _mark(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> None:
    connection.execute(
        sa.update(Outbox).where(Outbox.id.in_([row.id for row in rows])).values(published_at=datetime.now(UTC))
    )


def _record(row: sa.Row[Any]) -> Record:
    headers = {name: value.encode() for name, value in row.record_headers.items()}
    return Record(key=row.record_key, value=row.record_value, headers=headers)
