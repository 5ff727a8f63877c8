"""The files that articles link: which of them are followed, and which report a file is an attachment of.

They are remembered with their article and made due in the frontier in the transaction that stores the article, so that
none is lost or asked for twice, whatever is killed when.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

import sqlalchemy as sa

from store.article_models import Article, ArticleDocument, ArticleVersion
from store.canonical import host_of, within_domains
from store.database import Database
from store.events import MAX_LINK_TEXT
from store.frontier import FoundPage, discovered_rows
from store.models import FrontierPage, Source
from store.quarantine import storable_text
from store.result_records import LinkedDocument, PageFacts, article_id

MAX_DOCUMENTS: Final = 8
"""Of one article version."""


@dataclass(frozen=True, kw_only=True)
class DocumentRules:
    """Which files the articles of a source may lead to."""

    domains: tuple[str, ...]
    """Those of the source: hosts outside of them and their subdomains are another site's."""
    exclude: tuple[str, ...] = ()
    """Regular expressions; a URL whose path and query hold one is left alone."""

    @cached_property
    def _excluded(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern) for pattern in self.exclude)

    def allow(self, url: str) -> bool:
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        inside = within_domains(host_of(url), self.domains)
        return inside and not any(pattern.search(target) for pattern in self._excluded)

    def to_json(self) -> dict[str, Any]:
        return {"domains": list(self.domains), "exclude": list(self.exclude)}


def document_rules(connection: sa.Connection, source_ids: Collection[str]) -> Mapping[str, DocumentRules]:
    """By source, for those that are registered and whose documents are followed."""
    if not source_ids:
        return {}
    query = sa.select(Source.id, Source.documents).where(Source.id.in_(source_ids), Source.documents.is_not(None))
    return {
        row.id: DocumentRules(domains=tuple(row.documents["domains"]), exclude=tuple(row.documents["exclude"]))
        for row in connection.execute(query)
    }


class FoundDocuments:
    """Collects the documents of a batch of articles and writes them in the batch's transaction."""

    def __init__(self, rules: Mapping[str, DocumentRules]) -> None:
        self._rules = rules
        self._links: list[dict[str, Any]] = []
        self._due: list[tuple[PageFacts, list[FoundPage]]] = []

    def note(self, page: PageFacts, version: int, documents: Sequence[LinkedDocument]) -> None:
        rules = self._rules.get(page.source_id)
        if rules is None:
            return
        allowed = [each for each in documents if each.url != page.url and rules.allow(each.url)]
        followed = allowed[:MAX_DOCUMENTS]
        for position, document in enumerate(followed):
            self._links.append(
                {
                    "article_id": article_id(page.url),
                    "version": version,
                    "url": document.url,
                    "position": position,
                    "link_text": storable_text(document.text)[:MAX_LINK_TEXT] if document.text else None,
                }
            )
        found = [FoundPage(url=each.url, fetch_url=each.fetch_url, link_text=each.title) for each in followed]
        self._due.append((page, found))

    def flush(self, database: Database, connection: sa.Connection, now: datetime) -> None:
        """Write the links, and make due what the frontier does not know yet."""
        if not self._links:
            return
        insert = database.insert(ArticleDocument).values(self._links).on_conflict_do_nothing()
        new = sorted(set(connection.scalars(insert.returning(ArticleDocument.url))))
        if new:
            # A report that was there before is now known to be an attachment: those who read on must hear of it.
            changed_in = database.change_token(connection)
            known = Article.id.in_([article_id(url) for url in new])
            connection.execute(sa.update(Article).where(known).values(changed_in=changed_in))
        rows = {
            row["url"]: row
            for page, found in self._due
            for row in discovered_rows(page.source_id, found, page.reason, now, linked_from=page.url)
        }
        # In one order everywhere: two processors that meet the same files must not wait for each other.
        ordered = [rows[url] for url in sorted(rows)]
        connection.execute(database.insert(FrontierPage).on_conflict_do_nothing(), ordered)


def reports_linking(connection: sa.Connection, urls: Collection[str]) -> Mapping[str, str]:
    """By URL of a document: the report, by its id, that links it; of several the one that was fetched first."""
    if not urls:
        return {}
    current = (ArticleVersion.article_id == Article.id) & (ArticleVersion.number == Article.current_version)
    linked = (ArticleDocument.article_id == Article.id) & (ArticleDocument.version == Article.current_version)
    query = (
        sa.select(ArticleDocument.url, Article.id)
        .join(Article, linked)
        .join(ArticleVersion, current)
        .where(ArticleDocument.url.in_(urls), ArticleVersion.is_report)
        .order_by(Article.first_fetched_at.desc(), Article.id.desc())
    )
    return {row.url: row.id for row in connection.execute(query)}
