"""Where each consumer group stands in each partition, and the rule that makes re-delivery harmless.

A position moves only inside the transaction that stores what was read up to it. The row lock, together with
"an offset below the position was applied already", fences a consumer that lost its partition without noticing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from store.bus.base import Bus, Consumer, Delivery, Topic
from store.database import Database
from store.models import OffsetGap, Position


@dataclass(frozen=True, slots=True)
class Positions:
    """The positions of one group in one topic."""

    database: Database
    group: str
    topic: Topic

    def lock(self, connection: sa.Connection, partition: int) -> int:
        """The partition's next offset, locked until the transaction ends. A partition never seen starts at 0."""
        row = {"group": self.group, "topic": self.topic.name, "partition": partition}
        connection.execute(
            self.database.insert(Position)
            .values(**row, next_offset=0, moved_at=datetime.now(UTC))
            .on_conflict_do_nothing()
        )
        query = sa.select(Position.next_offset).filter_by(**row).with_for_update()
        return int(connection.scalars(query).one())

    def advance(self, connection: sa.Connection, partition: int, next_offset: int) -> None:
        connection.execute(
            sa.update(Position)
            .where(
                Position.group == self.group,
                Position.topic == self.topic.name,
                Position.partition == partition,
            )
            .values(next_offset=next_offset, moved_at=datetime.now(UTC))
        )

    def current(self) -> Mapping[int, int]:
        """Next offset by partition; partitions never seen are absent."""
        query = sa.select(Position.partition, Position.next_offset).where(
            Position.group == self.group, Position.topic == self.topic.name
        )
        with self.database.read() as connection:
            return {row.partition: row.next_offset for row in connection.execute(query)}

    def align(self, bus: Bus, consumer: Consumer, batch: Sequence[Delivery]) -> Sequence[Delivery]:
        """Keep of the batch only what continues each partition's position without a gap.

        A partition whose first delivery is not the next offset is sought back to its position and its deliveries
        are dropped. When the bus no longer holds the next offset, the gap is recorded and the position moves over it.
        """
        positions = self.current()
        kept: list[Delivery] = []
        for partition in sorted({delivery.partition for delivery in batch}):
            deliveries = [delivery for delivery in batch if delivery.partition == partition]
            expected = positions.get(partition, 0)
            if deliveries[0].offset > expected:
                expected = self._skip_removed(bus, partition, expected)
            if deliveries[0].offset == expected:
                kept += deliveries
            else:
                consumer.seek(partition, expected)
        return kept

    def _skip_removed(self, bus: Bus, partition: int, expected: int) -> int:
        begin = bus.offsets(self.topic)[partition].begin
        if begin <= expected:
            return expected
        with self.database.transaction() as connection:
            locked = self.lock(connection, partition)
            if locked >= begin:
                return locked
            connection.execute(
                sa.insert(OffsetGap).values(
                    group=self.group,
                    topic=self.topic.name,
                    partition=partition,
                    first_missing=locked,
                    next_present=begin,
                    noticed_at=datetime.now(UTC),
                )
            )
            self.advance(connection, partition, begin)
        return begin
