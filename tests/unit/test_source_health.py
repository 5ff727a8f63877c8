"""One word for how a source fares, with evidence that a person can check."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.source_health import LASTING_FAILURES, NEVER_POLLED, SourceFacts, SourceHealth, expectation, judge

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
GOOD = SourceFacts(
    polled_at=NOW,
    succeeded_at=NOW,
    new_page_at=NOW - DAY,
    failures=0,
    last_error=None,
    new_pages=5,
    expected_pages=5,
    expected_days=7,
    watched_since=NOW - 30 * DAY,
)


def test_a_source_that_gives_what_is_expected_is_ok() -> None:
    found = judge(GOOD, now=NOW)
    assert (found.health, found.reason) == (SourceHealth.OK, "5 new pages in the last 7 days, at least 5 expected")


def test_a_source_that_was_never_asked_is_new() -> None:
    found = judge(replace(GOOD, polled_at=None), now=NOW)
    assert (found.health, found.reason) == (SourceHealth.NEW, NEVER_POLLED)


@pytest.mark.parametrize(
    ("error", "health"),
    [
        ("feed http://a.vn/rss: forbidden: HTTP 403", SourceHealth.BLOCKED),
        ("feed http://a.vn/rss: robots_denied: /rss", SourceHealth.BLOCKED),
        ("feed http://a.vn/rss: throttled: HTTP 429", SourceHealth.BLOCKED),
        ("feed http://a.vn/rss: throttled: a.vn is left alone for 60 s", SourceHealth.FAILING),
        ("feed http://a.vn/forbidden: timed_out: 20 s", SourceHealth.FAILING),
        ("feed http://a.vn/rss: expected rss as the root element", SourceHealth.FAILING),
        (None, SourceHealth.FAILING),
    ],
)
def test_a_source_that_cannot_be_read_says_why_and_since_when(error: str | None, health: SourceHealth) -> None:
    facts = replace(GOOD, failures=3, last_error=error, succeeded_at=NOW - 2 * DAY)
    found = judge(facts, now=NOW)
    assert found.health is health
    assert found.reason.startswith("3 polls failed in a row, none has succeeded since 2026-11-22 12:00 UTC: ")
    assert found.reason.endswith(error or "no reason given")


def test_a_source_that_was_never_read_fails_with_its_first_poll() -> None:
    found = judge(replace(GOOD, failures=1, succeeded_at=None, last_error="timed_out"), now=NOW)
    assert found.health is SourceHealth.FAILING
    assert found.reason == "1 poll failed in a row, none has succeeded ever: timed_out"


@pytest.mark.parametrize("error", ["feed u: timed_out: 20 s", "feed u: forbidden: HTTP 403"])
def test_a_poll_that_fails_now_and_then_changes_no_health_and_is_told(error: str) -> None:
    for failures in range(1, LASTING_FAILURES):
        found = judge(replace(GOOD, failures=failures, last_error=error), now=NOW)
        assert found.health is SourceHealth.OK
        assert found.reason.endswith(f"failed in a row, none has succeeded since 2026-11-24 12:00 UTC: {error}")
        quiet = judge(replace(GOOD, failures=failures, last_error=error, new_page_at=NOW - 8 * DAY), now=NOW)
        assert quiet.health is SourceHealth.SILENT
    found = judge(replace(GOOD, failures=LASTING_FAILURES, last_error=error), now=NOW)
    assert found.health in {SourceHealth.FAILING, SourceHealth.BLOCKED}


def test_a_source_without_a_new_page_for_longer_than_expected_is_silent() -> None:
    facts = replace(GOOD, new_page_at=NOW - 7 * DAY, new_pages=0)
    found = judge(facts, now=NOW)
    assert found.health is SourceHealth.SILENT
    assert found.reason == "no new page since 2026-11-17 12:00 UTC, at least 5 expected in 7 days"
    assert judge(replace(facts, new_page_at=NOW - 6.9 * DAY), now=NOW).health is SourceHealth.THIN
    assert judge(replace(facts, new_page_at=None), now=NOW).reason.startswith("no new page ever")


def test_a_source_with_fewer_new_pages_than_expected_is_thin() -> None:
    found = judge(replace(GOOD, new_pages=1), now=NOW)
    assert (found.health, found.reason) == (SourceHealth.THIN, "1 new page in the last 7 days, at least 5 expected")


def test_a_source_is_not_blamed_for_the_time_before_it_was_watched() -> None:
    facts = replace(GOOD, new_pages=0, new_page_at=None, watched_since=NOW - 6 * DAY)
    found = judge(facts, now=NOW)
    assert found.health is SourceHealth.OK
    assert "watched only since 2026-11-18" in found.reason
    assert judge(facts, now=NOW + DAY).health is SourceHealth.SILENT


@given(st.text(max_size=200))
def test_no_error_of_a_stranger_breaks_the_line(error: str) -> None:
    assert judge(replace(GOOD, failures=1, last_error=error), now=NOW).reason.isprintable()


def test_the_expectation_is_read_back_as_the_crawler_keeps_it() -> None:
    state = {"expected": {"pages": 3, "days": 2}, "watched_since": NOW.isoformat(), "hosts": {}}
    assert expectation(state) == (3, 2, NOW)
    assert expectation({}) == (1, 7, None)
