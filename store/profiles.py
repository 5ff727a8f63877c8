"""Site profiles as they were learned, and what happened to sources: versioned, never overwritten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from store.database import Database
from store.models import Source, SourceEvent, SourceProfile

LAYOUT_CHANGED: Final = "layout_changed"
PROFILE_LEARNED: Final = "profile_learned"


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredProfile:
    source_id: str
    version: int
    profile: Mapping[str, Any]
    learned_at: datetime
    evidence: Sequence[str]
    """URLs of the pages it was learned from."""
    retired_at: datetime | None
    """None while it is in use."""


def profiles(database: Database, *, source_id: str | None = None, active: bool = False) -> Sequence[StoredProfile]:
    """Newest first; `active` leaves out the retired ones."""
    query = sa.select(SourceProfile).order_by(SourceProfile.source_id, SourceProfile.version.desc())
    if source_id:
        query = query.where(SourceProfile.source_id == source_id)
    if active:
        query = query.where(SourceProfile.retired_at.is_(None))
    with database.read() as connection:
        return [StoredProfile(**row._mapping) for row in connection.execute(query)]


def selectors(database: Database) -> Mapping[str, Mapping[str, str]]:
    """CSS of `title` and `body` by source, of the enabled sources for which the registry gives them by hand."""
    query = sa.select(Source.id, Source.selectors).where(Source.enabled, Source.selectors.is_not(None))
    with database.read() as connection:
        return {row.id: row.selectors for row in connection.execute(query)}


def save(database: Database, source_id: str, profile: Mapping[str, Any], *, evidence: Sequence[str]) -> int:
    """Put a profile into use in place of the one before; returns its version."""
    now = datetime.now(UTC)
    with database.transaction() as connection:
        last = connection.scalar(
            sa.select(sa.func.max(SourceProfile.version)).where(SourceProfile.source_id == source_id)
        )
        version = (last or 0) + 1
        _retire(connection, source_id, now)
        connection.execute(
            # Two processors may learn at once: the first one's profile stands.
            database.insert(SourceProfile)
            .values(source_id=source_id, version=version, profile=profile, learned_at=now, evidence=list(evidence))
            .on_conflict_do_nothing()
        )
        _record(connection, source_id, PROFILE_LEARNED, {"version": version, "pages": list(evidence)}, now)
    return version


def retire(database: Database, source_id: str, *, misses: Sequence[str]) -> None:
    """Take the profile out of use because pages stopped fitting, and record that with the pages as evidence."""
    now = datetime.now(UTC)
    with database.transaction() as connection:
        if _retire(connection, source_id, now):
            _record(connection, source_id, LAYOUT_CHANGED, {"pages": list(misses)}, now)


def record_misses(database: Database, source_id: str, *, misses: Sequence[str]) -> None:
    """Record that pages do not fit what was written by hand, which stays in use."""
    with database.transaction() as connection:
        _record(connection, source_id, LAYOUT_CHANGED, {"pages": list(misses), "hand_written": True}, datetime.now(UTC))


def _retire(connection: sa.Connection, source_id: str, now: datetime) -> bool:
    retired = connection.execute(
        sa.update(SourceProfile)
        .where(SourceProfile.source_id == source_id, SourceProfile.retired_at.is_(None))
        .values(retired_at=now)
    )
    return retired.rowcount > 0


def _record(connection: sa.Connection, source_id: str, kind: str, detail: Mapping[str, Any], now: datetime) -> None:
    connection.execute(sa.insert(SourceEvent).values(source_id=source_id, kind=kind, at=now, detail=detail))
