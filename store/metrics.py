"""The store's own metrics: the outbox, through which every report must pass before anyone hears of it."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge

OUTBOX_PUBLISHED: Final = Counter(
    "reformwatch_outbox_published_total", "Events of the outbox that the bus confirmed, repeats after a crash included."
)
OUTBOX_WAITING: Final = Gauge("reformwatch_outbox_waiting", "Events written with a result and not yet published.")
OUTBOX_OLDEST_SECONDS: Final = Gauge(
    "reformwatch_outbox_oldest_seconds", "Age of the oldest event not yet published; 0 when none waits."
)
