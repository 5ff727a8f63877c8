"""Sends what the ledger owes one channel. Every channel has a sender in its own thread: a dead one delays no other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random, SystemRandom
from typing import Final

import structlog

from alerts.backoff import Backoff
from alerts.channel import Alert, Channel, DeliveryFailed, DeliveryRefused
from alerts.metrics import DELIVERIES, LATENCY_SECONDS
from alerts.settings import AlertSettings
from store.deliveries import Claim, Deliveries
from store.errors import TryLater

MAX_IDLE_SECONDS: Final = 1.0
"""How soon rows that another process recorded are noticed."""
DEPENDENCY_WAIT_SECONDS: Final = 2.0

_log = structlog.get_logger()


class Sender:
    """Claims, sends and closes deliveries of one channel, one at a time."""

    def __init__(
        self,
        deliveries: Deliveries,
        channel: Channel,
        settings: AlertSettings,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Random | None = None,
    ) -> None:
        self._deliveries = deliveries
        self._channel = channel
        self._settings = settings
        self._clock = clock
        self._chance = chance or SystemRandom()
        self._retry = Backoff(first_seconds=settings.first_retry_seconds, max_seconds=settings.max_retry_seconds)
        self._pause = Backoff(first_seconds=1.0, max_seconds=settings.max_pause_seconds)
        self._failures_in_a_row = 0
        self._paused_until: datetime | None = None
        self._unrecorded: Callable[[], None] | None = None
        self._wake = threading.Event()
        self._log = _log.bind(channel=channel.name)

    def wake(self) -> None:
        """There may be something new to send."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Send until told to stop; the delivery in flight is finished first. `wake` after setting `stop`."""
        while not stop.is_set():
            try:
                seconds = 0.0 if self.send_next() else self._idle_seconds()
            except TryLater as error:
                self._log.warning("ledger_unavailable", error=str(error))
                seconds = DEPENDENCY_WAIT_SECONDS
            self._wake.wait(seconds)
            self._wake.clear()

    def send_next(self) -> bool:
        """Attempt the delivery that has been due longest; False when nothing is due or the channel rests.

        Raises `DatabaseUnavailable`. What became of an attempt is then remembered and recorded by the next call.
        """
        self._record(self._unrecorded)
        now = self._clock()
        if self._paused_until is not None and now < self._paused_until:
            return False
        due = self._deliveries.next_due_at(self._channel.name)
        if due is None or due > now:
            return False
        claim = self._deliveries.claim(self._channel.name, now=now, lease_seconds=self._settings.lease_seconds)
        if claim is None:
            return False
        self._record(self._attempt(claim))
        return True

    def _record(self, closing: Callable[[], None] | None) -> None:
        self._unrecorded = closing
        if closing is not None:
            closing()
            self._unrecorded = None

    def _attempt(self, claim: Claim) -> Callable[[], None]:
        """Try once; returns what records the result in the ledger."""
        if claim.attempt > self._settings.max_attempts:
            return partial(self._give_up, claim, "every attempt ended with the death of the process that made it")
        found_at = datetime.fromisoformat(claim.payload["timestamp"])
        try:
            self._channel.send(Alert(id=claim.id, payload=claim.payload, found_at=found_at))
        except DeliveryRefused as error:
            return partial(self._give_up, claim, str(error))
        except DeliveryFailed as error:
            self._rest(error)
            if claim.attempt >= self._settings.max_attempts:
                return partial(self._give_up, claim, str(error))
            wait = max(self._retry.wait_seconds(claim.attempt, self._chance), error.retry_after_seconds or 0.0)
            return partial(self._try_later, claim, str(error), self._clock() + timedelta(seconds=wait))
        self._failures_in_a_row = 0
        self._paused_until = None
        return partial(self._succeed, claim, found_at, self._clock())

    def _succeed(self, claim: Claim, found_at: datetime, sent_at: datetime) -> None:
        self._deliveries.mark_sent(claim, sent_at)
        DELIVERIES.labels(channel=claim.channel, outcome="sent").inc()
        LATENCY_SECONDS.labels(channel=claim.channel).observe(max((sent_at - found_at).total_seconds(), 0.0))

    def _give_up(self, claim: Claim, error: str) -> None:
        self._deliveries.mark_failed(claim, error)
        DELIVERIES.labels(channel=claim.channel, outcome="failed").inc()
        self._log.error("alert_given_up", alert_id=claim.id, attempts=claim.attempt, error=error)

    def _try_later(self, claim: Claim, error: str, next_attempt_at: datetime) -> None:
        self._deliveries.mark_pending(claim, error, next_attempt_at)
        DELIVERIES.labels(channel=claim.channel, outcome="retried").inc()
        self._log.warning("alert_not_delivered", alert_id=claim.id, attempt=claim.attempt, error=error)

    def _rest(self, error: DeliveryFailed) -> None:
        """Rest the channel: at the first failure it is probably the message, after several it is the endpoint."""
        self._failures_in_a_row += 1
        asked = min(error.retry_after_seconds or 0.0, self._settings.max_pause_seconds)
        own = (
            self._pause.wait_seconds(self._failures_in_a_row - 1, self._chance) if self._failures_in_a_row > 1 else 0.0
        )
        self._paused_until = self._clock() + timedelta(seconds=max(asked, own))

    def _idle_seconds(self) -> float:
        now = self._clock()
        moments = [self._paused_until] if self._paused_until and self._paused_until > now else []
        if not moments and (due := self._deliveries.next_due_at(self._channel.name)):
            moments = [due]
        until = min(((moment - now).total_seconds() for moment in moments), default=MAX_IDLE_SECONDS)
        return min(max(until, 0.01), MAX_IDLE_SECONDS)
