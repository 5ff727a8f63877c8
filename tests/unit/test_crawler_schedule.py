"""When to come back."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.schedule import host_pause, next_interval, poll_wait_after_failure, retry_after_seconds, retry_wait

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
interval = partial(next_interval, registered_seconds=1800.0, longest_seconds=86_400.0)


def test_a_quiet_source_is_polled_less_and_less_but_within_bounds() -> None:
    seconds = 1800.0
    seen = []
    for _ in range(20):
        seconds = interval(seconds, new_pages=0)
        seen.append(seconds)
    assert seen[0] > 1800
    assert seen == sorted(seen)
    assert seen[-1] == 8 * 1800


def test_a_busy_source_is_polled_more_and_more_but_within_bounds() -> None:
    seconds = 1800.0
    for _ in range(20):
        seconds = interval(seconds, new_pages=30)
    assert seconds == 450


def test_a_quiet_source_that_gives_something_is_polled_as_registered_again() -> None:
    assert interval(14_400.0, new_pages=1) == 1800


@given(st.floats(0, 1e9), st.floats(1, 1e6), st.integers(0, 1000))
def test_no_history_makes_the_interval_leave_its_bounds(current: float, registered: float, new: int) -> None:
    seconds = next_interval(current, registered_seconds=registered, new_pages=new, longest_seconds=86_400)
    assert min(registered, max(registered / 4, 300)) <= seconds <= max(registered, min(registered * 8, 86_400))


def test_waits_grow_and_stay_bounded() -> None:
    retries = [retry_wait(n, first_seconds=300, longest_seconds=86_400) for n in range(1, 60)]
    assert retries[:4] == [300, 1200, 4800, 19_200]
    assert retries[-1] == 86_400
    polls = [poll_wait_after_failure(n, registered_seconds=1800, longest_seconds=86_400) for n in range(1, 60)]
    assert polls[:3] == [1800, 3600, 7200]
    assert polls[-1] == 86_400
    pauses = [host_pause(n, first_seconds=60, longest_seconds=86_400) for n in range(1, 60)]
    assert pauses[:3] == [60, 120, 240]
    assert pauses[-1] == 86_400


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Sun, 22 Nov 2026 12:10:00 GMT", 600.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("9" * 30, None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_its_forms(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, NOW) == seconds
