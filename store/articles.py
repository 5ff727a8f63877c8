"""Reads stored articles back, for judging them anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from store.article_models import Article, ArticleVersion
from store.database import Database


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredText:
    url: str
    title: str | None
    lead: str | None
    text: str


def latest_texts(database: Database, *, limit: int) -> Sequence[StoredText]:
    """The current versions of the articles fetched last, newest first."""
    query = (
        sa.select(Article.url, ArticleVersion.title, ArticleVersion.lead, ArticleVersion.text)
        .join(
            ArticleVersion,
            (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.current_version),
        )
        .order_by(ArticleVersion.fetched_at.desc())
        .limit(limit)
    )
    with database.read() as connection:
        return [StoredText(**row._mapping) for row in connection.execute(query)]
