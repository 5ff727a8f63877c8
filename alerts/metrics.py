"""The alerter's metrics. Channel names come from the settings, outcomes from the list below: labels stay bounded."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

OUTCOMES: Final = ("sent", "retried", "failed", "suppressed")
DELIVERIES: Final = Counter(
    "reformwatch_alert_deliveries_total",
    "Deliveries by what became of them: sent, retried (will be tried again), failed (attempts used up or refused), "
    "suppressed (back-fill, replay, too old).",
    ["channel", "outcome"],
)
LATENCY_SECONDS: Final = Histogram(
    "reformwatch_alert_latency_seconds",
    "From the report being found to its delivery being confirmed.",
    ["channel"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 3600, 21_600, 86_400),
)
PENDING: Final = Gauge("reformwatch_alerts_pending", "Deliveries not yet confirmed and not given up.", ["channel"])
OLDEST_PENDING_SECONDS: Final = Gauge(
    "reformwatch_alerts_oldest_pending_seconds", "Age of the oldest such delivery; 0 when there is none.", ["channel"]
)
EVENTS_REJECTED: Final = Counter(
    "reformwatch_alert_events_rejected_total", "Report events that could not be understood; they are in quarantine."
)
CONNECTIONS_REFUSED: Final = Counter(
    "reformwatch_alert_connections_refused_total",
    "Webhook connections not made because the address is private.",
    ["channel"],
)
