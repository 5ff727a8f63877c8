"""Puts report events into the outbox as the transaction of a result does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from store.database import Database
from store.events import REPORTS, ReportFound, encode_report
from store.models import Outbox


def put(database: Database, reports: Sequence[ReportFound], *, topic: str = REPORTS.name) -> None:
    with database.transaction() as connection:
        connection.execute(sa.insert(Outbox), [_row(event, topic) for event in reports])


def _row(event: ReportFound, topic: str) -> dict[str, Any]:
    record = encode_report(event)
    return {
        "event_id": event.id,
        "topic": topic,
        "record_key": record.key,
        "record_headers": {name: value.decode() for name, value in record.headers.items()},
        "record_value": record.value,
        "created_at": datetime.now(UTC),
        "published_at": None,
    }
