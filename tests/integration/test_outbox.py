"""The outbox relay on both databases: in order, at least once, under the same ids."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from store import migrate
from store.bus.base import Record, Topic
from store.database import Database
from store.errors import BusUnavailable, NeverValid
from store.events import REPORTS, decode_report, event_id
from store.models import Outbox
from store.outbox import BATCH_EVENTS, OutboxRelay
from tests.parts import outbox
from tests.parts.list_bus import ListBus
from tests.parts.reports import report


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate.upgrade(database)
    yield database
    database.close()


def put(database: Database, numbers: Sequence[int], **options: Any) -> None:
    outbox.put(database, [report(number) for number in numbers], **options)


def published(bus: ListBus) -> list[str | None]:
    return [event_id(record) for record in bus.logs.get(REPORTS.name, [])]


def ids(numbers: Sequence[int]) -> list[str]:
    return [report(number).id for number in numbers]


def test_events_are_published_in_order_and_once(database: Database) -> None:
    numbers = range(BATCH_EVENTS + 5)
    put(database, numbers)
    bus = ListBus()
    relay = OutboxRelay(database, bus)
    assert [relay.relay_once() for _ in range(3)] == [BATCH_EVENTS, 5, 0]
    assert published(bus) == ids(numbers)
    assert decode_report(bus.logs[REPORTS.name][0]).title == report(0).title


def test_a_bus_that_is_away_keeps_everything_waiting(database: Database) -> None:
    put(database, [1, 2])
    bus = ListBus()
    relay = OutboxRelay(database, bus)
    bus.down = True
    with pytest.raises(BusUnavailable):
        relay.relay_once()
    assert relay.backlog().waiting == 2
    bus.down = False
    relay.relay_once()
    assert (published(bus), relay.backlog().waiting) == (ids([1, 2]), 0)


class AmbiguousBus(ListBus):
    """Appends, then fails once before it can say so: a crash between publishing and marking looks the same."""

    failed = False

    def publish_many(self, topic: Topic, records: Sequence[Record]) -> None:
        super().publish_many(topic, records)
        if not self.failed:
            self.failed = True
            raise BusUnavailable("no confirmation")


def test_an_unconfirmed_batch_is_repeated_under_the_same_ids(database: Database) -> None:
    put(database, [1, 2])
    bus = AmbiguousBus()
    relay = OutboxRelay(database, bus)
    with pytest.raises(BusUnavailable):
        relay.relay_once()
    relay.relay_once()
    assert published(bus) == ids([1, 2, 1, 2])


def test_several_relays_lose_nothing(database: Database) -> None:
    numbers = range(50)
    bus = ListBus()
    stop = threading.Event()
    relays = [OutboxRelay(database, bus) for _ in range(3)]
    threads = [threading.Thread(target=relay.run, args=(stop,)) for relay in relays]
    for thread in threads:
        thread.start()
    for number in numbers:
        put(database, [number])
    for _ in range(300):
        if not relays[0].backlog().waiting:
            break
        stop.wait(0.1)
    stop.set()
    for relay in relays:
        relay.wake()
    for thread in threads:
        thread.join()
    assert set(published(bus)) == set(ids(numbers))
    if database.dialect == "postgresql":
        assert len(published(bus)) == len(numbers), "one relay works at a time"


def test_what_was_published_long_ago_is_pruned_and_nothing_else(database: Database) -> None:
    put(database, [1, 2])
    bus = ListBus()
    relay = OutboxRelay(database, bus, retention_seconds=60)
    relay.relay_once()
    put(database, [3])
    assert relay.prune() == 0
    with database.transaction() as connection:
        connection.execute(
            sa.update(Outbox)
            .where(Outbox.event_id == report(1).id)
            .values(published_at=datetime.now(UTC) - timedelta(hours=1))
        )
    assert relay.prune() == 1
    with database.read() as connection:
        assert set(connection.scalars(sa.select(Outbox.event_id))) == set(ids([2, 3]))


def test_an_event_for_an_unknown_topic_stops_the_relay(database: Database) -> None:
    put(database, [1], topic="elsewhere")
    with pytest.raises(NeverValid, match="elsewhere"):
        OutboxRelay(database, ListBus()).relay_once()
