"""The quarantine: pages that could not be processed, kept with their bytes until someone decides."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from store.bus.base import Bus, Record
from store.database import Database
from store.errors import EventRejected, NeverValid
from store.events import TOPICS, decode_page
from store.models import Quarantine

REASONS: Final = ("deadline", "memory", "crashed", "failed", "unreadable", "rejected")
"""Every reason a page can be held for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldPage:
    """A quarantined page without its bytes."""

    id: str
    state: str
    reason: str
    detail: str
    stage: str
    url: str | None
    source_id: str | None
    attempts: int
    record_bytes: int
    rules_version: str
    created_at: datetime
    changed_at: datetime


_COLUMNS = [
    *(getattr(Quarantine, item.name) for item in fields(HeldPage) if item.name != "record_bytes"),
    sa.func.length(Quarantine.record_value).label("record_bytes"),
]


def list_held(
    database: Database, *, state: str | None = "held", reason: str | None = None, limit: int = 100
) -> Sequence[HeldPage]:
    """Newest first. `state=None` lists requeued and resolved pages too."""
    query = sa.select(*_COLUMNS).order_by(Quarantine.changed_at.desc()).limit(limit)
    if state:
        query = query.where(Quarantine.state == state)
    if reason:
        query = query.where(Quarantine.reason == reason)
    with database.read() as connection:
        return [HeldPage(**row._mapping) for row in connection.execute(query)]


def counts(database: Database) -> Mapping[str, int]:
    """Held pages by reason."""
    query = sa.select(Quarantine.reason, sa.func.count()).where(Quarantine.state == "held").group_by(Quarantine.reason)
    with database.read() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def body(database: Database, identity: str) -> bytes | None:
    """The page's body as it was fetched; None when the record could not be decoded into one."""
    with database.read() as connection:
        record = _record(connection, identity)[1]
    try:
        return decode_page(record).body
    except EventRejected:
        return None


def show(database: Database, identity: str) -> HeldPage:
    """Raises `NeverValid` when there is no such page."""
    with database.read() as connection:
        row = connection.execute(sa.select(*_COLUMNS).where(Quarantine.id == identity)).one_or_none()
    if row is None:
        raise NeverValid(f"no page {identity!r} in quarantine; `reformwatch quarantine list` shows the ids")
    return HeldPage(**row._mapping)


def requeue(database: Database, bus: Bus, identities: Sequence[str]) -> int:
    """Publish the pages again under their own event ids; returns how many.

    A page is marked after it was published: a crash in between publishes it again, which consumers recognise.
    Raises `NeverValid` before anything is published when one of them is unknown.
    """
    chosen = list(dict.fromkeys(identities))
    for identity in chosen:
        show(database, identity)
    for identity in chosen:
        with database.read() as connection:
            topic_name, record = _record(connection, identity)
        topic = next(topic for topic in TOPICS if topic.name == topic_name)
        bus.publish(topic, record)
        with database.transaction() as connection:
            connection.execute(
                sa.update(Quarantine)
                .where(Quarantine.id == identity, Quarantine.state == "held")
                .values(state="requeued", changed_at=datetime.now(UTC))
            )
    return len(chosen)


def _record(connection: sa.Connection, identity: str) -> tuple[str, Record]:
    query = sa.select(
        Quarantine.topic, Quarantine.record_key, Quarantine.record_headers, Quarantine.record_value
    ).where(Quarantine.id == identity)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NeverValid(f"no page {identity!r} in quarantine; `reformwatch quarantine list` shows the ids")
    return row.topic, Record(key=row.record_key, value=row.record_value, headers=restored_headers(row.record_headers))


def undecodable_id(record: Record) -> str:
    """The identity of a record that is no event: what it calls itself is not to be trusted, its bytes are.

    Requeued and refused again it lands on its own row, and no other record ever does.
    """
    parts = [storable_text(record.key).encode(), record.value]
    for name, value in sorted(record.headers.items()):
        parts += [name.encode(), value]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:32]


def storable_headers(headers: Mapping[str, bytes]) -> dict[str, Any]:
    """Headers as JSON that any database takes and people can read, without losing a byte."""
    return {storable_text(name): _storable_value(value) for name, value in headers.items()}


def _storable_value(value: bytes) -> str | dict[str, str]:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = "\0"
    return {"base64": base64.b64encode(value).decode()} if "\0" in text else text


def restored_headers(stored: Mapping[str, Any]) -> dict[str, bytes]:
    return {
        name: value.encode() if isinstance(value, str) else base64.b64decode(value["base64"])
        for name, value in stored.items()
    }


def storable_text(text: str) -> str:
    """Without what PostgreSQL refuses in a text: NUL, and halves of surrogate pairs."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
