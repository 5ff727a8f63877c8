"""The ledger of alerts: who is to be told what, whether it was done, and who is doing it now.

A delivery is claimed (state `sending`, with a lease) before it is sent and closed after it was confirmed. A process
that is killed in between leaves exactly that one delivery in flight; when its lease ends it is sent again, under the
same id. Each attempt counts from its claim, so a delivery that kills its sender cannot do so for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from store.bus.base import Delivery
from store.database import Database
from store.events import event_id
from store.models import AlertDelivery, Quarantine
from store.positions import Positions
from store.quarantine import storable_headers, storable_text, undecodable_id

PENDING: Final = "pending"
SENDING: Final = "sending"
SENT: Final = "sent"
FAILED: Final = "failed"
SUPPRESSED: Final = "suppressed"
OPEN_STATES: Final = (PENDING, SENDING)
STATES: Final = (PENDING, SENDING, SENT, FAILED, SUPPRESSED)
MAX_ERROR_LENGTH: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class NewDelivery:
    id: str
    event_id: str
    report_id: str
    channel: str
    payload: Mapping[str, Any]
    suppressed: str | None
    """Why it is recorded but not to be sent; None: send it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What one record on the bus asks for: deliveries, or none because it could not be understood."""

    delivery: Delivery
    deliveries: Sequence[NewDelivery]
    rejected: str | None = None
    """Why it could not be understood."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorded:
    deliveries: Sequence[NewDelivery]
    """Those that were not in the ledger before."""
    rejected: Sequence[Heard]
    positions: Mapping[int, int]
    """Next offset by partition that moved."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A delivery that this process alone may send until the lease ends."""

    id: str
    channel: str
    payload: Mapping[str, Any]
    attempt: int
    lease_until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """What a channel still owes."""

    pending: int
    oldest_created_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryRecord:
    """One row of the ledger without its message."""

    id: str
    report_id: str
    channel: str
    state: str
    attempts: int
    created_at: datetime
    next_attempt_at: datetime
    sent_at: datetime | None
    last_error: str | None


