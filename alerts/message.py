"""The message that every channel delivers, made once when the report is heard of and kept in the ledger.

    {
      "type": "report.found",
      "timestamp": "2026-11-24T08:00:00Z",        when the report was found
      "data": {
        "event_id", "report_id", "version", "content_hash", "url", "title", "source_id", "summary",
        "published_at", "fetched_at", "found_at"   ISO 8601 in UTC; published_at may be null
        "score"                                    0 to 1
        "pillars"                                  ids of the primary pillars
        "place"                                    null, or then, level, district_then, province_then, province_now
        "copy_of"                                  null, or the report it is a syndicated copy of
        "attachment_of"                            null, or the report that links it as its document: never sent
        "reason"                                   live, backfill or replay
      }
    }

Fields are only added. The envelope is that of Standard Webhooks.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from store.events import ReportFound
from store.quarantine import storable_text

MESSAGE_TYPE: Final = "report.found"


def message_for(report: ReportFound) -> dict[str, Any]:
    data = asdict(report) | {
        "event_id": report.id,
        "pillars": list(report.pillars),
        "reason": report.reason.value,
        "published_at": _utc(report.published_at) if report.published_at else None,
        "fetched_at": _utc(report.fetched_at),
        "found_at": _utc(report.found_at),
    }
    return {"type": MESSAGE_TYPE, "timestamp": _utc(report.found_at), "data": _storable(data)}


def _storable(value: Any) -> Any:
    """An event may come from another program: what no database takes must not stop the alerts behind it."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict):
        return {name: _storable(part) for name, part in value.items()}
    return [_storable(part) for part in value] if isinstance(value, list) else value


def delivery_id(event_id: str, channel: str) -> str:
    """The identity of one message to one channel: a replayed event and a repeated attempt have the same."""
    digest = hashlib.sha256(f"{event_id}\n{channel}".encode()).hexdigest()
    return f"msg_{digest[:32]}"


def _utc(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
