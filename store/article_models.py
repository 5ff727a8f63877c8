"""The tables of what was read and what is known beforehand. Other programs read the views, never these.

Identifiers are derived from content, so that a replay lands on the same row. Times are aware and stored in UTC.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base
from store.types import BigId

# ---- What was read


class Article(Base):
    """A page that carries an article; its content is in its versions."""

    __tablename__ = "article"
    id: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(unique=True)
    source_id: Mapped[str] = mapped_column(index=True)
    first_fetched_at: Mapped[datetime]
    current_version: Mapped[int]
    announced_version: Mapped[int | None]
    """The first version that was judged a report and announced; None while none was."""
    body_sha256: Mapped[str | None]
    """Of the page as it was last fetched."""
    judged_by: Mapped[str | None]
    """Versions of the extractor and the rules that read that body."""
    changed_in: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    """The transaction that last changed the article or anything under it: see `store.views`."""
    cluster_id: Mapped[str | None] = mapped_column(index=True)
    """Article that published the text first, its own id if it did; None until copies were looked for."""


class ArticleVersion(Base):
    """The text of an article as it once stood, and what was judged of it."""

    __tablename__ = "article_version"
    article_id: Mapped[str] = mapped_column(sa.ForeignKey("article.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    content_hash: Mapped[str]
    final_url: Mapped[str]
    fetched_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    title: Mapped[str | None]
    text: Mapped[str]
    lead: Mapped[str | None]
    author: Mapped[str | None]
    outlet: Mapped[str | None]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    published_precision: Mapped[str | None]
    published_found_in: Mapped[str | None]
    language: Mapped[str | None]
    truncated: Mapped[bool]
    is_report: Mapped[bool] = mapped_column(index=True)
    score: Mapped[float | None]
    explanation: Mapped[dict[str, Any]]
    """Nearest seeds and deciding terms: {"seeds": [...], "terms": [...]}."""
    rules_version: Mapped[str]
    extractor_version: Mapped[str]
    significance: Mapped[float | None]
    """How much it changed against the version before, 0 to 1; None for the first."""
    change_kinds: Mapped[list[Any]]
    diff: Mapped[str | None]


class ArticleTag(Base):
    """A pillar an article version is about (primary) or only lists."""

    __tablename__ = "article_tag"
    article_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    pillar: Mapped[str] = mapped_column(primary_key=True)
    role: Mapped[str]
    evidence: Mapped[list[Any]]

    __table_args__ = (
        sa.ForeignKeyConstraint(["article_id", "version"], ["article_version.article_id", "article_version.number"]),
    )


class ArticlePlace(Base):
    """A place an article version names, in order of importance."""

    __tablename__ = "article_place"
    article_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    is_primary: Mapped[bool]
    role: Mapped[str]
    how: Mapped[str]
    level: Mapped[str]
    then: Mapped[str | None]
    district_then: Mapped[str | None]
    province_then: Mapped[str | None]
    province_now: Mapped[str | None] = mapped_column(index=True)
    code_then: Mapped[int | None]
    code_now: Mapped[int | None]
    candidates: Mapped[list[Any]]
    spans: Mapped[list[Any]]

    __table_args__ = (
        sa.ForeignKeyConstraint(["article_id", "version"], ["article_version.article_id", "article_version.number"]),
    )


class LegalReference(Base):
    """A legal document an article version cites, once per document."""

    __tablename__ = "legal_reference"
    article_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(index=True)
    number: Mapped[str]
    type: Mapped[str]
    body: Mapped[str]
    year: Mapped[int | None]
    dated: Mapped[date | None] = mapped_column(sa.Date)
    issuer: Mapped[str | None]
    span_start: Mapped[int]
    span_end: Mapped[int]
    quote: Mapped[str]

    __table_args__ = (
        sa.ForeignKeyConstraint(["article_id", "version"], ["article_version.article_id", "article_version.number"]),
    )


class Fact(Base):
    """One indicator value that an article version claims, as printed."""

    __tablename__ = "fact"
    article_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    indicator: Mapped[str] = mapped_column(index=True)
    component: Mapped[str | None]
    kind: Mapped[str]
    value: Mapped[float | None]
    unit: Mapped[str | None]
    comparator: Mapped[str]
    numerator: Mapped[float | None]
    denominator: Mapped[float | None]
    rate: Mapped[float | None]
    rank: Mapped[int | None]
    out_of: Mapped[int | None]
    rank_scope: Mapped[str | None]
    delta: Mapped[float | None]
    delta_unit: Mapped[str | None]
    base_year: Mapped[int | None]
    year: Mapped[int | None]
    period: Mapped[str | None]
    year_source: Mapped[str | None]
    place_then: Mapped[str | None]
    place_level: Mapped[str]
    place_how: Mapped[str]
    district_then: Mapped[str | None]
    province_then: Mapped[str | None]
    province_now: Mapped[str | None] = mapped_column(index=True)
    scope: Mapped[str | None]
    region: Mapped[str | None]
    cue: Mapped[str | None]
    confidence: Mapped[str]
    consistency: Mapped[str | None]
    """What arithmetic inside the sentence says about the reading."""
    span_start: Mapped[int]
    span_end: Mapped[int]
    quote: Mapped[str]
    sentence: Mapped[str]

    __table_args__ = (
        sa.ForeignKeyConstraint(["article_id", "version"], ["article_version.article_id", "article_version.number"]),
    )


class ArticleDocument(Base):
    """A file that an article version links as its own. What became of it is in the frontier and under its own URL."""

    __tablename__ = "article_document"
    article_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(primary_key=True, index=True)
    """Canonical URL."""
    position: Mapped[int]
    link_text: Mapped[str | None]

    __table_args__ = (
        sa.ForeignKeyConstraint(["article_id", "version"], ["article_version.article_id", "article_version.number"]),
    )


# ---- What is known beforehand


class Indicator(Base):
    """An indicator the program knows, with its plausible range. Refreshed by every upgrade."""

    __tablename__ = "indicator"
    id: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str | None]
    least: Mapped[float | None]
    most: Mapped[float | None]


class OfficialIndex(Base):
    """A value of a national index as published, for holding claims against. Refreshed by every upgrade."""

    __tablename__ = "official_index"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    indicator: Mapped[str] = mapped_column(index=True)
    year: Mapped[int]
    province_then: Mapped[str]
    province_now: Mapped[str]
    score: Mapped[float | None]
    unit: Mapped[str | None]
    rank: Mapped[int | None]
    out_of: Mapped[int | None]
    source: Mapped[str]
    note: Mapped[str | None]


# ---- Which articles are copies of each other


class ArticleSketch(Base):
    """What is kept of an article's current text to recognise its copies."""

    __tablename__ = "article_sketch"
    article_id: Mapped[str] = mapped_column(sa.ForeignKey("article.id"), primary_key=True)
    version: Mapped[int]
    at: Mapped[datetime]
    """When it was published; when it was first fetched, if that is unknown."""
    sketch: Mapped[bytes]
    subject: Mapped[str | None]
    places: Mapped[list[Any]]
    figures: Mapped[dict[str, Any]]
    names: Mapped[dict[str, Any]]
    title: Mapped[list[Any]]


class ArticleBand(Base):
    """A key under which the head of a cluster is found by its copies."""

    __tablename__ = "article_band"
    key: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    article_id: Mapped[str] = mapped_column(sa.ForeignKey("article.id"), primary_key=True, index=True)
