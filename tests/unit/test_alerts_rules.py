"""The alerter's pure decisions: identity, waiting, who is told, what is said."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.backoff import Backoff
from alerts.intake import suppression
from alerts.message import delivery_id, message_for
from alerts.settings import AlertSettings
from store.events import FetchReason
from tests.parts.reports import report

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def test_a_repeat_has_the_same_identity_and_another_channel_another() -> None:
    assert delivery_id("event", "hook") == delivery_id("event", "hook")
    assert len({delivery_id("event", "hook"), delivery_id("event", "log"), delivery_id("other", "hook")}) == 3


def test_the_message_names_the_report_in_utc_and_is_json() -> None:
    vietnam = timezone(timedelta(hours=7))
    event = report(7, found_at=NOW, fetched_at=NOW, published_at=datetime(2026, 3, 4, 8, 0, tzinfo=vietnam))
    message = json.loads(json.dumps(message_for(event)))
    assert (message["type"], message["timestamp"]) == ("report.found", "2026-03-04T05:06:07Z")
    assert message["data"]["published_at"] == "2026-03-04T01:00:00Z"
    assert message["data"]["event_id"] == event.id
    assert message["data"]["place"]["province_now"] == "Tây Ninh"
    assert message["data"]["pillars"] == ["TTHC"]


@given(failures=st.integers(1, 10_000), seed=st.integers())
def test_waits_grow_stay_bounded_and_are_spread(failures: int, seed: int) -> None:
    backoff = Backoff(first_seconds=5.0, max_seconds=21_600.0)
    wait = backoff.wait_seconds(failures, Random(seed))
    assert 3.75 <= wait <= 21_600.0
    assert wait <= backoff.wait_seconds(failures + 2, Random(seed))


@pytest.mark.parametrize(
    ("reason", "settings", "told"),
    [
        (FetchReason.LIVE, {}, True),
        (FetchReason.BACKFILL, {}, False),
        (FetchReason.REPLAY, {}, False),
        (FetchReason.BACKFILL, {"alert_on_backfill": True}, True),
        (FetchReason.REPLAY, {"alert_on_backfill": True}, False),
        (FetchReason.REPLAY, {"alert_on_replay": True}, True),
    ],
)
def test_only_news_alerts_unless_asked(reason: FetchReason, settings: dict[str, bool], told: bool) -> None:
    event = report(reason=reason, fetched_at=NOW)
    assert (suppression(event, AlertSettings(**settings), NOW) is None) is told


def test_a_page_read_again_after_a_restore_is_not_news() -> None:
    event = report(fetched_at=NOW - timedelta(days=8))
    assert suppression(event, AlertSettings(), NOW) == "the page was fetched more than 604800 s ago"


@pytest.mark.parametrize(
    ("days_ago", "limit", "told"),
    [(0, 30, True), (29, 30, True), (31, 30, False), (4_000, 30, False), (4_000, 0, True)],
)
def test_the_archive_of_a_new_source_does_not_alert(days_ago: int, limit: int, told: bool) -> None:
    event = report(fetched_at=NOW, found_at=NOW, published_at=NOW - timedelta(days=days_ago))
    assert (suppression(event, AlertSettings(max_published_age_days=limit), NOW) is None) is told


def test_a_report_without_a_date_is_told() -> None:
    event = report(fetched_at=NOW, found_at=NOW, published_at=None)
    assert suppression(event, AlertSettings(), NOW) is None


def test_a_syndicated_copy_is_told_only_when_asked() -> None:
    event = report(fetched_at=NOW, found_at=NOW, copy_of="first")
    assert suppression(event, AlertSettings(), NOW) == "a copy of the report first"
    assert suppression(event, AlertSettings(alert_on_copies=True), NOW) is None


def test_a_document_of_a_report_is_not_told_a_second_time() -> None:
    event = report(fetched_at=NOW, found_at=NOW, attachment_of="parent")
    assert suppression(event, AlertSettings(alert_on_copies=True), NOW) == "an attachment of the report parent"
