"""Turns report events into rows of the ledger; rows and position are one transaction: nothing is lost or doubled.

Intake never waits for a channel, and channels never wait for intake.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from alerts.message import delivery_id, message_for
from alerts.metrics import DELIVERIES, EVENTS_REJECTED
from alerts.settings import AlertSettings
from store.bus.base import Bus, Consumer, Delivery
from store.database import Database
from store.deliveries import Deliveries, Heard, NewDelivery
from store.errors import EventRejected
from store.events import REPORTS, FetchReason, ReportFound, decode_report, event_id
from store.positions import Positions

GROUP: Final = "alerts"
MAX_BATCH_RECORDS: Final = 200

_log = structlog.get_logger()


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
            moved = self._record(aligned)
            self._consume().note_positions(moved)
            self._go_back({delivery.partition for delivery in aligned} - set(moved))
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

    def _go_back(self, partitions: set[int]) -> None:
        """Seek partitions whose position another process moved to where they stand now."""
        current = self._positions.current() if partitions else {}
        for partition in partitions:
            self._consume().seek(partition, current.get(partition, 0))

    def _record(self, batch: Sequence[Delivery]) -> Mapping[int, int]:
        now = self._clock()
        recorded = self._deliveries.take_in([self._hear(delivery, now) for delivery in batch], self._positions, now)
        for row in recorded.deliveries:
            if row.suppressed:
                DELIVERIES.labels(channel=row.channel, outcome="suppressed").inc()
        for item in recorded.rejected:
            EVENTS_REJECTED.inc()
            _log.error("report_event_rejected", event_id=event_id(item.delivery.record), error=item.rejected)
        return recorded.positions

    def _hear(self, delivery: Delivery, now: datetime) -> Heard:
        try:
            report = decode_report(delivery.record)
        except EventRejected as error:
            return Heard(delivery=delivery, deliveries=(), rejected=str(error))
        return Heard(delivery=delivery, deliveries=self._rows(report, now))

    def _rows(self, report: ReportFound, now: datetime) -> list[NewDelivery]:
        payload = message_for(report)
        return [
            NewDelivery(
                id=delivery_id(report.id, channel),
                event_id=report.id,
                report_id=payload["data"]["report_id"],
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
    days = settings.max_published_age_days
    if days and report.published_at is not None and report.found_at - report.published_at > timedelta(days=days):
        return f"it was published more than {days} days before it was found"
    if report.attachment_of is not None:
        return f"an attachment of the report {report.attachment_of}"
    if report.copy_of is not None and not settings.alert_on_copies:
        return f"a copy of the report {report.copy_of}"
    return None
