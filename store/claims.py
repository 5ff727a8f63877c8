"""Reads stored facts back with what their comparison needs: whose they are, and whether their source is official."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from store.article_models import Article, ArticleVersion, Fact
from store.database import Database
from store.models import Source


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """A fact of a report's current version."""

    fact: Mapping[str, Any]
    """The columns of `fact`."""
    url: str
    title: str | None
    published_on: str | None
    """Day of publication in UTC, ISO."""
    answerable: str
    """Source of the first publisher: copies of one text share it."""
    official: bool


def current_claims(database: Database, *, indicator: str | None = None) -> Sequence[Claim]:
    """The facts of all reports as they stand now, in the order of publication."""
    head = aliased(Article)
    query = (
        sa.select(
            *Fact.__table__.columns,
            Article.url.label("article_url"),
            ArticleVersion.title.label("article_title"),
            ArticleVersion.published_at.label("article_published_at"),
            sa.func.coalesce(head.source_id, Article.source_id).label("answerable"),
            sa.func.coalesce(Source.official, sa.false()).label("official"),
        )
        .join(Article, Article.id == Fact.article_id)
        .join(ArticleVersion, (ArticleVersion.article_id == Fact.article_id) & (ArticleVersion.number == Fact.version))
        .outerjoin(head, head.id == Article.cluster_id)
        .outerjoin(Source, Source.id == sa.func.coalesce(head.source_id, Article.source_id))
        .where(Fact.version == Article.current_version, ArticleVersion.is_report)
        .order_by(ArticleVersion.published_at, Fact.article_id, Fact.position)
    )
    if indicator:
        query = query.where(Fact.indicator == indicator)
    with database.read() as connection:
        return [_claim(row) for row in connection.execute(query)]


def _claim(row: Any) -> Claim:
    published = row.article_published_at
    return Claim(
        fact={column.name: getattr(row, column.name) for column in Fact.__table__.columns},
        url=row.article_url,
        title=row.article_title,
        published_on=published.date().isoformat() if published else None,
        answerable=row.answerable,
        official=bool(row.official),
    )
