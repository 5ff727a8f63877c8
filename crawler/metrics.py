"""The crawler's metrics, declared once per process. Labels come from closed lists and from the registry's ids."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

from store.frontier import SourceState
from store.source_health import SourceHealth

FETCHES: Final = Counter(
    "reformwatch_fetches_total", "Requests for pages and entry points by outcome.", ["source", "outcome"]
)
FETCH_SECONDS: Final = Histogram(
    "reformwatch_fetch_seconds",
    "Seconds from asking for a page or entry point until its last byte, redirects included.",
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60),
)
NOT_MODIFIED: Final = Counter(
    "reformwatch_fetches_not_modified_total", "Entry points that answered that nothing changed (304)."
)
ROBOTS_DENIED: Final = Counter(
    "reformwatch_robots_denied_total", "Requests that robots.txt forbade and that were not made."
)
ADDRESSES_REFUSED: Final = Counter(
    "reformwatch_addresses_refused_total", "Connections the address guard refused because the address is not public."
)
UNVERIFIED_TLS: Final = Counter(
    "reformwatch_unverified_tls_total", "TLS connections made without verifying the certificate, by registry opt-out."
)
POLLS: Final = Counter("reformwatch_polls_total", "Polls of sources.", ["source", "outcome"])
LAST_SUCCESS: Final = Gauge(
    "reformwatch_source_last_success_timestamp_seconds", "Unix time of the last poll that succeeded.", ["source"]
)
LAST_NEW_PAGE: Final = Gauge(
    "reformwatch_source_last_new_page_timestamp_seconds",
    "Unix time at which a new page was last discovered.",
    ["source"],
)
SOURCE_HEALTH: Final = Gauge(
    "reformwatch_source_health", "1 for the state that the source was in at its last poll.", ["source", "state"]
)
PUBLISH_SECONDS: Final = Histogram(
    "reformwatch_publish_seconds",
    "Seconds until the bus acknowledged a batch of pages.",
    buckets=(0.002, 0.005, 0.02, 0.1, 0.5, 2, 10, 60),
)
FRONTIER: Final = Gauge("reformwatch_frontier_pages", "Pages in the frontier by state.", ["state"])
WAITS: Final = Counter(
    "reformwatch_crawler_dependency_waits_total", "Waits because a dependency was unavailable.", ["dependency"]
)


def show_source(source_id: str, known: SourceState) -> None:
    """What is remembered of a source: a gauge that appears with the next success says nothing of one that fails."""
    show_health(source_id, known.health)
    for gauge, moment in ((LAST_SUCCESS, known.succeeded_at), (LAST_NEW_PAGE, known.new_page_at)):
        if moment is not None:
            gauge.labels(source_id).set(moment.timestamp())


def show_health(source_id: str, health: SourceHealth) -> None:
    """Let exactly one state of the source be 1."""
    for state in SourceHealth:
        SOURCE_HEALTH.labels(source_id, state.value).set(state is health)
