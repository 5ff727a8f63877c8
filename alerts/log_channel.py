"""The channel that needs no set-up: one structured line in the log per report."""

from __future__ import annotations

from typing import Final

import structlog

from alerts.channel import Alert
from alerts.settings import LOG_CHANNEL

_FIELDS: Final = ("report_id", "version", "url", "title", "source_id", "published_at", "pillars", "place", "score")

_log = structlog.get_logger()


class LogChannel:
    """Never fails: a log that cannot be written is the host's problem, and the ledger has the alert anyway."""

    name = LOG_CHANNEL

    def send(self, alert: Alert) -> None:
        data = alert.payload["data"]
        _log.info("report_found", alert_id=alert.id, **{field: data.get(field) for field in _FIELDS})
