"""What a channel is: something with a name that can deliver one alert and say truthfully whether it did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from store.errors import NeverValid, TryLater


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """One message to one channel."""

    id: str
    """The same for every attempt, so that a receiver recognises a repeat."""
    payload: Mapping[str, Any]
    """See `alerts.message`."""
    found_at: datetime


class DeliveryFailed(TryLater):
    """The channel did not confirm; the alert may or may not have arrived."""

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds
        """How long the receiver asked to be left alone."""


class DeliveryRefused(NeverValid):
    """The receiver said it will never take this; trying again is unwelcome."""


class Channel(Protocol):
    @property
    def name(self) -> str:
        """Stable: it is part of the delivery's identity. Lower case, at most 32 characters."""

    def send(self, alert: Alert) -> None:
        """Deliver, or raise `DeliveryFailed` or `DeliveryRefused`. Blocks for a bounded time; called by one thread."""
