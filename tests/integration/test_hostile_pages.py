"""A bad page is an outcome, not an outage: forty hostile pages among two hundred good ones, through the real thing."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from processor.model import Page
from processor.pipeline import PipelineSettings
from processor.workers import PageWorkers, WorkerFailure, WorkerLimits
from reformwatch.compose import built_processor
from reformwatch.settings import Settings
from store import migrate, quarantine
from store.bus.base import Bus
from store.database import Database
from store.events import PAGES, TOPICS, encode_page
from tests.parts import hostile
from tests.parts.pages import event

DEADLINE_SECONDS = 3.0
GOOD = 200
REASONS = {"deadline", "memory", "unreadable", "crashed"}


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("bus_url", "database_url"),
    [
        ("embedded", "sqlite"),
        pytest.param("kafka", "postgresql", marks=[pytest.mark.kafka, pytest.mark.postgres]),
    ],
    indirect=True,
)
def test_every_good_page_is_stored_and_every_hostile_one_has_its_outcome(
    bus: Bus, database_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="kafka")
    database = Database(database_url)
    migrate.upgrade(database)
    bus.create_topics(TOPICS)
    bad = dict(hostile.pages())
    assert len(bad) == 40
    records = [encode_page(event(number)) for number in range(GOOD)]
    for number, body in enumerate(bad.values()):
        records.insert(number * 6, encode_page(event(1_000 + number, body=body)))
    for record in records:
        bus.publish(PAGES, record)

    # Forty bad pages in two hundred and forty are many, but they are not a run.
    settings = Settings(data=tmp_path, page_deadline_seconds=DEADLINE_SECONDS, workers=2, stop_after_failures=20)
    with built_processor(settings, database, bus) as processor:
        assert processor.drain() == len(records)
    joined = [line for line in caplog.messages if "Successfully joined group" in line]
    assert len(joined) == (1 if bus.description().startswith("Kafka") else 0), "no page cost a rebalance"

    with database.read() as connection:
        outcomes = dict(tuple(row) for row in connection.execute(sa.text("SELECT url, outcome FROM page_outcome")))
        truncated = set(connection.scalars(sa.text("SELECT final_url FROM article_version WHERE truncated")))
    good = Counter(outcomes[event(number).url] for number in range(GOOD))
    assert set(good) == {"report", "not_a_report"}, good
    assert len(outcomes) == len(records), "every page has its one outcome"
    # What the parser is known to cut off is never stored as if it were whole.
    for name in ("300 nested div", "internal DTD with an entity bomb"):
        url = event(1_000 + list(bad).index(name)).url
        assert url in truncated or outcomes[url] == "quarantined", f"{name}: {outcomes[url]}"
    held = quarantine.list_held(database)
    assert {page.reason for page in held} <= REASONS
    for page in held:
        assert quarantine.body(database, page.id) in bad.values(), "the bytes stay replayable"
    database.close()


@pytest.mark.timeout(300)
def test_a_page_is_killed_at_its_deadline_and_the_next_one_is_served() -> None:
    slow, good = hostile.dates(400_000), event(3).body
    workers = PageWorkers(PipelineSettings(), WorkerLimits(count=1, deadline_seconds=1.0))
    try:
        answer = workers.collect(workers.submit(Page(url="https://a.vn/1", body=slow, fetched_at=None)))
        assert answer == WorkerFailure(reason="deadline", detail="not done in 1 s")
        after = workers.collect(workers.submit(Page(url="https://a.vn/2", body=good, fetched_at=None)))
        assert not isinstance(after, WorkerFailure)
    finally:
        workers.close()


@pytest.mark.timeout(300)
def test_a_page_that_needs_too_much_memory_is_an_outcome_of_its_own() -> None:
    greedy, good = hostile.dates(400_000), event(3).body
    workers = PageWorkers(PipelineSettings(), WorkerLimits(count=1, deadline_seconds=60, memory_bytes=32 * 1024**2))
    try:
        answer = workers.collect(workers.submit(Page(url="https://a.vn/1", body=greedy, fetched_at=None)))
        assert isinstance(answer, WorkerFailure)
        assert answer.reason in {"memory", "failed"}
        after = workers.collect(workers.submit(Page(url="https://a.vn/2", body=good, fetched_at=None)))
        assert not isinstance(after, WorkerFailure)
    finally:
        workers.close()


def test_control_without_the_guards_one_page_holds_its_process_beyond_any_deadline(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_bytes(hostile.flat_inline("span", 200_000))
    code = "import sys, trafilatura; trafilatura.extract(open(sys.argv[1], encoding='utf-8').read())"
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run([sys.executable, "-c", code, str(page)], timeout=DEADLINE_SECONDS + 0.5, check=False)
