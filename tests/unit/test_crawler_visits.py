"""What becomes of a page after each visit: when it is looked at again, and what ends that."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from crawler.outcomes import Consequence, FetchOutcome, FetchResult, consequence
from crawler.schedule import revisit_wait
from crawler.settings import CrawlerSettings
from crawler.visits import judged, not_visited, visited
from store.events import FetchReason
from store.frontier import DuePage, PageState

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
SETTINGS = CrawlerSettings(attempts=3, retry_seconds=10.0, revisit_seconds=(100.0, 300.0))
NEW = DuePage(
    url="http://a.vn/1",
    source_id="aa",
    fetch_url="http://a.vn/1",
    link_text=None,
    reason=FetchReason.LIVE,
    attempts=0,
)
KNOWN = replace(NEW, attempts=1, visits=1, body_sha256=hashlib.sha256(b"text").hexdigest())


def failed(page: DuePage, outcome: FetchOutcome, closed_seconds: float = 0.0) -> tuple[str, int, int, float | None]:
    """State, attempts, visits and seconds until it is due."""
    change = not_visited(
        page,
        FetchResult(outcome=outcome, detail="said"),
        now=NOW,
        closed_seconds=closed_seconds,
        settings=SETTINGS,
    )
    assert change.error == f"{outcome.value}: said"
    assert (change.fetched_at, change.body_sha256) == (None, None)
    wait = None if change.due_at is None else (change.due_at - NOW) / timedelta(seconds=1)
    return change.state.value, change.attempts, change.visits, wait


def test_each_visit_names_the_next_until_the_schedule_ends() -> None:
    page, waits = NEW, []
    for _ in range(3):
        change = visited(page, now=NOW, status=200, body_sha256="x", ages_seconds=SETTINGS.revisit_seconds)
        assert (change.state, change.attempts, change.fetched_at) == (PageState.FETCHED, page.attempts + 1, NOW)
        waits.append(change.due_at and (change.due_at - NOW) / timedelta(seconds=1))
        page = replace(page, visits=change.visits, attempts=change.attempts)
    assert waits == [100.0, 200.0, None]


def test_without_a_schedule_a_page_is_fetched_once() -> None:
    assert visited(NEW, now=NOW, status=200, body_sha256="x", ages_seconds=()).due_at is None


@given(st.lists(st.floats(1, 1e7), unique=True, max_size=6).map(sorted))
def test_the_waits_add_up_to_the_ages(ages: list[float]) -> None:
    waits = [revisit_wait(visits, ages) for visits in range(1, len(ages) + 2)]
    assert waits[-1] is None
    assert [age - before for before, age in pairwise([0.0, *ages])] == waits[:-1]


@pytest.mark.parametrize("ages", [(0.0,), (5.0, 5.0), (5.0, 4.0), (-1.0,)])
def test_ages_that_do_not_rise_are_refused(ages: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError, match="rise"):
        CrawlerSettings(revisit_seconds=ages)


def test_the_same_bytes_are_nothing_new_and_others_are() -> None:
    same = FetchResult(outcome=FetchOutcome.OK, body=b"text", content_type="text/html")
    assert judged(KNOWN, same).outcome is FetchOutcome.NOT_CHANGED
    assert consequence(FetchOutcome.NOT_CHANGED) is Consequence.ADVANCE
    assert judged(NEW, same).outcome is FetchOutcome.OK
    assert judged(KNOWN, replace(same, body=b"other text")).outcome is FetchOutcome.OK
    assert judged(KNOWN, replace(same, content_type="image/png")).outcome is FetchOutcome.NOT_A_DOCUMENT
    gone = FetchResult(outcome=FetchOutcome.GONE, body=b"text")
    assert judged(KNOWN, gone) is gone


@pytest.mark.parametrize(
    ("outcome", "new", "known"),
    [
        (FetchOutcome.GONE, "refused", "gone"),
        (FetchOutcome.ROBOTS_DENIED, "refused", "fetched"),
        (FetchOutcome.NOT_A_DOCUMENT, "refused", "fetched"),
    ],
)
def test_a_refusal_ends_the_visits_and_takes_back_nothing_that_was_published(
    outcome: FetchOutcome, new: str, known: str
) -> None:
    assert failed(NEW, outcome) == (new, 1, 0, None)
    assert failed(KNOWN, outcome) == (known, 2, 1, None)


def test_a_visit_that_keeps_failing_is_given_up_and_the_next_one_is_made() -> None:
    assert failed(NEW, FetchOutcome.SERVER_ERROR) == ("discovered", 1, 0, 10.0)
    assert failed(replace(NEW, attempts=2), FetchOutcome.SERVER_ERROR) == ("failed", 3, 0, None)
    assert failed(KNOWN, FetchOutcome.SERVER_ERROR) == ("fetched", 2, 1, 10.0)
    assert failed(replace(KNOWN, attempts=3), FetchOutcome.SERVER_ERROR) == ("fetched", 4, 2, 200.0)
    assert failed(replace(KNOWN, attempts=5, visits=3), FetchOutcome.SERVER_ERROR)[2:] == (4, None)


def test_a_host_that_is_not_ready_costs_no_attempt() -> None:
    assert failed(NEW, FetchOutcome.THROTTLED, 7.0) == ("discovered", 0, 0, 7.0)
    assert failed(KNOWN, FetchOutcome.THROTTLED, 7.0) == ("fetched", 1, 1, 7.0)
