"""The crawler's memory: the sources with what was last seen of them, and every page that was ever discovered.

A discovered page stays due until it was handed to the bus, is known never to be fetchable, or used up its attempts.
A page that was fetched becomes due again as often as the crawler wants to see whether it was corrected.
The crawler may be killed at any time: what it was doing is due again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

from store.database import Database
from store.events import MAX_LINK_TEXT, FetchReason
from store.models import FrontierPage, Source, SourceEvent
from store.source_health import HEALTH_CHANGED, Judgement, SourceFacts, SourceHealth, expectation, judge

_INSERT_ROWS: Final = 500
_ERROR_LENGTH: Final = 500


class PageState(StrEnum):
    DISCOVERED = "discovered"
    """To be fetched when due."""
    FETCHED = "fetched"
    """The bus acknowledged it. It is fetched again when due, if it ever is."""
    REFUSED = "refused"
    """Never to be fetched: robots.txt, the address guard, gone, not a document."""
    FAILED = "failed"
    """Its attempts are used up."""
    GONE = "gone"
    """It was fetched, and is there no more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceRecord:
    """What the registry says of a source, as far as other rooms need it."""

    id: str
    name: str
    kind: str
    home: str
    province_then: str | None
    official: bool
    selectors: Mapping[str, str] | None = None
    """CSS of `title` and `body`, when they are written by hand."""
    documents: Mapping[str, Any] | None = None
    """Which files its articles may lead to, as `store.documents.DocumentRules` writes them; None: to none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceState:
    """What the crawler remembers of a source."""

    id: str
    next_poll_at: datetime | None
    failures: int
    state: dict[str, Any]
    health: SourceHealth
    succeeded_at: datetime | None = None
    new_page_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundPage:
    url: str
    """Canonical."""
    fetch_url: str
    link_text: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DuePage:
    url: str
    source_id: str
    fetch_url: str
    link_text: str | None
    reason: FetchReason
    attempts: int
    linked_from: str | None = None
    """The article of which it is a document."""
    visits: int = 0
    """0: it was never fetched."""
    body_sha256: str | None = None
    """Of what was published last."""

    @property
    def state(self) -> PageState:
        return PageState.FETCHED if self.visits else PageState.DISCOVERED


@dataclass(frozen=True, kw_only=True, slots=True)
class PageChange:
    """What became of an attempt to fetch a page."""

    url: str
    state: PageState
    attempts: int
    due_at: datetime | None
    """None: never again."""
    visits: int = 0
    fetched_at: datetime | None = None
    """None when it was not fetched: the last time stands."""
    status: int | None = None
    body_sha256: str | None = None
    """None when nothing was published: what is known stands."""
    error: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PollEnd:
    """How a poll of all entry points of a source ended."""

    source_id: str
    polled_at: datetime
    next_poll_at: datetime
    failures: int
    """Polls in a row that failed, this one included; 0 is a success."""
    error: str | None
    """The failure, or for a success what was odd about it."""
    state: Mapping[str, Any]


class Frontier:
    """All reading and writing of the tables `source` and `frontier`. Methods raise `DatabaseUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, records: Sequence[SourceRecord], *, now: datetime) -> None:
        """Make the sources the enabled ones; those of earlier registries stay, disabled, with their pages."""
        insert = self._database.insert(Source)
        described = ("name", "kind", "home", "province_then", "official", "selectors", "documents", "enabled")
        upsert = insert.on_conflict_do_update(
            index_elements=["id"], set_={column: insert.excluded[column] for column in described}
        )
        rows: list[dict[str, Any]] = [
            {
                "id": record.id,
                "name": record.name,
                "kind": record.kind,
                "home": record.home,
                "province_then": record.province_then,
                "official": record.official,
                "selectors": dict(record.selectors) if record.selectors else None,
                "documents": dict(record.documents) if record.documents else None,
                "enabled": True,
                "next_poll_at": now,
                "failures": 0,
                "state": {},
            }
            for record in records
        ]
        with self._database.transaction() as connection:
            connection.execute(sa.update(Source).values(enabled=False))
            if rows:
                connection.execute(upsert, rows)

    def sources(self) -> Sequence[SourceState]:
        """The enabled sources."""
        columns = (Source.id, Source.next_poll_at, Source.failures, Source.state, Source.health)
        query = sa.select(*columns, Source.succeeded_at, Source.new_page_at).where(Source.enabled)
        with self._database.read() as connection:
            return [
                SourceState(
                    id=row.id,
                    next_poll_at=row.next_poll_at,
                    failures=row.failures,
                    state=dict(row.state or {}),
                    health=SourceHealth(row.health),
                    succeeded_at=row.succeeded_at,
                    new_page_at=row.new_page_at,
                )
                for row in connection.execute(query)
            ]

    def discover(
        self,
        source_id: str,
        pages: Iterable[FoundPage],
        *,
        now: datetime,
        reason: FetchReason = FetchReason.LIVE,
        state: Mapping[str, Any] | None = None,
    ) -> int:
        """Remember the pages that are not known yet, due now; returns how many those are.

        `state` is the source's state after the document that announced them. It is stored in the same transaction:
        an entity tag that was remembered without its pages would hide them for good.
        """
        new = 0
        with self._database.transaction() as connection:
            for rows in _chunks(discovered_rows(source_id, pages, reason, now), _INSERT_ROWS):
                # In the order of their keys, as the processors insert documents: neither then waits for the other.
                ordered = sorted(rows, key=lambda row: str(row["url"]))
                insert = self._database.insert(FrontierPage).values(ordered).on_conflict_do_nothing()
                new += len(connection.execute(insert.returning(FrontierPage.url)).all())
            changes: dict[str, Any] = {}
            if state is not None:
                changes["state"] = dict(state)
            if new:
                changes["new_page_at"] = now
            if changes:
                connection.execute(sa.update(Source).where(Source.id == source_id).values(**changes))
        return new

    def end_poll(self, end: PollEnd) -> Judgement:
        """Store how a poll ended and judge the source's health by it; a change of health is recorded as an event."""
        values: dict[str, Any] = {
            "polled_at": end.polled_at,
            "next_poll_at": end.next_poll_at,
            "failures": end.failures,
            "last_error": _storable(end.error, _ERROR_LENGTH),
            "state": dict(end.state),
        }
        if end.failures == 0:
            values["succeeded_at"] = end.polled_at
        with self._database.transaction() as connection:
            connection.execute(sa.update(Source).where(Source.id == end.source_id).values(**values))
            return _judge(connection, end)

    def remember(self, source_id: str, state: Mapping[str, Any]) -> None:
        """Store a source's state outside of a poll."""
        with self._database.transaction() as connection:
            connection.execute(sa.update(Source).where(Source.id == source_id).values(state=dict(state)))

    def due(self, sources: Collection[str], *, now: datetime, per_source: int) -> Sequence[DuePage]:
        """Up to so many due pages of each of the sources: live ones first, then those that wait longest.

        Documents of articles come after what the source announced, and pages that were fetched before after all
        others. Documents of a source whose articles are no longer followed to them wait.
        """
        if not sources:
            return []
        liveness = sa.case((FrontierPage.reason == FetchReason.LIVE.value, 0), else_=1)
        newness = sa.case((FrontierPage.state == PageState.DISCOVERED.value, 0), else_=1)
        announced = sa.case((FrontierPage.linked_from.is_(None), 0), else_=1)
        order = (newness, liveness, announced, FrontierPage.due_at, FrontierPage.url)
        followed = sa.select(Source.id).where(Source.documents.is_not(None))
        ranked = (
            sa.select(
                FrontierPage.url,
                FrontierPage.source_id,
                FrontierPage.fetch_url,
                FrontierPage.link_text,
                FrontierPage.reason,
                FrontierPage.attempts,
                FrontierPage.visits,
                FrontierPage.body_sha256,
                FrontierPage.linked_from,
                sa.func.row_number().over(partition_by=FrontierPage.source_id, order_by=order).label("rank"),
            )
            .where(
                FrontierPage.state.in_((PageState.DISCOVERED.value, PageState.FETCHED.value)),
                FrontierPage.due_at <= now,
                FrontierPage.source_id.in_(sources),
                sa.or_(FrontierPage.linked_from.is_(None), FrontierPage.source_id.in_(followed)),
            )
            .subquery()
        )
        query = sa.select(ranked).where(ranked.c.rank <= per_source).order_by(ranked.c.rank)
        with self._database.read() as connection:
            return [
                DuePage(
                    url=row.url,
                    source_id=row.source_id,
                    fetch_url=row.fetch_url,
                    link_text=row.link_text,
                    reason=FetchReason(row.reason),
                    attempts=row.attempts,
                    visits=row.visits,
                    body_sha256=row.body_sha256,
                    linked_from=row.linked_from,
                )
                for row in connection.execute(query)
            ]

    def change(self, changes: Sequence[PageChange]) -> None:
        """Store what became of these pages, in one transaction."""
        columns = ("state", "attempts", "due_at", "visits", "status", "last_error")
        lasting = (FrontierPage.fetched_at, FrontierPage.body_sha256)
        statement = (
            sa.update(FrontierPage)
            .where(FrontierPage.url == sa.bindparam("page_url"))
            .values({column: sa.bindparam(f"new_{column}") for column in columns})
            .values({one.key: sa.func.coalesce(sa.bindparam(f"new_{one.key}", type_=one.type), one) for one in lasting})
        )
        rows = [
            {
                "page_url": change.url,
                "new_state": change.state.value,
                "new_attempts": change.attempts,
                "new_due_at": change.due_at,
                "new_visits": change.visits,
                "new_fetched_at": change.fetched_at,
                "new_status": change.status,
                "new_body_sha256": change.body_sha256,
                "new_last_error": _storable(change.error, _ERROR_LENGTH),
            }
            for change in changes
        ]
        if rows:
            with self._database.transaction() as connection:
                connection.execute(statement, rows)

    def counts(self) -> Mapping[PageState, int]:
        """How many pages are in each state."""
        query = sa.select(FrontierPage.state, sa.func.count()).group_by(FrontierPage.state)
        with self._database.read() as connection:
            found = {str(state): int(count) for state, count in connection.execute(query)}
        return {state: found.get(state.value, 0) for state in PageState}


def _judge(connection: sa.Connection, end: PollEnd) -> Judgement:
    pages, days, since = expectation(end.state)
    columns = (Source.health, Source.polled_at, Source.succeeded_at, Source.new_page_at, Source.last_error)
    row = connection.execute(sa.select(*columns).where(Source.id == end.source_id)).one()
    recent = FrontierPage.discovered_at > end.polled_at - timedelta(days=days)
    announced = FrontierPage.linked_from.is_(None)
    query = sa.select(sa.func.count()).where(FrontierPage.source_id == end.source_id, recent, announced)
    facts = SourceFacts(
        polled_at=row.polled_at,
        succeeded_at=row.succeeded_at,
        new_page_at=row.new_page_at,
        failures=end.failures,
        last_error=row.last_error,
        new_pages=connection.scalar(query) or 0,
        expected_pages=pages,
        expected_days=days,
        watched_since=since,
    )
    found = judge(facts, now=end.polled_at)
    values: dict[str, Any] = {"health": found.health.value, "health_reason": found.reason}
    if row.health != found.health:
        values["health_changed_at"] = end.polled_at
        detail = {"from": row.health, "to": found.health.value, "reason": found.reason}
        event = {"source_id": end.source_id, "kind": HEALTH_CHANGED, "at": end.polled_at, "detail": detail}
        connection.execute(sa.insert(SourceEvent).values(**event))
    connection.execute(sa.update(Source).where(Source.id == end.source_id).values(**values))
    return found


def discovered_rows(
    source_id: str, pages: Iterable[FoundPage], reason: FetchReason, now: datetime, *, linked_from: str | None = None
) -> Iterable[dict[str, Any]]:
    """The rows of pages that are due from now on; `linked_from` is the article of which they are documents."""
    for order, page in enumerate(pages):
        yield {
            "url": page.url,
            "source_id": source_id,
            "fetch_url": page.fetch_url,
            "link_text": _storable(page.link_text, MAX_LINK_TEXT),
            "state": PageState.DISCOVERED.value,
            "reason": reason.value,
            "discovered_at": now,
            # Pages of one document are fetched in its order, which is that of their importance or age.
            "due_at": now + timedelta(microseconds=order),
            "attempts": 0,
            "visits": 0,
            "linked_from": linked_from,
        }


def _storable(text: str | None, length: int) -> str | None:
    """Strangers wrote it: databases refuse NUL and half surrogate pairs, with errors that no retry would heal."""
    if not text:
        return None
    return text[:length].replace("\0", "").encode("utf-8", "replace").decode() or None


def _chunks(rows: Iterable[dict[str, Any]], size: int) -> Iterable[list[dict[str, Any]]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, size)):
        yield chunk
