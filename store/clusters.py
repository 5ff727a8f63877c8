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
    is_new = _write_sketch(connection, article)
    # Once others were found to be copies of it, a later version of the head does not undo that.
    leads_others = not is_new and bool(_members(connection, article.article_id))
    if not is_new:
        connection.execute(_REMOVE_BANDS, {"article": article.article_id})
    head = None if leads_others else _find_head(connection, article, rules)
    if head is not None and (head.at, head.article_id) < (article.at, article.article_id):
        _move(connection, [article.article_id], head.article_id, changed_in)
        return str(head.article_id)
    moved = [article.article_id]
    if head is not None:
        connection.execute(_REMOVE_BANDS, {"article": head.article_id})
        moved += [head.article_id, *_members(connection, head.article_id)]
    _write_bands(connection, article)
    _move(connection, moved, article.article_id, changed_in)
    return article.article_id


def _find_head(connection: sa.Connection, article: Candidate, rules: CopyRules) -> sa.Row[Any] | None:
    """The earliest head that the article is a copy of, and none of whose cluster is about another place."""
    if not article.record.bands:
        return None
    within = {
        "keys": article.record.bands,
        "earliest": max(article.at, _EARLIEST) - WINDOW,
        "latest": min(article.at, _LATEST) + WINDOW,
        "article": article.article_id,
        "most_rows": MAX_BAND_ROWS,
        "most_heads": MAX_CANDIDATES,
    }
    rows = connection.execute(_HEADS, within).all()
    copies = [row for row in rows if rules.is_copy(_record(row), article.record)]
    for head in sorted(copies, key=lambda row: (row.at, row.article_id)):
        if not _is_elsewhere(connection, article, head.article_id, rules):
            return head
    return None


def _is_elsewhere(connection: sa.Connection, article: Candidate, head: str, rules: CopyRules) -> bool:
    members = connection.execute(_MEMBER_SKETCHES, {"head": head, "article": article.article_id, "most": MAX_MEMBERS})
    return any(rules.is_elsewhere(_record(row), article.record) for row in members)


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


def _write_sketch(connection: sa.Connection, article: Candidate) -> bool:
    """Whether the article had none before."""
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
    if connection.execute(_UPDATE_SKETCH, {**values, "article": article.article_id}).rowcount:
        return False
    connection.execute(_INSERT_SKETCH, {**values, "article_id": article.article_id})
    return True


def _write_bands(connection: sa.Connection, article: Candidate) -> None:
    rows = [{"key": key, "at": article.at, "article_id": article.article_id} for key in set(article.record.bands)]
    if rows:
        connection.execute(_INSERT_BANDS, rows)


def _members(connection: sa.Connection, head: str) -> list[str]:
    return list(connection.scalars(_MEMBERS, {"head": head}))


def _move(connection: sa.Connection, articles: Sequence[str], cluster: str, changed_in: int) -> None:
    connection.execute(_MOVE, {"articles": articles, "cluster": cluster, "token": changed_in})


# The statements are built once: building them anew for every article took three times as long as running them.
_SKETCH_COLUMNS = ("version", "at", "sketch", "subject", "places", "figures", "names", "title")
_UPDATE_SKETCH = (
    sa.update(ArticleSketch)
    .where(ArticleSketch.article_id == sa.bindparam("article"))
    .values({name: sa.bindparam(name) for name in _SKETCH_COLUMNS})
)
_INSERT_SKETCH = sa.insert(ArticleSketch)
_INSERT_BANDS = sa.insert(ArticleBand)
_REMOVE_BANDS = sa.delete(ArticleBand).where(ArticleBand.article_id == sa.bindparam("article"))
_MEMBERS = sa.select(Article.id).where(Article.cluster_id == sa.bindparam("head"), Article.id != sa.bindparam("head"))
_MEMBER_SKETCHES = (
    sa.select(ArticleSketch)
    .join(Article, Article.id == ArticleSketch.article_id)
    .where(Article.cluster_id == sa.bindparam("head"), Article.id != sa.bindparam("article"))
    .limit(sa.bindparam("most"))
)
_MOVE = (
    sa.update(Article)
    .where(
        Article.id.in_(sa.bindparam("articles", expanding=True)),
        Article.cluster_id.is_distinct_from(sa.bindparam("cluster")),
    )
    .values(cluster_id=sa.bindparam("cluster"), changed_in=sa.bindparam("token"))
)
_MET = (
    sa.select(ArticleBand.article_id)
    .where(
        ArticleBand.key.in_(sa.bindparam("keys", expanding=True)),
        ArticleBand.at.between(sa.bindparam("earliest"), sa.bindparam("latest")),
        ArticleBand.article_id != sa.bindparam("article"),
    )
    .limit(sa.bindparam("most_rows"))
    .subquery()
)
_NEAREST = (
    sa.select(_MET.c.article_id)
    .group_by(_MET.c.article_id)
    .order_by(sa.func.count().desc(), _MET.c.article_id)
    .limit(sa.bindparam("most_heads"))
    .subquery()
)
_HEADS = sa.select(ArticleSketch).join(_NEAREST, _NEAREST.c.article_id == ArticleSketch.article_id)
