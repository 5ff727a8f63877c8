"""The tables. Other programs read the versioned views (`store.views`), never these.

Identifiers are derived from content, so that a replay lands on the same row. Times are aware and stored in UTC.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from store.types import BigId, Json, UtcDateTime


class Base(DeclarativeBase):
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads this class attribute as it stands
        datetime: UtcDateTime(),
        dict[str, Any]: Json,
        list[Any]: Json,
        str: sa.Text(),
    }


# ---- What is watched


class Source(Base):
    """A registered source and what the crawler last saw of it."""

    __tablename__ = "source"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    home: Mapped[str]
    province_then: Mapped[str | None]
    """The province whose news it carries, by the name the registry gives: a prior for places."""
    official: Mapped[bool]
    """Whether a state body publishes it."""
    enabled: Mapped[bool]
    polled_at: Mapped[datetime | None]
    next_poll_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    new_page_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    """Polls in a row that failed."""
    last_error: Mapped[str | None]
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Per entry point: etag, last_modified, body_sha256."""


class FrontierPage(Base):
    """A discovered page. It is closed only after the bus confirmed the fetched page."""

    __tablename__ = "frontier"
    url: Mapped[str] = mapped_column(primary_key=True)
    """Canonical URL."""
    source_id: Mapped[str] = mapped_column(index=True)
    fetch_url: Mapped[str]
    """The URL as it was found, which is what is fetched."""
    link_text: Mapped[str | None]
    state: Mapped[str]
    """discovered, fetched, refused (never to be fetched: robots, guard, gone) or failed (attempts used up)."""
    reason: Mapped[str]
    """live, backfill or replay: goes into the event."""
    discovered_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    fetched_at: Mapped[datetime | None]
    status: Mapped[int | None]
    body_sha256: Mapped[str | None]
    last_error: Mapped[str | None]

    __table_args__ = (sa.Index("ix_frontier_due", "state", "due_at"),)


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
    changed_in: Mapped[int] = mapped_column(sa.BigInteger, index=True)
    """The transaction that last changed the article or anything under it: see `store.views`."""


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


# ---- How it was processed


class Position(Base):
    """The offset a consumer group continues at. Moves in the transaction that stores the results, and only there."""

    __tablename__ = "position"
    group: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(primary_key=True)
    next_offset: Mapped[int] = mapped_column(sa.BigInteger)
    moved_at: Mapped[datetime]


class OffsetGap(Base):
    """Offsets that the bus removed before they were read: a loss to be known, not hidden."""

    __tablename__ = "offset_gap"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    group: Mapped[str]
    topic: Mapped[str]
    partition: Mapped[int]
    first_missing: Mapped[int] = mapped_column(sa.BigInteger)
    next_present: Mapped[int] = mapped_column(sa.BigInteger)
    noticed_at: Mapped[datetime]


class PageOutcome(Base):
    """The one outcome of each event: received pages equal the sum of these."""

    __tablename__ = "page_outcome"
    group: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    partition: Mapped[int] = mapped_column(primary_key=True)
    offset: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True)
    event_id: Mapped[str | None] = mapped_column(index=True)
    url: Mapped[str | None] = mapped_column(index=True)
    source_id: Mapped[str | None]
    outcome: Mapped[str] = mapped_column(index=True)
    reason: Mapped[str | None]
    fetched_at: Mapped[datetime | None]
    processed_at: Mapped[datetime]


class Quarantine(Base):
    """An event that could not be processed, with its bytes and its diagnosis."""

    __tablename__ = "quarantine"
    id: Mapped[str] = mapped_column(primary_key=True)
    """The event's id, or a hash of topic, partition and offset when it has none."""
    state: Mapped[str] = mapped_column(index=True)
    """held, or requeued (published again under the same event id)."""
    reason: Mapped[str]
    detail: Mapped[str]
    stage: Mapped[str]
    url: Mapped[str | None]
    source_id: Mapped[str | None]
    topic: Mapped[str]
    partition: Mapped[int]
    offset: Mapped[int] = mapped_column(sa.BigInteger)
    attempts: Mapped[int]
    record_key: Mapped[str]
    record_headers: Mapped[dict[str, Any]]
    record_value: Mapped[bytes]
    rules_version: Mapped[str]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class Outbox(Base):
    """An event to publish, written in the transaction that made it true."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    event_id: Mapped[str] = mapped_column(unique=True)
    topic: Mapped[str]
    record_key: Mapped[str]
    record_headers: Mapped[dict[str, Any]]
    record_value: Mapped[bytes]
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    __table_args__ = (
        sa.Index(
            "ix_outbox_waiting",
            "id",
            postgresql_where=sa.text("published_at IS NULL"),
            sqlite_where=sa.text("published_at IS NULL"),
        ),
    )


class AlertDelivery(Base):
    """The ledger of alerts: one row per report version and channel, whatever becomes of it."""

    __tablename__ = "alert_delivery"
    id: Mapped[str] = mapped_column(primary_key=True)
    """Derived from the event and the channel; sent to the receiver, so that it can recognise a repeat."""
    event_id: Mapped[str] = mapped_column(index=True)
    report_id: Mapped[str] = mapped_column(index=True)
    channel: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    """pending, sending, sent, failed (attempts used up) or suppressed (back-fill, replay)."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    __table_args__ = (sa.Index("ix_alert_delivery_due", "state", "next_attempt_at"),)


class ChangeCounter(Base):
    """SQLite's counterpart of PostgreSQL's transaction id: one row, counted up by every writing transaction."""

    __tablename__ = "change_counter"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(sa.BigInteger)
