"""What becomes of a page after a visit: pure rules, for the first visit and for those that look for corrections."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from crawler.outcomes import Consequence, FetchOutcome, FetchResult, consequence, is_document
from crawler.schedule import retry_wait, revisit_wait
from crawler.settings import CrawlerSettings
from store.frontier import DuePage, PageChange, PageState


def judged(page: DuePage, result: FetchResult) -> FetchResult:
    """The result, with what only its content shows: that it is no document, or nothing new."""
    if result.outcome is not FetchOutcome.OK:
        return result
    if not is_document(result.content_type):
        detail = f"got {result.content_type}"
        return FetchResult(outcome=FetchOutcome.NOT_A_DOCUMENT, detail=detail, status=result.status, host=result.host)
    if page.body_sha256 is not None and page.body_sha256 == hashlib.sha256(result.body).hexdigest():
        return replace(result, outcome=FetchOutcome.NOT_CHANGED)
    return result


def visited(
    page: DuePage, *, now: datetime, status: int | None, body_sha256: str | None, ages_seconds: Sequence[float]
) -> PageChange:
    """After the page was fetched."""
    visits = page.visits + 1
    return PageChange(
        url=page.url,
        state=PageState.FETCHED,
        attempts=page.attempts + 1,
        visits=visits,
        due_at=_after(now, revisit_wait(visits, ages_seconds)),
        fetched_at=now,
        status=status,
        body_sha256=body_sha256,
    )


def not_visited(
    page: DuePage, result: FetchResult, *, now: datetime, closed_seconds: float, settings: CrawlerSettings
) -> PageChange:
    """After it could not be fetched; `closed_seconds` is how long its host wants to be left alone.

    A page that was fetched before stays so: whatever ends its visits takes nothing back of what was published.
    """
    follows, attempts = consequence(result.outcome), page.attempts + 1
    change = PageChange(
        url=page.url,
        state=page.state,
        attempts=attempts,
        visits=page.visits,
        due_at=None,
        status=result.status,
        error=f"{result.outcome.value}: {result.detail}",
    )
    if follows is Consequence.POSTPONE:
        return replace(change, attempts=page.attempts, due_at=_after(now, closed_seconds))
    if follows is Consequence.RETRY:
        # Every visit that is over counts as one request that succeeded; the rest failed.
        failed = attempts - page.visits
        if failed < settings.attempts:
            wait = retry_wait(
                failed, first_seconds=settings.retry_seconds, longest_seconds=settings.longest_wait_seconds
            )
            return replace(change, due_at=_after(now, wait))
        if not page.visits:
            return replace(change, state=PageState.FAILED)
        visits = page.visits + 1
        return replace(change, visits=visits, due_at=_after(now, revisit_wait(visits, settings.revisit_seconds)))
    if not page.visits:
        return replace(change, state=PageState.REFUSED)
    return replace(change, state=PageState.GONE if result.outcome is FetchOutcome.GONE else PageState.FETCHED)


def _after(now: datetime, seconds: float | None) -> datetime | None:
    return None if seconds is None else now + timedelta(seconds=seconds)
