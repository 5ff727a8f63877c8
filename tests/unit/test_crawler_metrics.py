"""What the crawler's metrics say of a source right after a start."""

from __future__ import annotations

from datetime import UTC, datetime

from prometheus_client import REGISTRY

from crawler.metrics import show_source
from store.frontier import SourceState
from store.source_health import SourceHealth

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def value(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"reformwatch_source_{name}", labels)


def test_what_was_known_of_a_source_is_shown_before_it_is_polled_again() -> None:
    known = SourceState(
        id="old",
        next_poll_at=None,
        failures=9,
        state={},
        health=SourceHealth.FAILING,
        succeeded_at=AT,
        new_page_at=None,
    )
    show_source("old", known)
    assert value("last_success_timestamp_seconds", source="old") == AT.timestamp()
    assert value("last_new_page_timestamp_seconds", source="old") is None
    assert [value("health", source="old", state=state.value) for state in SourceHealth].count(1.0) == 1
    assert value("health", source="old", state="failing") == 1
