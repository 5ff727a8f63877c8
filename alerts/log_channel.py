"""The channel that needs no set-up: one structured line in the log per report."""

from __future__ import annotations

from typing import Final

import structlog

from alerts.channel import Alert
from alerts.settings import LOG_CHANNEL

_FIELDS: Final = ("report_id", "version", "url", "title", "source_id", "published_at", "pillars", "place", "score")


class LogChannel:
    """Never fails: a log that cannot be written is the host's problem, and the ledger has the alert anyway."""

    name = LOG_CHANNEL

    def __init__(self) -> None:
        self._log = structlog.get_logger("alerts")

    def send(self, alert: Alert) -> None:
        data = alert.payload["data"]
        self._log.info("report found", alert_id=alert.id, **{field: data.get(field) for field in _FIELDS})
