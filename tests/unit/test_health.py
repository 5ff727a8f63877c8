from __future__ import annotations

import pytest

from store.health import Health


class ManualClock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def health(clock: ManualClock) -> Health:
    return Health(clock=clock, beat_limit_seconds=30, progress_limit_seconds=120)


def test_an_idle_process_stays_alive_as_long_as_its_loop_turns(health: Health, clock: ManualClock) -> None:
    for _ in range(60):
        clock.now += 10
        health.beat()
        assert health.report().live


def test_a_loop_that_does_not_turn_is_dead(health: Health, clock: ManualClock) -> None:
    clock.now += 31
    report = health.report()
    assert not report.live
    assert report.problems == ("the loop has not turned for 31 s",)


def test_a_loop_that_turns_without_finishing_its_work_is_dead(health: Health, clock: ManualClock) -> None:
    health.working()
    for _ in range(13):
        clock.now += 10
        health.beat()
        health.working()
    assert health.report().problems == ("work is in hand but nothing was finished for 130 s",)


def test_finished_work_starts_the_time_again(health: Health, clock: ManualClock) -> None:
    for _ in range(13):
        clock.now += 10
        health.beat()
        health.working()
        health.progressed()
    assert health.report().live


def test_waiting_for_a_dependency_is_alive_but_not_ready(health: Health, clock: ManualClock) -> None:
    health.working()
    health.waiting_for("database")
    for _ in range(30):
        clock.now += 10
        health.beat()
    report = health.report()
    assert report.live
    assert not report.ready
    assert report.problems == ("waiting for database",)
    health.waiting_for(None)
    assert health.report().ready


def test_time_spent_waiting_does_not_count_against_the_work(health: Health, clock: ManualClock) -> None:
    health.working()
    health.waiting_for("bus")
    clock.now += 500
    health.beat()
    health.waiting_for(None)
    assert health.report().live


def test_a_stopped_part_needs_a_human(health: Health) -> None:
    health.stopped("partition 2", "20 pages in a row could not be processed")
    report = health.report()
    assert report.live
    assert not report.ready
    assert report.problems == ("stopped: partition 2: 20 pages in a row could not be processed",)


def test_checks_decide_readiness_only(health: Health) -> None:
    report = health.report({"database": lambda: "refused", "bus": lambda: None})
    assert report.live
    assert not report.ready
    assert report.problems == ("database: refused",)
