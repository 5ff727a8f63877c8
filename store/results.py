"""Stores what the processor found: article, tags, places, facts, references, quarantine, outbox and position in ONE
transaction, so that a page is never lost and never stored twice, whatever is killed when.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import sqlalchemy as sa

from store.article_models import Article, ArticleVersion
from store.database import Database
from store.documents import document_rules
from store.models import PageOutcome
from store.outcome import Outcome
from store.positions import Positions
from store.result_batch import Batch, Known, KnownArticle
from store.result_records import Committed, PageResult, ResultRules, article_id

COMPARED_COLUMNS: Final = ("title", "text", "author", "outlet", "published_at")


class ResultStore:
    """Applies batches of results for one consumer group."""

    def __init__(self, database: Database, positions: Positions, rules: ResultRules) -> None:
        self._database = database
        self._positions = positions
        self._rules = rules

    def commit(self, results: Sequence[PageResult]) -> Committed:
        """Store the results and move the positions. Results below a position were stored before and are skipped.

        Raises `DatabaseUnavailable`; then nothing was stored, or all of it was, and the call may be repeated.
        """
        with self._database.transaction() as connection:
            fresh, next_offsets = self._fence(connection, results)
            known = self._load_known(connection, fresh)
            batch = Batch(self._database, connection, known, self._positions.group, self._rules)
            outcomes = tuple((result, batch.apply(result)) for result in fresh)
            batch.flush()
            for partition, next_offset in next_offsets.items():
                self._positions.advance(connection, partition, next_offset)
        return Committed(outcomes=outcomes, positions=next_offsets)

    def seen_bodies(self, urls: Collection[str]) -> Mapping[str, tuple[str, str]]:
        """For the known articles among the URLs: hash of the body they were last read from, and what judged it."""
        query = sa.select(Article.url, Article.body_sha256, Article.judged_by).where(
            Article.id.in_([article_id(url) for url in urls])
        )
        with self._database.read() as connection:
            rows = connection.execute(query)
            return {row.url: (row.body_sha256, row.judged_by) for row in rows if row.body_sha256 and row.judged_by}

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

    def _load_known(self, connection: sa.Connection, results: Sequence[PageResult]) -> Known:
        event_ids = {result.page.event_id for result in results if result.page}
        finished = connection.scalars(
            sa.select(PageOutcome.event_id).where(
                PageOutcome.event_id.in_(event_ids), PageOutcome.outcome != Outcome.QUARANTINED
            )
        )
        ids = {article_id(result.page.url) for result in results if result.page and result.article}
        compared = [getattr(ArticleVersion, name) for name in COMPARED_COLUMNS]
        query = (
            sa.select(
                Article.id, Article.current_version, Article.announced_version, ArticleVersion.content_hash, *compared
            )
            .join(
                ArticleVersion,
                (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.current_version),
            )
            .where(Article.id.in_(ids))
        )
        rows = connection.execute(query)
        linking = {result.page.source_id for result in results if result.page and _has_documents(result)}
        return Known(
            document_rules=document_rules(connection, linking),
            finished_events={event for event in finished if event},
            articles={
                row.id: KnownArticle(
                    number=row.current_version,
                    content_hash=row.content_hash,
                    announced=row.announced_version,
                    version={name: getattr(row, name) for name in COMPARED_COLUMNS},
                )
                for row in rows
            },
        )


def _has_documents(result: PageResult) -> bool:
    return result.article is not None and bool(result.article.documents)
