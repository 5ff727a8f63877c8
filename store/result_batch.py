"""One batch of results inside its transaction: decides each page's outcome and writes all rows table by table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from store.article_models import Article, ArticlePlace, ArticleTag, ArticleVersion, Fact, LegalReference
from store.clusters import Candidate, assign_cluster, lock_clusters
from store.database import Database
from store.documents import DocumentRules, FoundDocuments, reports_linking
from store.events import REPORTS, ReportFound, ReportPlace, encode_report
from store.models import Outbox, PageOutcome, Quarantine
from store.outcome import Outcome
from store.quarantine import storable_headers, storable_text
from store.result_records import (
    ArticleRecord,
    PageFacts,
    PageResult,
    QuarantineRecord,
    ResultRules,
    Revision,
    article_id,
    quarantine_id,
)

SUMMARY_LENGTH: Final = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownArticle:
    number: int
    """Current version."""
    content_hash: str
    announced: int | None
    """The version that was announced."""
    version: Mapping[str, Any]
    """The current version, by the columns that are compared."""


@dataclass(slots=True)
class Known:
    """What the database holds of the articles and events of a batch; kept true while the batch is applied."""

    finished_events: set[str]
    articles: dict[str, KnownArticle]
    """By article id."""
    document_rules: Mapping[str, DocumentRules]
    """By source."""


@dataclass(frozen=True, slots=True)
class _NewVersion:
    page: PageFacts
    record: ArticleRecord
    number: int
    announce: bool
    """Whether the article became a report with this batch."""


class Batch:
    """Collects the rows of a batch and writes them table by table."""

    def __init__(
        self, database: Database, connection: sa.Connection, known: Known, group: str, rules: ResultRules
    ) -> None:
        self._database = database
        self._connection = connection
        self._known = known
        self._group = group
        self._rules = rules
        self._now = datetime.now(UTC)
        self._rows: dict[type[Any], list[dict[str, Any]]] = {}
        self._touched: dict[str, dict[str, Any]] = {}
        self._resolved: list[str] = []
        self._bodies: dict[str, dict[str, Any]] = {}
        """By article id: the body it was last read from."""
        self._documents = FoundDocuments(known.document_rules)
        self._reports: dict[str, _NewVersion] = {}
        """By article id: the last version of this batch that is a report."""

    def apply(self, result: PageResult) -> Outcome:
        outcome, revision = self._decide(result)
        if result.page and result.article:
            identity = article_id(result.page.url)
            body = {"body_sha256": result.page.body_sha256, "judged_by": result.article.judged_by}
            self._bodies[identity] = {"article": identity, **body}
        if result.page and result.article and outcome in {Outcome.REPORT, Outcome.NOT_A_REPORT}:
            self._add_version(result.page, result.article, revision)
        if result.page and result.article and outcome is not Outcome.REDELIVERED:
            # Also of a text that did not change: a file may have been added beside it.
            version = self._known.articles[article_id(result.page.url)].number
            self._documents.note(result.page, version, result.article.documents)
        if result.quarantine and outcome is Outcome.QUARANTINED:
            self._hold(result, result.quarantine)
        elif result.page:
            self._known.finished_events.add(result.page.event_id)
            self._resolved.append(result.page.event_id)
        self._add(PageOutcome, self._outcome_row(result, outcome))
        return outcome

    def _decide(self, result: PageResult) -> tuple[Outcome, Revision | None]:
        """The outcome, and for another version of a known article what it changes."""
        if result.page is None:
            return result.outcome, None
        if result.page.event_id in self._known.finished_events:
            return Outcome.REDELIVERED, None
        known = self._known.articles.get(article_id(result.page.url))
        if result.article is None or known is None:
            return result.outcome, None
        if known.content_hash == result.article.content_hash:
            return Outcome.UNCHANGED, None
        revision = self._rules.revision(known.version, result.article.version)
        # A counter or a clock moved, or white space: nothing that a reader would call another version.
        return (result.outcome if revision.significance > 0 else Outcome.UNCHANGED), revision

    def _add_version(self, page: PageFacts, record: ArticleRecord, revision: Revision | None) -> None:
        identity = article_id(page.url)
        known = self._known.articles.get(identity)
        number = known.number + 1 if known else 1
        announced = known.announced if known else None
        is_report = bool(record.version["is_report"])
        is_first = is_report and announced is None
        if is_first:
            announced = number
        if is_report:
            earlier = self._reports.get(identity)
            announce = is_first or (earlier is not None and earlier.announce)
            self._reports[identity] = _NewVersion(page, record, number, announce)
        self._known.articles[identity] = KnownArticle(
            number=number, content_hash=record.content_hash, announced=announced, version=record.version
        )
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
                "significance": revision.significance if revision else None,
                "change_kinds": list(revision.kinds) if revision else [],
                "diff": revision.diff if revision else None,
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

    def _group_copies(self) -> Mapping[str, str]:
        """The cluster of each new report: the id of the report it is a copy of, or its own."""
        changed_in = self._database.change_token(self._connection)
        clusters = {}
        for identity, new in self._reports.items():
            if new.record.sketch is not None:
                candidate = Candidate(
                    article_id=identity,
                    version=new.number,
                    at=new.record.version["published_at"] or new.page.fetched_at,
                    record=new.record.sketch,
                )
                clusters[identity] = assign_cluster(
                    self._connection, candidate, self._rules.copies, changed_in=changed_in
                )
        return clusters

    def _announcement(self, identity: str, new: _NewVersion, cluster: str | None, parent: str | None) -> dict[str, Any]:
        page, record, version = new.page, new.record, new.record.version
        primary = next((place for place in record.places if place["is_primary"]), None)
        names = ("then", "level", "district_then", "province_then", "province_now")
        event = ReportFound(
            report_id=identity,
            version=new.number,
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
            copy_of=cluster if cluster != identity else None,
            attachment_of=parent,
        )
        message = encode_report(event)
        return {
            "event_id": event.id,
            "topic": REPORTS.name,
            "record_key": message.key,
            "record_headers": {name: value.decode() for name, value in message.headers.items()},
            "record_value": message.value,
            "created_at": self._now,
            "published_at": None,
        }

    def _hold(self, result: PageResult, record: QuarantineRecord) -> None:
        delivery = result.delivery
        row = {
            "id": quarantine_id(result),
            "state": "held",
            "reason": record.reason,
            "detail": storable_text(record.detail),
            "stage": record.stage,
            "url": result.page.url if result.page else None,
            "source_id": result.page.source_id if result.page else None,
            "topic": delivery.topic,
            "partition": delivery.partition,
            "offset": delivery.offset,
            "attempts": 1,
            "record_key": storable_text(delivery.record.key),
            "record_headers": storable_headers(delivery.record.headers),
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
        if self._reports:
            # Before anything is written: two copies that are stored at once would miss each other.
            lock_clusters(self._connection)
        if self._touched:
            self._upsert_articles()
        if self._bodies:
            seen = sa.update(Article).where(Article.id == sa.bindparam("article"))
            self._connection.execute(seen, list(self._bodies.values()))
        for table in (ArticleVersion, ArticleTag, ArticlePlace, LegalReference, Fact, PageOutcome):
            if rows := self._rows.get(table):
                self._connection.execute(sa.insert(table), rows)
        self._documents.flush(self._database, self._connection, self._now)
        if self._reports:
            self._announce_reports()
        if self._resolved:
            self._connection.execute(
                sa.update(Quarantine)
                .where(Quarantine.id.in_(self._resolved), Quarantine.state != "resolved")
                .values(state="resolved", changed_at=self._now)
            )

    def _announce_reports(self) -> None:
        clusters = self._group_copies()
        announced = {identity: new for identity, new in self._reports.items() if new.announce}
        parents = reports_linking(self._connection, {new.page.url for new in announced.values()})
        rows = [
            self._announcement(identity, new, clusters.get(identity), parents.get(new.page.url))
            for identity, new in announced.items()
        ]
        if rows:
            self._connection.execute(sa.insert(Outbox), rows)

    def _upsert_articles(self) -> None:
        changed_in = self._database.change_token(self._connection)
        statement = self._database.insert(Article)
        upsert = statement.on_conflict_do_update(
            index_elements=["id"],
            set_={name: statement.excluded[name] for name in ("current_version", "announced_version", "changed_in")},
        )
        self._connection.execute(upsert, [{**row, "changed_in": changed_in} for row in self._touched.values()])
