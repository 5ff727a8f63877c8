"""Groups the copies of one text under its first publisher, inside the transaction that stores them.

Only the head of a cluster can be found: copies leave no keys, so a text that is printed everywhere costs no more than
one that is printed once. Heads are looked up within a month of publication, so the work does not grow with the store.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from store.article_models import Article, ArticleBand, ArticleSketch

WINDOW: Final = timedelta(days=30)
"""Copies appear within hours or days; a template is filled in again next month."""
MAX_BAND_ROWS: Final = 2_000
"""Rows looked at for one article: bounds the work when a bucket is flooded by one template."""
MAX_CANDIDATES: Final = 20
"""Heads compared with one article, those with the most keys in common first."""
MAX_MEMBERS: Final = 500
"""Members whose places are compared when an article joins their cluster."""
LOCK_KEY: Final = 0x5EF0_C1A5
"""Advisory lock of PostgreSQL under which clusters are assigned."""
_EARLIEST, _LATEST = (datetime(year, 1, 1, tzinfo=UTC) for year in (1900, 9000))
"""Times are only shifted within these, for a page may print any date."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SketchRecord:
    """What is kept of a text to recognise its copies. The store does not interpret it."""

    sketch: bytes
    bands: tuple[int, ...]
    """Signed 64-bit keys; copies share at least one. Empty for a text that can have no copies."""
    subject: str | None
    places: tuple[str, ...]
    figures: Mapping[str, int]
    names: Mapping[str, int]
    title: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """An article version that looks for its cluster. The article's row exists already."""

    article_id: str
    version: int
    at: datetime
    """When it was published; when it was first fetched, if that is unknown."""
    record: SketchRecord


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyRules:
    """How two texts are compared; symmetric both."""

    is_copy: Callable[[SketchRecord, SketchRecord], bool]
    is_elsewhere: Callable[[SketchRecord, SketchRecord], bool]
    """Whether they are about different places. Holds between all members of a cluster, not only with its head: a text
    that names no place may be copied by two provinces that each put their own name in."""


def lock_clusters(connection: sa.Connection) -> None:
    """Let one transaction at a time assign clusters, until it ends: two copies stored at once would miss each other.

    To be called before the transaction writes any article. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})


def assign_cluster(connection: sa.Connection, article: Candidate, rules: CopyRules, *, changed_in: int) -> str:
    """Put an article into the cluster of its copies and return the cluster: the id of the first publisher.

    An article without copies is a cluster of its own. When the article is earlier than the head of the cluster it
    joins, it becomes the head, and every member's `cluster_id` and `changed_in` move with it. Repeating the call
    changes nothing.
    """
    _write_sketch(connection, article)
    # Once others were found to be copies of it, a later version of the head does not undo that.
    leads_others = bool(_members(connection, article.article_id))
    head = None if leads_others else _find_head(connection, article, rules)
    if head is not None and (head.at, head.article_id) < (article.at, article.article_id):
        _remove_bands(connection, article.article_id)
        _move(connection, [article.article_id], head.article_id, changed_in)
        return str(head.article_id)
    followers: list[str] = []
    if head is not None:
        _remove_bands(connection, head.article_id)
        followers = [head.article_id, *_members(connection, head.article_id)]
    _replace_bands(connection, article)
    _move(connection, [article.article_id, *followers], article.article_id, changed_in)
    return article.article_id


def _find_head(connection: sa.Connection, article: Candidate, rules: CopyRules) -> sa.Row[Any] | None:
    """The earliest head that the article is a copy of, and none of whose cluster is about another place."""
    if not article.record.bands:
        return None
    rows = connection.execute(_candidates(article)).all()
    copies = [row for row in rows if rules.is_copy(_record(row), article.record)]
    for head in sorted(copies, key=lambda row: (row.at, row.article_id)):
        if not _is_elsewhere(connection, article, head.article_id, rules):
            return head
    return None


def _is_elsewhere(connection: sa.Connection, article: Candidate, head: str, rules: CopyRules) -> bool:
    members = (
        sa.select(ArticleSketch)
        .join(Article, Article.id == ArticleSketch.article_id)
        .where(Article.cluster_id == head, Article.id != article.article_id)
        .limit(MAX_MEMBERS)
    )
    return any(rules.is_elsewhere(_record(row), article.record) for row in connection.execute(members))


def _candidates(article: Candidate) -> sa.Select[Any]:
    earliest, latest = max(article.at, _EARLIEST) - WINDOW, min(article.at, _LATEST) + WINDOW
    met = (
        sa.select(ArticleBand.article_id)
        .where(
            ArticleBand.key.in_(article.record.bands),
            ArticleBand.at.between(earliest, latest),
            ArticleBand.article_id != article.article_id,
        )
        .limit(MAX_BAND_ROWS)
        .subquery()
    )
    nearest = (
        sa.select(met.c.article_id)
        .group_by(met.c.article_id)
        .order_by(sa.func.count().desc(), met.c.article_id)
        .limit(MAX_CANDIDATES)
        .subquery()
    )
    return sa.select(ArticleSketch).join(nearest, nearest.c.article_id == ArticleSketch.article_id)


def _record(row: sa.Row[Any]) -> SketchRecord:
    return SketchRecord(
        sketch=row.sketch,
        bands=(),
        subject=row.subject,
        places=tuple(row.places),
        figures=row.figures,
        names=row.names,
        title=tuple(row.title),
    )


def _write_sketch(connection: sa.Connection, article: Candidate) -> None:
    record = article.record
    values = {
        "version": article.version,
        "at": article.at,
        "sketch": record.sketch,
        "subject": record.subject,
        "places": list(record.places),
        "figures": dict(record.figures),
        "names": dict(record.names),
        "title": list(record.title),
    }
    mine = ArticleSketch.article_id == article.article_id
    if connection.execute(sa.update(ArticleSketch).where(mine).values(**values)).rowcount == 0:
        connection.execute(sa.insert(ArticleSketch).values(article_id=article.article_id, **values))


def _members(connection: sa.Connection, head: str) -> list[str]:
    return list(connection.scalars(sa.select(Article.id).where(Article.cluster_id == head, Article.id != head)))


def _replace_bands(connection: sa.Connection, article: Candidate) -> None:
    _remove_bands(connection, article.article_id)
    rows = [{"key": key, "at": article.at, "article_id": article.article_id} for key in set(article.record.bands)]
    if rows:
        connection.execute(sa.insert(ArticleBand), rows)


def _remove_bands(connection: sa.Connection, article_id: str) -> None:
    connection.execute(sa.delete(ArticleBand).where(ArticleBand.article_id == article_id))


def _move(connection: sa.Connection, articles: Sequence[str], cluster: str, changed_in: int) -> None:
    connection.execute(
        sa.update(Article)
        .where(Article.id.in_(articles), Article.cluster_id.is_distinct_from(cluster))
        .values(cluster_id=cluster, changed_in=changed_in)
    )
