"""What becomes of pages and records that cannot be processed: held with their bytes, requeued at will, and never in the
way of others, unless everything fails; then the partition stops where it stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from reformwatch.compose import built_processor
from reformwatch.settings import Settings
from store import migrate, quarantine
from store.bus.base import Bus, Record
from store.bus.open import open_bus
from store.database import Database
from store.errors import DatabaseUnavailable, EventRejected
from store.events import PAGES, TOPICS, FetchReason, PageFetched, encode_page
from store.positions import Positions
from tests.parts import hostile, pages

STOP_AFTER = 5
SLOW_PARAGRAPHS = 1_500
"""Keeps a worker busy for much longer than the watch over deadlines takes to look again."""

# The two ways it is run; every other pairing of bus and database is another test's.
both_ways = pytest.mark.parametrize(
    ("database_url", "bus_url"),
    [
        pytest.param("sqlite", "embedded", id="laptop"),
        pytest.param("postgresql", "kafka", id="servers", marks=[pytest.mark.kafka, pytest.mark.postgres]),
    ],
    indirect=True,
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate.upgrade(database)
    yield database
    database.close()


@pytest.fixture
def ready_bus(bus: Bus) -> Bus:
    bus.create_topics(TOPICS)
    return bus


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, workers=2)


def drain(settings: Settings, database: Database, bus: Bus) -> int:
    with built_processor(settings, database, bus) as processor:
        return processor.drain()


def outcomes(database: Database) -> Counter[str]:
    with database.read() as connection:
        return Counter(connection.scalars(sa.text("SELECT outcome FROM page_outcome")))


def count(database: Database, table: str) -> int:
    with database.read() as connection:
        return connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0


def with_header(record: Record, name: str, value: bytes | None) -> Record:
    headers = {key: held for key, held in record.headers.items() if key != name}
    return replace(record, headers=headers if value is None else headers | {name: value})


def broken_records() -> list[tuple[str, Record]]:
    """What is wrong with each, by a word of the reason; every key stands for one page."""
    good = encode_page(pages.event(100))
    return [
        ("page.fetched.v9", with_header(good, "ce_type", b"vn.reformwatch.page.fetched.v9")),
        ("sourceid", with_header(good, "ce_sourceid", None)),
        ("ce_time", with_header(good, "ce_time", None)),
        ("status", with_header(good, "ce_status", b"fine")),
        ("reason", with_header(good, "ce_reason", b"curiosity")),
        ("sha256", with_header(good, "ce_sha256", b"0" * 64)),
        ("zstd", replace(good, value=b"no zstd")),
        ("ce_id", Record(key="x", value=b"", headers={})),
        ("ce_source", Record(key="\0", value=b"\0", headers={"ce_id": b"\0\xff", "x": b"\xff"})),
    ]


@both_ways
def test_broken_records_are_held_with_their_reasons_and_the_others_go_on(
    database: Database, ready_bus: Bus, settings: Settings
) -> None:
    broken = broken_records()
    for number, (_, record) in enumerate(broken):
        ready_bus.publish(PAGES, record)
        ready_bus.publish(PAGES, encode_page(pages.event(number)))
    assert drain(settings, database, ready_bus) == 2 * len(broken)
    assert outcomes(database)["quarantined"] == len(broken)
    assert count(database, "article") == len(broken), "every good page is stored"
    held = quarantine.list_held(database)
    assert {page.reason for page in held} == {"rejected"}
    for word, _ in broken:
        assert [page for page in held if word in page.detail], word


def test_a_naive_time_is_refused_by_both_ends() -> None:
    with pytest.raises(EventRejected, match="time zone"):
        replace(pages.event(1), fetched_at=datetime(2026, 5, 6))  # noqa: DTZ001 - that is the point


@both_ways
def test_a_record_that_is_requeued_and_refused_again_stays_one_row(
    database: Database, ready_bus: Bus, settings: Settings
) -> None:
    for _, record in broken_records():
        ready_bus.publish(PAGES, record)
    drain(settings, database, ready_bus)
    before = {page.id for page in quarantine.list_held(database)}
    assert quarantine.requeue(database, ready_bus, [*before, *before]) == len(before)
    assert quarantine.list_held(database) == []
    drain(settings, database, ready_bus)
    held = quarantine.list_held(database)
    assert {page.id for page in held} == before, "not a byte of the records changed on the way"
    assert {page.attempts for page in held} == {2}


@both_ways
def test_a_page_requeued_twice_is_stored_and_announced_once(
    database: Database, ready_bus: Bus, settings: Settings
) -> None:
    slow = pages.event(3, body=pages.html(3, paragraphs=SLOW_PARAGRAPHS).encode())
    ready_bus.publish(PAGES, encode_page(slow))
    hurried = settings.model_copy(update={"page_deadline_seconds": 0.01})
    drain(hurried, database, ready_bus)
    [held] = quarantine.list_held(database)
    assert (held.reason, held.url) == ("deadline", slow.url)
    assert quarantine.body(database, held.id) == slow.body

    quarantine.requeue(database, ready_bus, [held.id])
    quarantine.requeue(database, ready_bus, [held.id])
    drain(settings, database, ready_bus)
    assert outcomes(database) == {"quarantined": 1, "report": 1, "redelivered": 1}
    assert [count(database, table) for table in ("article", "article_version", "outbox")] == [1, 1, 1]
    assert [page.state for page in quarantine.list_held(database, state=None)] == ["resolved"]


@both_ways
def test_when_every_page_fails_the_partition_stops_at_that_very_page(
    database: Database, ready_bus: Bus, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    failing = settings.model_copy(update={"stop_after_failures": STOP_AFTER})
    body = hostile.attributes(100_000)
    for number in range(40):
        ready_bus.publish(PAGES, encode_page(pages.event(number, body=body)))
    for start in (1, 2):
        with built_processor(failing, database, ready_bus) as processor:
            processor.drain()
            report = processor.health.report()
        positions = Positions(database, "processor", PAGES).current()
        stopped_at = dict.fromkeys(range(PAGES.partitions), start * STOP_AFTER)
        assert dict(positions) == stopped_at, "not one page further, and a restart takes up there"
        assert count(database, "quarantine") == sum(stopped_at.values())
        assert (report.live, report.ready) == (True, False)
        assert len(report.problems) == PAGES.partitions
        assert f"{STOP_AFTER} pages in a row could not be processed" in report.problems[0]
        assert capsys.readouterr().out.count("partition_stopped") == PAGES.partitions


class FlakyDatabase(Database):
    """Cannot be read for the next `failures` times."""

    failures = 0

    def read(self):  # type: ignore[no-untyped-def]
        if self.failures > 0:
            self.failures -= 1
            raise DatabaseUnavailable("down, for the test")
        return super().read()


def test_pages_read_while_the_database_is_down_do_not_wait_for_the_next_page(
    tmp_path: Path, settings: Settings
) -> None:
    bus = open_bus(f"embedded:///{tmp_path / 'bus.db'}")
    bus.create_topics(TOPICS)
    database = FlakyDatabase(f"sqlite:///{tmp_path / 'flaky.db'}")
    migrate.upgrade(database)
    bus.publish(PAGES, encode_page(pages.event(1)))
    with built_processor(settings, database, bus) as processor:
        database.failures = 3
        processor.drain()
        assert database.failures == 0
    assert count(database, "article") == 1
    database.close()
    bus.close()


def odd_pages() -> dict[str, tuple[PageFetched, str]]:
    """Odd content by name, with the outcome it must have."""

    def page(
        number: int, body: bytes, content_type: str | None = "text/html", charset: str | None = "utf-8"
    ) -> PageFetched:
        return replace(pages.event(200 + number, body=body), content_type=content_type, charset=charset)

    reform = pages.html(3, paragraphs=6)
    return {
        "a wrong charset": (page(1, reform.encode(), charset="iso-8859-1"), "report"),
        "an unknown charset": (page(2, reform.encode(), charset="x-viet"), "report"),
        "no charset": (page(3, reform.encode("utf-16"), charset=None), "report"),
        "no media type": (page(4, reform.encode(), content_type=None, charset=None), "report"),
        "an empty page": (page(5, b""), "not_an_article"),
        "a page with nothing in it": (page(6, b"<html><body></body></html>"), "not_an_article"),
        "a picture": (page(7, b"\x89PNG\r\n\x1a\n" + bytes(100), "image/png", None), "unsupported"),
        "a picture that says it is a page": (page(8, b"\x89PNG\r\n\x1a\n" + bytes(100)), "unsupported"),
        "an archive": (page(9, b"PK\x03\x04" + bytes(100), "application/zip", None), "unsupported"),
        "an English page": (page(10, ENGLISH.encode()), "not_vietnamese"),
        "five megabytes": (page(11, reform.encode() + b"<!--" + b"x" * 5_000_000 + b"-->"), "report"),
        "a page of hundred thousand attributes": (page(12, hostile.attributes(100_000)), "quarantined"),
        "NUL bytes in the text": (page(13, reform.replace("cải", "c\0ải").encode()), "report"),
    }


ENGLISH = "<html><body><article><h1>A new gallery</h1>" + 8 * (
    "<p>The provincial museum has opened a new gallery about the river trade, and visitors walk through a life-size "
    "model of a floating market while they listen to recordings of songs.</p>"
)


@both_ways
def test_odd_content_ends_in_its_outcome(database: Database, ready_bus: Bus, settings: Settings) -> None:
    odd = odd_pages()
    for event, _ in odd.values():
        ready_bus.publish(PAGES, encode_page(event))
    assert drain(settings, database, ready_bus) == len(odd)
    with database.read() as connection:
        found = dict(tuple(row) for row in connection.execute(sa.text("SELECT url, outcome FROM page_outcome")))
    assert {name: found[event.url] for name, (event, _) in odd.items()} == {
        name: outcome for name, (_, outcome) in odd.items()
    }


@both_ways
def test_a_backfilled_page_is_announced_as_one(database: Database, ready_bus: Bus, settings: Settings) -> None:
    ready_bus.publish(PAGES, encode_page(pages.event(3, reason=FetchReason.BACKFILL)))
    drain(settings, database, ready_bus)
    with database.read() as connection:
        assert b'"reason":"backfill"' in (connection.scalar(sa.text("SELECT record_value FROM outbox")) or b"")
