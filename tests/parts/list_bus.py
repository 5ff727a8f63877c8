"""A bus that holds lists of records in memory: enough to read from, for tests of what stands behind a consumer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from store.bus.base import Consumer, Delivery, Offsets, Record, Topic
from store.errors import BusUnavailable


class ListBus:
    """One partition per topic. `down` makes every call fail as a broker that is away does."""

    def __init__(self, records: Mapping[str, Sequence[Record]] | None = None) -> None:
        self.logs: dict[str, list[Record]] = {name: list(log) for name, log in (records or {}).items()}
        self.noted: dict[int, int] = {}
        self.down = False

    def create_topics(self, topics: Iterable[Topic]) -> None:
        for topic in topics:
            self.logs.setdefault(topic.name, [])

    def publish(self, topic: Topic, record: Record) -> None:
        self.publish_many(topic, [record])

    def publish_many(self, topic: Topic, records: Sequence[Record]) -> None:
        self.check_up()
        self.logs.setdefault(topic.name, []).extend(records)

    def consumer(self, topic: Topic, *, group: str) -> Consumer:
        return ListConsumer(self, topic)

    def offsets(self, topic: Topic) -> Mapping[int, Offsets]:
        self.check_up()
        return {0: Offsets(begin=0, end=len(self.logs.get(topic.name, [])))}

    def description(self) -> str:
        return "a list in memory"

    def close(self) -> None:
        pass

    def check_up(self) -> None:
        if self.down:
            raise BusUnavailable("the test took the bus down")


class ListConsumer:
    def __init__(self, bus: ListBus, topic: Topic) -> None:
        self._bus = bus
        self._topic = topic
        self._next = 0

    def poll(self, *, max_records: int, timeout_seconds: float) -> Sequence[Delivery]:
        self._bus.check_up()
        records = self._bus.logs.get(self._topic.name, [])[self._next : self._next + max_records]
        start = self._next
        self._next += len(records)
        return [
            Delivery(
                topic=self._topic.name,
                partition=0,
                offset=start + number,
                appended_at=datetime.now(UTC),
                record=record,
            )
            for number, record in enumerate(records)
        ]

    def keep_alive(self) -> None:
        pass

    def assignment(self) -> frozenset[int]:
        return frozenset({0})

    def seek(self, partition: int, offset: int) -> None:
        self._next = offset

    def note_positions(self, next_offsets: Mapping[int, int]) -> None:
        self._bus.noted |= next_offsets

    def close(self) -> None:
        pass
