"""How a source fares, in one word of a closed list and with the evidence in words: nothing goes quiet unnoticed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from store.database import Database
from store.models import Source

HEALTH_CHANGED: Final = "health_changed"
NEVER_POLLED: Final = "not asked for pages yet"
DEFAULT_PAGES: Final = 1
DEFAULT_DAYS: Final = 7
LASTING_FAILURES: Final = 3
"""Polls in a row that must fail before a source that was read before counts as failing or blocked: one time-out is no
state. With the usual poll interval that is an hour and a half, since the waits between them grow."""
_BLOCKS: Final = re.compile(r": (?:forbidden: |robots_denied: |throttled: HTTP )")
"""In a poll's error: somebody did not let us in. That we leave a host alone ourselves is another matter."""


class SourceHealth(StrEnum):
    NEW = "new"
    """Not polled yet."""
    OK = "ok"
    FAILING = "failing"
    """Its last polls failed."""
    BLOCKED = "blocked"
    """Its last polls failed, and the last one because we are kept out: by robots.txt, 401, 403 or 429."""
    SILENT = "silent"
    """It answers, and announced nothing new for longer than its registry entry expects."""
    THIN = "thin"
    """It announces fewer new pages than its registry entry expects."""


WORST_FIRST: Final = (
    SourceHealth.BLOCKED,
    SourceHealth.FAILING,
    SourceHealth.SILENT,
    SourceHealth.THIN,
    SourceHealth.NEW,
    SourceHealth.OK,
)
NEEDS_A_LOOK: Final = WORST_FIRST[:4]


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceFacts:
    """What is known of a source after a poll."""

    polled_at: datetime | None
    succeeded_at: datetime | None
    new_page_at: datetime | None
    failures: int
    """Polls in a row that failed."""
    last_error: str | None
    new_pages: int
    """In the last `expected_days`."""
    expected_pages: int = DEFAULT_PAGES
    expected_days: int = DEFAULT_DAYS
    watched_since: datetime | None = None
    """First poll that is known of; nothing can be missed in what was not watched."""


@dataclass(frozen=True, slots=True)
class Judgement:
    health: SourceHealth
    reason: str
    """The evidence, in one line that is safe to print."""


def judge(facts: SourceFacts, *, now: datetime) -> Judgement:
    """The one state of the source, the worst first."""
    if facts.polled_at is None:
        return Judgement(SourceHealth.NEW, NEVER_POLLED)
    if not facts.failures:
        return _judge_pages(facts, now)
    error = _printable(facts.last_error or "no reason given")
    last = f"since {_moment(facts.succeeded_at)}" if facts.succeeded_at else "ever"
    failed = f"{_counted(facts.failures, 'poll')} failed in a row, none has succeeded {last}: {error}"
    if facts.failures < LASTING_FAILURES and facts.succeeded_at is not None:
        judged = _judge_pages(facts, now)
        return Judgement(judged.health, f"{judged.reason}; {failed}")
    return Judgement(SourceHealth.BLOCKED if _BLOCKS.search(error) else SourceHealth.FAILING, failed)


def _judge_pages(facts: SourceFacts, now: datetime) -> Judgement:
    """By what it announced, as of a source that can be read."""
    assert facts.polled_at is not None
    window = timedelta(days=facts.expected_days)
    days = _counted(facts.expected_days, "day")
    found = f"{_counted(facts.new_pages, 'new page')} in the last {days}"
    expected = f"at least {facts.expected_pages} expected"
    since = facts.watched_since or facts.polled_at
    if now - since < window:
        return Judgement(SourceHealth.OK, f"{found}, watched only since {_moment(since)}")
    if facts.new_page_at is None or now - facts.new_page_at >= window:
        last = f"since {_moment(facts.new_page_at)}" if facts.new_page_at else "ever"
        return Judgement(SourceHealth.SILENT, f"no new page {last}, {expected} in {days}")
    thin = facts.new_pages < facts.expected_pages
    return Judgement(SourceHealth.THIN if thin else SourceHealth.OK, f"{found}, {expected}")


def expectation(state: Mapping[str, Any]) -> tuple[int, int, datetime | None]:
    """Least pages in so many days and since when the source is watched, as the crawler keeps them in its state."""
    expected: Mapping[str, int] = state.get("expected") or {}
    since: str | None = state.get("watched_since")
    pages, days = expected.get("pages", DEFAULT_PAGES), expected.get("days", DEFAULT_DAYS)
    return pages, days, datetime.fromisoformat(since) if since else None


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceReport:
    """A source's health as it was when its last poll ended."""

    id: str
    name: str
    enabled: bool
    health: SourceHealth
    health_reason: str
    health_changed_at: datetime | None
    polled_at: datetime | None
    last_error: str | None


def reports(database: Database) -> Sequence[SourceReport]:
    """Of the enabled sources, in the order of their ids."""
    columns = [getattr(Source, name) for name in SourceReport.__dataclass_fields__]
    query = sa.select(*columns).where(Source.enabled).order_by(Source.id)
    with database.read() as connection:
        rows = [dict(row._mapping) for row in connection.execute(query)]
    return [SourceReport(**row | {"health": SourceHealth(row["health"])}) for row in rows]


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _printable(text: str) -> str:
    """Servers wrote part of it."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
