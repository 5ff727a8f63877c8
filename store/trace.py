"""The way of single pages, from discovery to alert: what happened to this URL, and why?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from store.article_models import Article, ArticlePlace, ArticleTag, ArticleVersion
from store.database import Database
from store.models import AlertDelivery, FrontierPage, PageOutcome


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentTrace:
    """A file that the page's article links, with what became of it: a row of `documents_v1`."""

    document_url: str
    link_text: str | None
    outcome: str
    reason: str | None
    title: str | None
    published_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PageTrace:
    """A discovered page with all that became of it; later stages are None until they happened."""

    url: str
    source_id: str
    link_text: str | None
    discovered_at: datetime
    fetch_state: str
    """discovered, fetched, refused, failed or gone."""
    fetch_error: str | None
    outcome: str | None
    """Of the last time it was processed."""
    reason: str | None
    processed_at: datetime | None
    title: str | None
    published_at: datetime | None
    score: float | None
    pillars: tuple[str, ...]
    """Primary ones."""
    place_then: str | None
    province_now: str | None
    alerts: tuple[tuple[str, str], ...]
    """Channel and state of each delivery."""
    linked_from: str | None
    """The article of which it is a document."""
    documents: tuple[DocumentTrace, ...]


def trace(database: Database, *, url: str | None = None) -> Sequence[PageTrace]:
    """All discovered pages in the order of discovery, or the one with this canonical URL."""
    with database.read() as connection:
        pages = connection.execute(_pages(url)).all()
        outcomes = _last_outcomes(connection, url)
        articles = _articles(connection, url)
        documents = _documents(connection, url)
    return [_trace(page, outcomes.get(page.url), articles.get(page.url), documents.get(page.url, [])) for page in pages]


def _pages(url: str | None) -> sa.Select[Any]:
    columns = ("url", "source_id", "link_text", "discovered_at", "state", "last_error", "linked_from")
    query = sa.select(*(getattr(FrontierPage, name) for name in columns)).order_by(
        FrontierPage.discovered_at, FrontierPage.url
    )
    return query.where(FrontierPage.url == url) if url else query


def _last_outcomes(connection: sa.Connection, url: str | None) -> dict[str, Any]:
    query = sa.select(PageOutcome.url, PageOutcome.outcome, PageOutcome.reason, PageOutcome.processed_at).order_by(
        PageOutcome.processed_at
    )
    rows = connection.execute(query.where(PageOutcome.url == url) if url else query)
    return {row.url: row for row in rows}


@dataclass(slots=True)
class _ArticleParts:
    version: Any
    pillars: list[str] = field(default_factory=list)
    alerts: list[tuple[str, str]] = field(default_factory=list)
    place: Any = None


def _articles(connection: sa.Connection, url: str | None) -> dict[str, _ArticleParts]:
    query = sa.select(Article.id, Article.url, ArticleVersion).join(
        ArticleVersion, (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.current_version)
    )
    rows = connection.execute(query.where(Article.url == url) if url else query)
    articles = {row.id: _ArticleParts(row) for row in rows}
    current = {(identity, found.version.number) for identity, found in articles.items()}
    tags = sa.select(ArticleTag.article_id, ArticleTag.version, ArticleTag.pillar).where(ArticleTag.role == "primary")
    for tag in connection.execute(tags.order_by(ArticleTag.pillar)):
        if (tag.article_id, tag.version) in current:
            articles[tag.article_id].pillars.append(tag.pillar)
    places = sa.select(
        ArticlePlace.article_id, ArticlePlace.version, ArticlePlace.then, ArticlePlace.province_now
    ).where(ArticlePlace.is_primary)
    for place in connection.execute(places):
        if (place.article_id, place.version) in current:
            articles[place.article_id].place = place
    deliveries = sa.select(AlertDelivery.report_id, AlertDelivery.channel, AlertDelivery.state)
    for delivery in connection.execute(deliveries.order_by(AlertDelivery.channel)):
        if delivery.report_id in articles:
            articles[delivery.report_id].alerts.append((delivery.channel, delivery.state))
    return {found.version.url: found for found in articles.values()}


def _documents(connection: sa.Connection, url: str | None) -> dict[str, list[DocumentTrace]]:
    names = tuple(each.name for each in fields(DocumentTrace))
    view = sa.table(
        "documents_v1",
        *(sa.column(name) for name in ("url", "position", *names) if name != "published_on"),
        sa.column("published_on", sa.Date),
    )
    query = sa.select(view.c.url, *(view.c[name] for name in names)).order_by(view.c.url, view.c.position)
    found: dict[str, list[DocumentTrace]] = {}
    for row in connection.execute(query.where(view.c.url == url) if url else query):
        found.setdefault(row.url, []).append(DocumentTrace(**{name: getattr(row, name) for name in names}))
    return found


def _trace(
    page: Any, outcome: Any | None, article: _ArticleParts | None, documents: Sequence[DocumentTrace]
) -> PageTrace:
    version = article.version if article else None
    place = article.place if article else None
    return PageTrace(
        url=page.url,
        source_id=page.source_id,
        link_text=page.link_text,
        discovered_at=page.discovered_at,
        fetch_state=page.state,
        fetch_error=page.last_error,
        outcome=outcome.outcome if outcome else None,
        reason=outcome.reason if outcome else None,
        processed_at=outcome.processed_at if outcome else None,
        title=version.title if version else None,
        published_at=version.published_at if version else None,
        score=version.score if version else None,
        pillars=tuple(article.pillars) if article else (),
        place_then=place.then if place else None,
        province_now=place.province_now if place else None,
        alerts=tuple(article.alerts) if article else (),
        linked_from=page.linked_from,
        documents=tuple(documents),
    )
