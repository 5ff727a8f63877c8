"""The processor's metrics, declared once per process. Labels come from closed lists only."""

from __future__ import annotations

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

PAGES: Final = Counter(
    "reformwatch_pages_total", "Pages that reached their outcome; received pages equal the sum.", ["outcome"]
)
SCANNED_DOCUMENTS: Final = Counter(
    "reformwatch_scanned_documents_total",
    "Documents without text because they are scans, counted among the pages that are no article.",
)
PAGE_SECONDS: Final = Histogram(
    "reformwatch_processor_seconds",
    "Seconds from submitting a page to a worker until its verdict.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
STORED_AFTER_SECONDS: Final = Histogram(
    "reformwatch_stored_after_seconds",
    "Seconds from fetching a page to storing its result.",
    buckets=(0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200),
)
COMMIT_SECONDS: Final = Histogram(
    "reformwatch_commit_seconds", "Seconds the transaction of one batch took.", buckets=(0.005, 0.02, 0.1, 0.5, 2, 10)
)
LAST_COMMIT: Final = Gauge(
    "reformwatch_processor_last_commit_timestamp_seconds", "Unix time at which results were last stored."
)
LAG: Final = Gauge(
    "reformwatch_consumer_lag",
    "Records in the log that are not yet processed, by the position in the database.",
    ["topic", "partition"],
)
WORKER_RESTARTS: Final = Counter(
    "reformwatch_worker_restarts_total", "Worker processes that were killed and replaced.", ["reason"]
)
QUARANTINED: Final = Gauge("reformwatch_quarantine_rows", "Pages held in quarantine.", ["reason"])
PARTITION_STOPPED: Final = Gauge(
    "reformwatch_partition_stopped", "1 while a partition is stopped after a run of bad pages.", ["partition"]
)
DEPENDENCY_WAITS: Final = Counter(
    "reformwatch_dependency_waits_total", "Times the processor paused because a dependency was down.", ["dependency"]
)
PROFILE_READS: Final = Counter(
    "reformwatch_profile_reads_total", "Articles of sources with a learned layout, by whether they fitted it.", ["fits"]
)
LAYOUT_CHANGES: Final = Counter(
    "reformwatch_layout_changes_total", "Times the pages of a source stopped fitting its learned layout."
)
