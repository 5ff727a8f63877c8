from __future__ import annotations

from processor.fuse import Fuse, FuseLimits


def test_stops_after_the_given_number_of_failures_in_a_row() -> None:
    fuse = Fuse(FuseLimits(in_a_row=3))
    assert fuse.record(failed=True) is None
    assert fuse.record(failed=True) is None
    assert fuse.record(failed=True) == "3 pages in a row could not be processed"


def test_a_good_page_between_bad_ones_starts_the_run_again() -> None:
    fuse = Fuse(FuseLimits(in_a_row=3))
    answers = [fuse.record(failed=failed) for failed in (True, True, False, True, True)]
    assert answers == [None] * 5


def test_stops_when_a_full_window_holds_too_large_a_share_of_failures() -> None:
    fuse = Fuse(FuseLimits(in_a_row=100, window=10, share=0.5))
    answers = [fuse.record(failed=number % 3 != 0) for number in range(10)]
    assert answers[:9] == [None] * 9
    assert answers[9] == "6 of the last 10 pages could not be processed"


def test_a_share_counts_only_once_the_window_is_full() -> None:
    fuse = Fuse(FuseLimits(in_a_row=100, window=10, share=0.5))
    assert [fuse.record(failed=True) for _ in range(9)] == [None] * 9
