"""The tables of the pipeline itself: what is watched, where each consumer stands, what waits and what failed.

The tables of articles are in `store.article_models`. Times are aware and stored in UTC.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from store.base import Base
from store.types import BigId, JsonOrNull

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
    """Of the last poll: why it failed, or what was odd about it although it succeeded (`failures` is then 0)."""
    state: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the crawler remembers: `entries`, validators by URL of the announcing document; `hosts`, the crawl-delay
    they ask for and until when they want to be left alone; `interval_seconds`, the poll interval now; `expected`, the
    least `pages` in so many `days` by the registry; `watched_since`, the end of its first poll."""
    selectors: Mapped[dict[str, Any] | None] = mapped_column(JsonOrNull)
    """CSS of `title` and `body` as the registry gives them by hand; null: the layout is learned."""
    documents: Mapped[dict[str, Any] | None] = mapped_column(JsonOrNull)
    """Which files its articles may lead to: `domains`, and `exclude`, patterns of URLs; null: none is followed."""
    health: Mapped[str] = mapped_column(default="new")
    """new, ok, failing, blocked, silent or thin, as `store.source_health` judged when the last poll ended."""
    health_reason: Mapped[str] = mapped_column(default="not asked for pages yet")
    """The evidence, in words."""
    health_changed_at: Mapped[datetime | None]


class SourceProfile(Base):
    """Where a source keeps title and text, as learned from its pages; a new version when the layout changed."""

    __tablename__ = "source_profile"
    source_id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    profile: Mapped[dict[str, Any]]
    learned_at: Mapped[datetime]
    evidence: Mapped[list[Any]]
    """URLs of the pages it was learned from."""
    retired_at: Mapped[datetime | None]


class SourceEvent(Base):
    """Something that happened to a source and that its operator should know, with the evidence."""

    __tablename__ = "source_event"
    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=True)
    source_id: Mapped[str] = mapped_column(index=True)
    kind: Mapped[str]
    """layout_changed, profile_learned or health_changed."""
    at: Mapped[datetime]
    detail: Mapped[dict[str, Any]]


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
    """discovered, fetched, refused (never to be fetched: robots, guard, gone), failed (attempts used up) or gone (it
    was fetched, and is there no more)."""
    reason: Mapped[str]
    """live, backfill or replay: goes into the event."""
    discovered_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """When it is to be fetched, or fetched again; null: never again."""
    attempts: Mapped[int] = mapped_column(default=0)
    """Requests in all, but for those that the host was not ready for."""
    visits: Mapped[int] = mapped_column(default=0)
    """0 until it was fetched first; then how often it was looked at, counting a look again that was given up."""
    fetched_at: Mapped[datetime | None]
    """Last time it was fetched."""
    status: Mapped[int | None]
    body_sha256: Mapped[str | None]
    """Of what was published last."""
    last_error: Mapped[str | None]
    linked_from: Mapped[str | None]
    """Canonical URL of the article in which it was found as a document; null: the source announced it."""

    __table_args__ = (sa.Index("ix_frontier_due", "state", "due_at"),)


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
    """The event's id; a hash of the record's bytes when it cannot be decoded."""
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
    channel: Mapped[str]
    state: Mapped[str]
    """pending, sending, sent, failed (attempts used up) or suppressed (back-fill, replay)."""
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    # In the order in which deliveries are claimed: what is owed next is the first row, however many wait.
    __table_args__ = (sa.Index("ix_alert_delivery_due", "channel", "state", "next_attempt_at", "created_at", "id"),)


class ChangeCounter(Base):
    """SQLite's counterpart of PostgreSQL's transaction id: one row, counted up by every writing transaction."""

    __tablename__ = "change_counter"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(sa.BigInteger)
