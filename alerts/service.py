"""The alerter as a whole: one intake, one sender per channel, and the figures that show a backlog."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import structlog

from alerts.channel import Channel
from alerts.intake import Intake
from alerts.log_channel import LogChannel
from alerts.metrics import DELIVERIES, OLDEST_PENDING_SECONDS, OUTCOMES, PENDING
from alerts.sender import DEPENDENCY_WAIT_SECONDS, Sender
from alerts.settings import AlertSettings
from alerts.webhook import WebhookChannel
from store.bus.base import Bus
from store.database import Database
from store.deliveries import FAILED, OPEN_STATES, SENT, SUPPRESSED, Deliveries
from store.errors import TryLater
from store.health import Health

POLL_SECONDS: Final = 0.5
OBSERVE_SECONDS: Final = 5.0

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Drained:
    """The whole ledger after `AlertService.drain`."""

    sent: int
    failed: int
    suppressed: int
    waiting: int
    """To be tried again later."""


def channels_for(settings: AlertSettings) -> tuple[Channel, ...]:
    webhooks = (
        WebhookChannel(webhook, allowed_networks=settings.networks, timeout_seconds=settings.timeout_seconds)
        for webhook in settings.webhooks
    )
    return (*((LogChannel(),) if settings.log else ()), *webhooks)


class AlertService:
    """Owns its threads and its consumer; the database and the bus belong to the caller."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        settings: AlertSettings,
        *,
        channels: Sequence[Channel] | None = None,
        health: Health | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """`channels` takes the place of those in the settings, for channels that are not built in."""
        self._channels = tuple(channels) if channels is not None else channels_for(settings)
        self._deliveries = Deliveries(database)
        self._clock = clock
        self._health = health or Health()
        names = [channel.name for channel in self._channels]
        for name in names:
            for outcome in OUTCOMES:
                # A counter that only appears with its first failure shows Prometheus no increase.
                DELIVERIES.labels(channel=name, outcome=outcome)
        self._intake = Intake(database, bus, channels=names, settings=settings, clock=clock)
        self._senders = [Sender(self._deliveries, channel, settings, clock=clock) for channel in self._channels]

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; deliveries in flight are finished, which takes at most one request's timeout.

        Whatever is neither a failed delivery nor an unavailable dependency ends the service with that exception.
        """
        quit_all = threading.Event()
        with ThreadPoolExecutor(len(self._senders) + 1, thread_name_prefix="alerts") as pool:
            futures = [pool.submit(sender.run, quit_all) for sender in self._senders]
            futures.append(pool.submit(self._take_in, quit_all))
            try:
                self._watch(stop, futures)
            finally:
                quit_all.set()
                self._wake_senders()
        # Only now: the thread that takes in may still be reading when it is told to quit.
        self._intake.close()
        for future in futures:
            future.result()

    def drain(self, *, timeout_seconds: float = 60.0) -> Drained:
        """Take in what is on the bus now and attempt everything that is due, in this thread; then close.

        Raises `BusUnavailable` or `DatabaseUnavailable`.
        """
        end = time.monotonic() + timeout_seconds
        while self._intake.step(timeout_seconds=POLL_SECONDS) and time.monotonic() < end:
            pass
        self._intake.close()
        for sender in self._senders:
            while time.monotonic() < end and sender.send_next():
                pass
        counts = self._deliveries.counts()
        return Drained(
            sent=sum(count for (_, state), count in counts.items() if state == SENT),
            failed=sum(count for (_, state), count in counts.items() if state == FAILED),
            suppressed=sum(count for (_, state), count in counts.items() if state == SUPPRESSED),
            waiting=sum(count for (_, state), count in counts.items() if state in OPEN_STATES),
        )

    def observe(self) -> None:
        """Bring the gauges of the backlog up to date. Raises `DatabaseUnavailable`."""
        now = self._clock()
        for channel, backlog in self._deliveries.backlog([channel.name for channel in self._channels]).items():
            PENDING.labels(channel=channel).set(backlog.pending)
            age = (now - backlog.oldest_created_at).total_seconds() if backlog.oldest_created_at else 0.0
            OLDEST_PENDING_SECONDS.labels(channel=channel).set(max(age, 0.0))

    def _take_in(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self._health.beat()
            try:
                if self._intake.step(timeout_seconds=POLL_SECONDS):
                    self._health.progressed()
                    self._wake_senders()
                self._health.waiting_for(None)
            except TryLater as error:
                self._health.waiting_for(str(error))
                _log.warning("alert_intake_waits", error=str(error))
                with suppress(TryLater):
                    self._intake.keep_alive()
                stop.wait(DEPENDENCY_WAIT_SECONDS)

    def _watch(self, stop: threading.Event, futures: Sequence[Future[None]]) -> None:
        observe_at = 0.0
        while not stop.is_set() and not wait(futures, timeout=POLL_SECONDS, return_when=FIRST_EXCEPTION).done:
            if time.monotonic() >= observe_at:
                observe_at = time.monotonic() + OBSERVE_SECONDS
                try:
                    self.observe()
                except TryLater as error:
                    _log.warning("alert_backlog_unknown", error=str(error))

    def _wake_senders(self) -> None:
        for sender in self._senders:
            sender.wake()
