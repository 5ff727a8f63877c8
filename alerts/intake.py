"""Turns report events into rows of the ledger; rows and position are one transaction: nothing is lost or doubled.

Intake never waits for a channel, and channels never wait for intake.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import sqlalchemy as sa
import structlog

from alerts.message import delivery_id, message_for
from alerts.metrics import DELIVERIES, EVENTS_REJECTED
from alerts.settings import AlertSettings
from store.bus.base import Bus, Consumer, Delivery
from store.database import Database
from store.deliveries import Deliveries, NewDelivery
from store.errors import EventRejected
from store.events import REPORTS, FetchReason, ReportFound, decode_report, event_id
from store.positions import Positions

GROUP: Final = "alerts"
MAX_BATCH_RECORDS: Final = 200


class Intake:
    """Reads the topic of reports for all channels. Used by one thread."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        *,
        channels: Sequence[str],
        settings: AlertSettings,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._bus = bus
        self._channels = channels
        self._settings = settings
        self._clock = clock
        self._positions = Positions(database, GROUP, REPORTS)
        self._deliveries = Deliveries(database)
        self._consumer: Consumer | None = None
        self._batch: Sequence[Delivery] = ()
        self._log = structlog.get_logger("alerts")

    def step(self, *, timeout_seconds: float) -> int:
        """Read and record one batch; returns how many events were read.

        Raises `BusUnavailable` or `DatabaseUnavailable`; a batch that was read but not recorded is kept, and the next
        call continues with it.
        """
        if not self._batch:
            self._batch = self._consume().poll(max_records=MAX_BATCH_RECORDS, timeout_seconds=timeout_seconds)
        batch = self._batch
        aligned = self._positions.align(self._bus, self._consume(), batch) if batch else ()
        if aligned:
            self._consume().note_positions(self._record(aligned))
        self._batch = ()
        return len(batch)

    def keep_alive(self) -> None:
        """Hold the membership of the group while a dependency is down."""
        if self._consumer is not None:
            self._consumer.keep_alive()

    def close(self) -> None:
        if self._consumer is not None:
            self._consumer.close()
            self._consumer = None

    def _consume(self) -> Consumer:
        if self._consumer is None:
            self._consumer = self._bus.consumer(REPORTS, group=GROUP)
        return self._consumer

    def _record(self, batch: Sequence[Delivery]) -> dict[int, int]:
        now = self._clock()
        fresh: list[NewDelivery] = []
        rejected = 0
        next_offsets: dict[int, int] = {}
        with self._database.transaction() as connection:
            # In the order of partitions, so that two consumers never wait for each other.
            for partition in sorted({delivery.partition for delivery in batch}):
                mine = [delivery for delivery in batch if delivery.partition == partition]
                position = self._positions.lock(connection, partition)
                if mine[0].offset > position:
                    continue  # The position was set back meanwhile: the next batch is read from there.
                new = [delivery for delivery in mine if delivery.offset >= position]
                if not new:
                    continue
                reports, unread = self._decode(connection, new, now)
                rejected += unread
                wanted = [row for report in reports for row in self._rows(report, now)]
                fresh += self._deliveries.record(connection, wanted, now)
                next_offsets[partition] = new[-1].offset + 1
                self._positions.advance(connection, partition, next_offsets[partition])
        EVENTS_REJECTED.inc(rejected)
        for delivery in fresh:
            if delivery.suppressed:
                DELIVERIES.labels(channel=delivery.channel, outcome="suppressed").inc()
        return next_offsets

    def _decode(
        self, connection: sa.Connection, deliveries: Sequence[Delivery], now: datetime
    ) -> tuple[list[ReportFound], int]:
        reports = []
        for delivery in deliveries:
            try:
                reports.append(decode_report(delivery.record))
            except EventRejected as error:
                self._log.error("report event rejected", event_id=event_id(delivery.record), error=str(error))
                self._deliveries.hold_rejected(connection, delivery, str(error), now)
        return reports, len(deliveries) - len(reports)

    def _rows(self, report: ReportFound, now: datetime) -> list[NewDelivery]:
        payload = message_for(report)
        return [
            NewDelivery(
                id=delivery_id(report.id, channel),
                event_id=report.id,
                report_id=report.report_id,
                channel=channel,
                payload=payload,
                suppressed=suppression(report, self._settings, now),
            )
            for channel in self._channels
        ]


def suppression(report: ReportFound, settings: AlertSettings, now: datetime) -> str | None:
    """Why nobody is to be told of this report, or None."""
    if report.reason is FetchReason.BACKFILL and not settings.alert_on_backfill:
        return "the page was fetched to fill the past"
    if report.reason is FetchReason.REPLAY and not settings.alert_on_replay:
        return "the page was processed again"
    if report.reason is FetchReason.LIVE and now - report.fetched_at > timedelta(seconds=settings.max_age_seconds):
        return f"the page was fetched more than {settings.max_age_seconds:.0f} s ago"
    return None
