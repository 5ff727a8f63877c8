"""Stores what the processor found: article, tags, places, facts, references, quarantine, outbox and position in ONE
transaction, so that a page is never lost and never stored twice, whatever is killed when.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from store.article_models import Article, ArticlePlace, ArticleTag, ArticleVersion, Fact, LegalReference
from store.bus.base import Delivery
from store.database import Database
from store.events import REPORTS, FetchReason, ReportFound, ReportPlace, encode_report
from store.models import Outbox, PageOutcome, Quarantine
from store.outcome import Outcome
from store.positions import Positions

SUMMARY_LENGTH: Final = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleRecord:
    """An article as it is to be remembered. The row mappings carry the column names of their tables."""

    version: Mapping[str, Any]
    """The columns of `article_version` but for article_id, number, event_id, stored_at, fetched_at, content_hash."""
    content_hash: str
    tags: Sequence[Mapping[str, Any]] = ()
    places: Sequence[Mapping[str, Any]] = ()
    references: Sequence[Mapping[str, Any]] = ()
    facts: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class QuarantineRecord:
    reason: str
    """A closed word: deadline, memory, crashed, failed, unreadable, rejected."""
    detail: str
    stage: str
    rules_version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PageFacts:
    """What the event said of the page, without its body."""

    event_id: str
    url: str
    source_id: str
    fetched_at: datetime
    reason: FetchReason


@dataclass(frozen=True, kw_only=True, slots=True)
class PageResult:
    """The processor's answer for one delivery. At most one of `article` and `quarantine` is set."""

    delivery: Delivery
    page: PageFacts | None
    """None when the record could not be decoded."""
    outcome: Outcome
    reason: str | None = None
    """For outcomes without an article: what was found instead."""
    article: ArticleRecord | None = None
    quarantine: QuarantineRecord | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Committed:
    """What one transaction stored: the outcomes it counted, and the positions it left."""

    outcomes: tuple[tuple[PageResult, Outcome], ...]
    positions: Mapping[int, int]

    def counts(self) -> Counter[Outcome]:
        return Counter(outcome for _, outcome in self.outcomes)


def article_id(url: str) -> str:
    """The identity of an article, from its canonical URL."""
    return hashlib.sha256(url.encode()).hexdigest()[:32]


def quarantine_id(result: PageResult) -> str:
    """The event's id; for a record that is no event, one derived from where it stands in the log."""
    delivery = result.delivery
    place = f"{delivery.topic}/{delivery.partition}/{delivery.offset}"
    return result.page.event_id if result.page else hashlib.sha256(place.encode()).hexdigest()[:32]


@dataclass(slots=True)
class _Known:
    """What the database holds of the articles and events of a batch; kept true while the batch is applied."""

    finished_events: set[str]
    articles: dict[str, tuple[int, str, int | None]]
    """By article id: current version, its content hash, the version that was announced."""