class Deliveries:
    """All SQL on the ledger. Times are given by the caller, so that one clock rules."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take_in(self, heard: Sequence[Heard], positions: Positions, now: datetime) -> Recorded:
        """Write the deliveries and move the positions in one transaction; records below a position are skipped.

        Raises `DatabaseUnavailable`; then nothing was written, or all of it was, and the call may be repeated.
        """
        deliveries: list[NewDelivery] = []
        rejected: list[Heard] = []
        next_offsets: dict[int, int] = {}
        with self._database.transaction() as connection:
            # In the order of partitions, so that two consumers never wait for each other.
            for partition in sorted({item.delivery.partition for item in heard}):
                mine = [item for item in heard if item.delivery.partition == partition]
                position = positions.lock(connection, partition)
                if mine[0].delivery.offset > position:
                    continue  # The position was set back meanwhile: the consumer reads again from there.
                new = [item for item in mine if item.delivery.offset >= position]
                if not new:
                    continue
                for item in new:
                    deliveries += self._record(connection, item.deliveries, now)
                    if item.rejected is not None:
                        rejected.append(item)
                        self._hold(connection, item.delivery, item.rejected, now)
                next_offsets[partition] = new[-1].delivery.offset + 1
                positions.advance(connection, partition, next_offsets[partition])
        return Recorded(deliveries=deliveries, rejected=rejected, positions=next_offsets)

    def _record(self, connection: sa.Connection, deliveries: Sequence[NewDelivery], now: datetime) -> list[NewDelivery]:
        fresh = []
        for delivery in deliveries:
            statement = self._database.insert(AlertDelivery).values(**self._row(delivery, now)).on_conflict_do_nothing()
            if connection.execute(statement).rowcount:
                fresh.append(delivery)
        return fresh

    @staticmethod
    def _row(delivery: NewDelivery, now: datetime) -> dict[str, Any]:
        return {
            "id": delivery.id,
            "event_id": delivery.event_id,
            "report_id": delivery.report_id,
            "channel": delivery.channel,
            "state": SUPPRESSED if delivery.suppressed else PENDING,
            "attempts": 0,
            "next_attempt_at": now,
            "lease_until": None,
            "last_error": delivery.suppressed,
            "payload": dict(delivery.payload),
            "created_at": now,
            "sent_at": None,
        }

    def _hold(self, connection: sa.Connection, delivery: Delivery, detail: str, now: datetime) -> None:
        record = delivery.record
        row = {
            "id": storable_text(event_id(record) or undecodable_id(record)),
            "state": "held",
            "reason": "rejected",
            "detail": storable_text(detail)[:MAX_ERROR_LENGTH],
            "stage": "alert",
            "url": None,
            "source_id": None,
            "topic": delivery.topic,
            "partition": delivery.partition,
            "offset": delivery.offset,
            "attempts": 1,
            "record_key": storable_text(record.key),
            "record_headers": storable_headers(record.headers),
            "record_value": record.value,
            "rules_version": "",
            "created_at": now,
            "changed_at": now,
        }
        statement = self._database.insert(Quarantine).values(**row)
        changed = {name: statement.excluded[name] for name in ("state", "detail", "partition", "offset", "changed_at")}
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["id"], set_={**changed, "attempts": Quarantine.attempts + 1}
            )
        )

    def next_due_at(self, channel: str) -> datetime | None:
        """When the channel's next delivery may be claimed; None when it owes nothing."""
        with self._database.read() as connection:
            due = connection.scalar(
                sa.select(sa.func.min(AlertDelivery.next_attempt_at, type_=AlertDelivery.next_attempt_at.type)).where(
                    AlertDelivery.channel == channel, AlertDelivery.state == PENDING
                )
            )
            leased = connection.scalar(
                sa.select(sa.func.min(AlertDelivery.lease_until, type_=AlertDelivery.lease_until.type)).where(
                    AlertDelivery.channel == channel, AlertDelivery.state == SENDING
                )
            )
        return min((moment for moment in (due, leased) if moment is not None), default=None)

    def claim(self, channel: str, *, now: datetime, lease_seconds: float) -> Claim | None:
        """Take the delivery that has been due longest, or None. Two processes never hold the same one."""
        # Two questions that an index answers each: asked in one, every delivery that waits would be read and sorted.
        orphaned = [AlertDelivery.state == SENDING, AlertDelivery.lease_until <= now]
        due = [AlertDelivery.state == PENDING, AlertDelivery.next_attempt_at <= now]
        with self._database.transaction() as connection:
            row = self._next(connection, channel, orphaned) or self._next(connection, channel, due)
            if row is None:
                return None
            lease_until = now + timedelta(seconds=lease_seconds)
            connection.execute(
                sa.update(AlertDelivery)
                .where(AlertDelivery.id == row.id)
                .values(state=SENDING, attempts=row.attempts + 1, lease_until=lease_until)
            )
        return Claim(id=row.id, channel=channel, payload=row.payload, attempt=row.attempts + 1, lease_until=lease_until)

    @staticmethod
    def _next(
        connection: sa.Connection, channel: str, conditions: Sequence[sa.ColumnElement[bool]]
    ) -> sa.Row[Any] | None:
        return connection.execute(
            sa.select(AlertDelivery.id, AlertDelivery.payload, AlertDelivery.attempts)
            .where(AlertDelivery.channel == channel, *conditions)
            .order_by(AlertDelivery.next_attempt_at, AlertDelivery.created_at, AlertDelivery.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()

    def mark_sent(self, claim: Claim, now: datetime) -> None:
        """True whoever holds the delivery by now: the receiver confirmed it."""
        with self._database.transaction() as connection:
            connection.execute(
                sa.update(AlertDelivery)
                .where(AlertDelivery.id == claim.id, AlertDelivery.state != SENT)
                .values(state=SENT, sent_at=now, lease_until=None, last_error=None)
            )

    def mark_failed(self, claim: Claim, error: str) -> None:
        """Give the delivery up."""
        self._close(claim, state=FAILED, last_error=error[:MAX_ERROR_LENGTH], lease_until=None)

    def mark_pending(self, claim: Claim, error: str, next_attempt_at: datetime) -> None:
        """Try again later."""
        self._close(
            claim,
            state=PENDING,
            last_error=error[:MAX_ERROR_LENGTH],
            lease_until=None,
            next_attempt_at=next_attempt_at,
        )

    def _close(self, claim: Claim, **values: Any) -> None:
        # A lease that ended may have passed the delivery to another process: then its word counts.
        with self._database.transaction() as connection:
            connection.execute(
                sa.update(AlertDelivery)
                .where(
                    AlertDelivery.id == claim.id,
                    AlertDelivery.state == SENDING,
                    AlertDelivery.lease_until == claim.lease_until,
                )
                .values(**values)
            )

    def backlog(self, channels: Sequence[str]) -> Mapping[str, Backlog]:
        """What each of the channels owes; also channels that owe nothing."""
        query = (
            sa.select(
                AlertDelivery.channel,
                sa.func.count(),
                sa.func.min(AlertDelivery.created_at, type_=AlertDelivery.created_at.type),
            )
            .where(AlertDelivery.state.in_(OPEN_STATES))
            .group_by(AlertDelivery.channel)
        )
        with self._database.read() as connection:
            found = {row[0]: Backlog(pending=row[1], oldest_created_at=row[2]) for row in connection.execute(query)}
        return {channel: found.get(channel, Backlog(pending=0, oldest_created_at=None)) for channel in channels}

    def records(self, *, channel: str | None, state: str | None, limit: int) -> Sequence[DeliveryRecord]:
        """The ledger, newest first."""
        columns = [getattr(AlertDelivery, field.name) for field in fields(DeliveryRecord)]
        query = sa.select(*columns).order_by(AlertDelivery.created_at.desc(), AlertDelivery.id).limit(limit)
        if channel is not None:
            query = query.where(AlertDelivery.channel == channel)
        if state is not None:
            query = query.where(AlertDelivery.state == state)
        with self._database.read() as connection:
            return [DeliveryRecord(**row._mapping) for row in connection.execute(query)]

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Rows of the ledger by channel and state."""
        query = sa.select(AlertDelivery.channel, AlertDelivery.state, sa.func.count()).group_by(
            AlertDelivery.channel, AlertDelivery.state
        )
        with self._database.read() as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(query)}

    def retry_failed(self, channel: str, now: datetime) -> int:
        """Give all failed deliveries of a channel a fresh set of attempts; returns how many."""
        with self._database.transaction() as connection:
            result = connection.execute(
                sa.update(AlertDelivery)
                .where(AlertDelivery.channel == channel, AlertDelivery.state == FAILED)
                .values(state=PENDING, attempts=0, next_attempt_at=now, lease_until=None)
            )
        return result.rowcount
