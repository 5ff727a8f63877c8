"""One look at the whole pipeline, from the database alone (the bus adds the lag)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import sqlalchemy as sa

from store import quarantine
from store.article_models import Article
from store.bus.base import Bus
from store.database import Database
from store.events import PAGES, REPORTS
from store.models import AlertDelivery, FrontierPage, OffsetGap, Outbox, PageOutcome, Position, Source
from store.source_health import NEEDS_A_LOOK, WORST_FIRST

RECENT: Final = timedelta(hours=24)
MOST_SOURCES: Final = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceStatus:
    id: str
    name: str
    failures: int
    succeeded_at: datetime | None
    new_page_at: datetime | None
    last_error: str | None
    health: str
    health_reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    frontier: Mapping[str, int]
    """Discovered pages by state."""
    outcomes: Mapping[str, int]
    """Pages processed in the last 24 hours, by outcome."""
    articles: int
    reports: int
    quarantined: Mapping[str, int]
    """Held pages by reason."""
    outbox_waiting: int
    deliveries: Mapping[str, int]
    """Alert deliveries by state."""
    gaps: int
    """Stretches of the log that retention removed before they were read."""
    lag: Mapping[str, int]
    """Unprocessed records by group."""
    source_health: Mapping[str, int]
    """Enabled sources by health."""
    sources: Sequence[SourceStatus]
    """Those that need a look, or whose last poll failed, the worst first; at most fifty."""


def collect(database: Database, bus: Bus) -> Status:
    """Raises `DatabaseUnavailable` or `BusUnavailable`."""
    since = datetime.now(UTC) - RECENT
    lag = _lag(database, bus)
    with database.read() as connection:
        return Status(
            frontier=_by(connection, FrontierPage.state),
            outcomes=_by(connection, PageOutcome.outcome, PageOutcome.processed_at > since),
            articles=_count(connection, Article.id),
            reports=_count(connection, Article.id, Article.announced_version.is_not(None)),
            quarantined=quarantine.counts(database),
            outbox_waiting=_count(connection, Outbox.id, Outbox.published_at.is_(None)),
            deliveries=_by(connection, AlertDelivery.state),
            gaps=_count(connection, OffsetGap.id),
            lag=lag,
            source_health=_by(connection, Source.health, Source.enabled.is_(True)),
            sources=_worst(connection),
        )


def _by(
    connection: sa.Connection, column: sa.orm.InstrumentedAttribute[str], *where: sa.ColumnElement[bool]
) -> Mapping[str, int]:
    query = sa.select(column, sa.func.count()).where(*where).group_by(column)
    return {row[0]: row[1] for row in connection.execute(query)}


def _count(
    connection: sa.Connection, column: sa.orm.InstrumentedAttribute[object], *where: sa.ColumnElement[bool]
) -> int:
    return connection.scalar(sa.select(sa.func.count(column)).where(*where)) or 0


def _worst(connection: sa.Connection) -> Sequence[SourceStatus]:
    columns = [getattr(Source, name) for name in SourceStatus.__dataclass_fields__]
    troubled = sa.or_(Source.health.in_(NEEDS_A_LOOK), Source.failures > 0)
    order = sa.case({health.value: place for place, health in enumerate(WORST_FIRST)}, value=Source.health)
    query = sa.select(*columns).where(troubled, Source.enabled).order_by(order, Source.failures.desc(), Source.id)
    return [SourceStatus(**row._mapping) for row in connection.execute(query.limit(MOST_SOURCES))]


def _lag(database: Database, bus: Bus) -> Mapping[str, int]:
    with database.read() as connection:
        rows = connection.execute(sa.select(Position.group, Position.topic, Position.partition, Position.next_offset))
        positions = {(row[0], row[1], row[2]): row[3] for row in rows}
    groups = {(group, topic) for group, topic, _ in positions} | {("processor", PAGES.name), ("alerts", REPORTS.name)}
    topics = {topic.name: bus.offsets(topic) for topic in (PAGES, REPORTS)}
    return {
        group: sum(
            held.end - max(held.begin, positions.get((group, topic, partition), 0))
            for partition, held in topics[topic].items()
        )
        for group, topic in sorted(groups)
    }