class ResultStore:
    """Applies batches of results for one consumer group."""

    def __init__(self, database: Database, positions: Positions) -> None:
        self._database = database
        self._positions = positions

    def commit(self, results: Sequence[PageResult]) -> Committed:
        """Store the results and move the positions. Results below a position were stored before and are skipped.

        Raises `DatabaseUnavailable`; then nothing was stored, or all of it was, and the call may be repeated.
        """
        with self._database.transaction() as connection:
            fresh, next_offsets = self._fence(connection, results)
            known = self._load_known(connection, fresh)
            batch = _Batch(self._database, connection, known, self._positions.group)
            outcomes = tuple((result, batch.apply(result)) for result in fresh)
            batch.flush()
            for partition, next_offset in next_offsets.items():
                self._positions.advance(connection, partition, next_offset)
        return Committed(outcomes=outcomes, positions=next_offsets)

    def _fence(
        self, connection: sa.Connection, results: Sequence[PageResult]
    ) -> tuple[list[PageResult], dict[int, int]]:
        fresh: list[PageResult] = []
        next_offsets: dict[int, int] = {}
        # In the order of partitions, so that two consumers never wait for each other.
        for partition in sorted({result.delivery.partition for result in results}):
            mine = [result for result in results if result.delivery.partition == partition]
            position = self._positions.lock(connection, partition)
            new = [result for result in mine if result.delivery.offset >= position]
            if new and mine[0].delivery.offset > position:
                continue  # Another consumer was restored to an earlier position: read again from there.
            if new:
                fresh += new
                next_offsets[partition] = new[-1].delivery.offset + 1
        return fresh, next_offsets

    def _load_known(self, connection: sa.Connection, results: Sequence[PageResult]) -> _Known:
        event_ids = {result.page.event_id for result in results if result.page}
        finished = connection.scalars(
            sa.select(PageOutcome.event_id).where(
                PageOutcome.event_id.in_(event_ids), PageOutcome.outcome != Outcome.QUARANTINED
            )
        )
        ids = {article_id(result.page.url) for result in results if result.page and result.article}
        query = (
            sa.select(Article.id, Article.current_version, ArticleVersion.content_hash, Article.announced_version)
            .join(
                ArticleVersion,
                (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.current_version),
            )
            .where(Article.id.in_(ids))
        )
        rows = connection.execute(query)
        return _Known(
            finished_events={event for event in finished if event},
            articles={row[0]: (row[1], row[2], row[3]) for row in rows},
        )


class _Batch:
    """Collects the rows of a batch and writes them table by table."""

    def __init__(self, database: Database, connection: sa.Connection, known: _Known, group: str) -> None:
        self._database = database
        self._connection = connection
        self._known = known
        self._group = group
        self._now = datetime.now(UTC)
        self._rows: dict[type[Any], list[dict[str, Any]]] = {}
        self._touched: dict[str, dict[str, Any]] = {}
        self._resolved: list[str] = []

    def apply(self, result: PageResult) -> Outcome:
        outcome = self._decide(result)
        if result.page and result.article and outcome in {Outcome.REPORT, Outcome.NOT_A_REPORT}:
            self._add_version(result.page, result.article)
        if result.quarantine and outcome is Outcome.QUARANTINED:
            self._hold(result, result.quarantine)
        elif result.page:
            self._known.finished_events.add(result.page.event_id)
            self._resolved.append(result.page.event_id)
        self._add(PageOutcome, self._outcome_row(result, outcome))
        return outcome

    def _decide(self, result: PageResult) -> Outcome:
        if result.page is None:
            return result.outcome
        if result.page.event_id in self._known.finished_events:
            return Outcome.REDELIVERED
        known = self._known.articles.get(article_id(result.page.url))
        if result.article and known and known[1] == result.article.content_hash:
            return Outcome.UNCHANGED
        return result.outcome

    def _add_version(self, page: PageFacts, record: ArticleRecord) -> None:
        identity = article_id(page.url)
        previous, _, announced = self._known.articles.get(identity, (0, "", None))
        number = previous + 1
        if record.version["is_report"] and announced is None:
            announced = number
            self._announce(page, record, identity, number)
        self._known.articles[identity] = (number, record.content_hash, announced)
        self._touched[identity] = {
            "id": identity,
            "url": page.url,
            "source_id": page.source_id,
            "first_fetched_at": page.fetched_at,
            "current_version": number,
            "announced_version": announced,
        }
        self._add(
            ArticleVersion,
            {
                **record.version,
                "article_id": identity,
                "number": number,
                "event_id": page.event_id,
                "content_hash": record.content_hash,
                "fetched_at": page.fetched_at,
                "stored_at": self._now,
            },
        )
        parts = (
            (ArticleTag, record.tags),
            (ArticlePlace, record.places),
            (LegalReference, record.references),
            (Fact, record.facts),
        )
        for table, rows in parts:
            for position, row in enumerate(rows):
                numbered = {} if table is ArticleTag else {"position": position}
                self._add(table, {**row, **numbered, "article_id": identity, "version": number})

    def _announce(self, page: PageFacts, record: ArticleRecord, identity: str, number: int) -> None:
        version = record.version
        primary = next((place for place in record.places if place["is_primary"]), None)
        names = ("then", "level", "district_then", "province_then", "province_now")
        event = ReportFound(
            report_id=identity,
            version=number,
            content_hash=record.content_hash,
            url=page.url,
            title=version["title"],
            source_id=page.source_id,
            published_at=version["published_at"],
            fetched_at=page.fetched_at,
            found_at=self._now,
            score=float(version["score"]),
            pillars=tuple(tag["pillar"] for tag in record.tags if tag["role"] == "primary"),
            place=ReportPlace(**{name: primary[name] for name in names}) if primary else None,
            reason=page.reason,
            summary=(version["lead"] or version["text"])[:SUMMARY_LENGTH],
        )
        message = encode_report(event)
        self._add(
            Outbox,
            {
                "event_id": event.id,
                "topic": REPORTS.name,
                "record_key": message.key,
                "record_headers": {name: value.decode() for name, value in message.headers.items()},
                "record_value": message.value,
                "created_at": self._now,
                "published_at": None,
            },
        )

    def _hold(self, result: PageResult, record: QuarantineRecord) -> None:
        delivery = result.delivery
        row = {
            "id": quarantine_id(result),
            "state": "held",
            "reason": record.reason,
            "detail": record.detail,
            "stage": record.stage,
            "url": result.page.url if result.page else None,
            "source_id": result.page.source_id if result.page else None,
            "topic": delivery.topic,
            "partition": delivery.partition,
            "offset": delivery.offset,
            "attempts": 1,
            "record_key": delivery.record.key,
            "record_headers": {
                name: value.decode("utf-8", "backslashreplace") for name, value in delivery.record.headers.items()
            },
            "record_value": delivery.record.value,
            "rules_version": record.rules_version,
            "created_at": self._now,
            "changed_at": self._now,
        }
        changed = ("state", "reason", "detail", "stage", "partition", "offset", "rules_version", "changed_at")
        statement = self._database.insert(Quarantine).values(**row)
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["id"],
                set_={name: statement.excluded[name] for name in changed} | {"attempts": Quarantine.attempts + 1},
            )
        )

    def _outcome_row(self, result: PageResult, outcome: Outcome) -> dict[str, Any]:
        delivery, page = result.delivery, result.page
        return {
            "group": self._group,
            "topic": delivery.topic,
            "partition": delivery.partition,
            "offset": delivery.offset,
            "event_id": quarantine_id(result),
            "url": page.url if page else None,
            "source_id": page.source_id if page else None,
            "outcome": outcome,
            "reason": result.quarantine.reason if result.quarantine else result.reason,
            "fetched_at": page.fetched_at if page else None,
            "processed_at": self._now,
        }

    def _add(self, table: type[Any], row: dict[str, Any]) -> None:
        self._rows.setdefault(table, []).append(row)

    def flush(self) -> None:
        if self._touched:
            self._upsert_articles()
        for table in (ArticleVersion, ArticleTag, ArticlePlace, LegalReference, Fact, PageOutcome, Outbox):
            if rows := self._rows.get(table):
                self._connection.execute(sa.insert(table), rows)
        if self._resolved:
            self._connection.execute(
                sa.update(Quarantine)
                .where(Quarantine.id.in_(self._resolved), Quarantine.state != "resolved")
                .values(state="resolved", changed_at=self._now)
            )

    def _upsert_articles(self) -> None:
        changed_in = self._database.change_token(self._connection)
        statement = self._database.insert(Article)
        upsert = statement.on_conflict_do_update(
            index_elements=["id"],
            set_={name: statement.excluded[name] for name in ("current_version", "announced_version", "changed_in")},
        )
        self._connection.execute(upsert, [{**row, "changed_in": changed_in} for row in self._touched.values()])
