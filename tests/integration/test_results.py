"""The one transaction that stores results, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from processor.model import Article, PlaceResolution
from processor.near_duplicates import Signature
from processor.records import RESULT_RULES
from store import migrate, quarantine
from store.clusters import SketchRecord
from store.database import Database
from store.events import PAGES
from store.outcome import Outcome
from store.positions import Positions
from store.results import ResultStore
from tests.parts.results import article_result, quarantined_result


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate.upgrade(database)
    yield database
    database.close()


@pytest.fixture
def positions(database: Database) -> Positions:
    return Positions(database, "processor", PAGES)


@pytest.fixture
def store(database: Database, positions: Positions) -> ResultStore:
    return ResultStore(database, positions, RESULT_RULES)


def rows(database: Database, sql: str) -> list[Any]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.text(sql))]


def test_article_outcome_outbox_and_position_are_stored_together(
    database: Database, store: ResultStore, positions: Positions
) -> None:
    tags = [{"pillar": "TTHC", "role": "primary", "evidence": []}, {"pillar": "CQDT", "role": "listed", "evidence": []}]
    store.commit([article_result(0, tags=tags)])
    assert rows(database, "SELECT url, version, pillars FROM reports_v1") == [("https://a.vn/1", 1, "TTHC")]
    assert rows(database, "SELECT outcome FROM page_outcome") == [("report",)]
    assert rows(database, "SELECT count(*) FROM outbox WHERE published_at IS NULL") == [(1,)]
    assert positions.current() == {0: 1}


def test_a_batch_delivered_again_changes_nothing(database: Database, store: ResultStore) -> None:
    batch = [article_result(0), article_result(1, url="https://a.vn/2")]
    store.commit(batch)
    assert store.commit(batch).outcomes == ()
    assert rows(database, "SELECT count(*) FROM article_version") == [(2,)]
    assert rows(database, "SELECT count(*) FROM page_outcome") == [(2,)]
    assert rows(database, "SELECT count(*) FROM outbox") == [(2,)]


def test_results_beyond_the_position_are_not_stored(
    database: Database, store: ResultStore, positions: Positions
) -> None:
    assert store.commit([article_result(5)]).outcomes == ()
    assert rows(database, "SELECT count(*) FROM article") == [(0,)]
    assert positions.current() == {0: 0}


def test_a_failure_in_the_middle_stores_nothing_at_all(
    database: Database, store: ResultStore, positions: Positions
) -> None:
    broken = article_result(1, url="https://a.vn/2", tags=[{"pillar": None, "role": "primary", "evidence": []}])
    with pytest.raises(sa.exc.IntegrityError):
        store.commit([article_result(0), broken])
    assert rows(database, "SELECT count(*) FROM article") == [(0,)]
    assert rows(database, "SELECT count(*) FROM outbox") == [(0,)]
    assert positions.current() == {}


def test_the_same_event_under_another_offset_is_counted_as_redelivered(database: Database, store: ResultStore) -> None:
    store.commit([article_result(0, event_id="same")])
    committed = store.commit([article_result(1, event_id="same", text="other")])
    assert committed.counts() == {Outcome.REDELIVERED: 1}
    assert rows(database, "SELECT count(*) FROM article_version") == [(1,)]


def test_the_same_text_fetched_again_is_unchanged_and_another_is_a_version(
    database: Database, store: ResultStore
) -> None:
    committed = store.commit([article_result(0), article_result(1), article_result(2, text="Cải cách, sửa")])
    assert committed.counts() == {Outcome.REPORT: 2, Outcome.UNCHANGED: 1}
    assert rows(database, "SELECT version, text FROM reports_v1") == [(2, "Cải cách, sửa")]


def test_an_article_is_announced_once_when_it_first_becomes_a_report(database: Database, store: ResultStore) -> None:
    store.commit([article_result(0, text="a", is_report=False)])
    assert rows(database, "SELECT count(*) FROM outbox") == [(0,)]
    store.commit([article_result(1, text="b")])
    store.commit([article_result(2, text="c"), article_result(3, text="d")])
    assert rows(database, "SELECT count(*) FROM outbox") == [(1,)]
    assert rows(database, "SELECT current_version, announced_version FROM article") == [(4, 2)]


def test_a_quarantined_page_is_resolved_when_it_goes_through_later(database: Database, store: ResultStore) -> None:
    store.commit([quarantined_result(0, event_id="bad")])
    assert quarantine.counts(database) == {"deadline": 1}
    store.commit([quarantined_result(1, event_id="bad")])
    held = quarantine.show(database, "bad")
    assert (held.state, held.attempts) == ("held", 2)
    store.commit([article_result(2, event_id="bad")])
    assert quarantine.show(database, "bad").state == "resolved"
    assert quarantine.counts(database) == {}
    assert rows(database, "SELECT count(*) FROM reports_v1") == [(1,)]


def test_every_received_page_has_exactly_one_outcome(database: Database, store: ResultStore) -> None:
    batch = [
        article_result(0),
        quarantined_result(1, event_id="bad"),
        article_result(2, url="https://a.vn/3", is_report=False),
        article_result(0, partition=1, url="https://a.vn/4"),
    ]
    assert store.commit(batch).counts().total() == len(batch)
    assert rows(database, "SELECT count(*) FROM page_outcome") == [(len(batch),)]


def test_diacritics_are_stored_as_letters(database: Database, store: ResultStore) -> None:
    place = {
        "is_primary": True, "role": "subject", "how": "explicit", "level": "province", "then": "Bà Rịa - Vũng Tàu",
        "district_then": None, "province_then": "Bà Rịa - Vũng Tàu", "province_now": "Hồ Chí Minh", "code_then": 77,
        "code_now": 79, "candidates": ["Đắk Lắk"], "spans": [],
    }  # fmt: skip
    store.commit([article_result(0, text="Ủy ban nhân dân, thủ tục", places=[place])])
    assert rows(database, "SELECT text, place_then FROM reports_v1") == [
        ("Ủy ban nhân dân, thủ tục", "Bà Rịa - Vũng Tàu")
    ]
    assert rows(database, "SELECT CAST(candidates AS TEXT) FROM article_place") == [('["Đắk Lắk"]',)]


def test_copies_share_a_cluster_and_say_in_their_announcement_whose_copy_they_are(
    database: Database, store: ResultStore
) -> None:
    def announced() -> list[str | None]:
        with database.read() as connection:
            rows = connection.execute(sa.text("SELECT record_value FROM outbox ORDER BY id"))
            return [json.loads(row.record_value).get("copy_of") for row in rows]

    first = "\n".join(
        f"Sở Nội vụ rà soát quy trình số {number} và giao việc cho đơn vị thứ {number}." for number in range(40)
    )
    copy = first.replace("quy trình số 7 ", "quy trình thứ 7 ") + "\nTheo TTXVN"
    other = "\n".join(f"Ủy ban khảo sát mức độ hài lòng tại điểm {number} trong tháng." for number in range(40))
    store.commit([article_result(0, url="https://a.vn/1", text=first, sketch=sketch(first))])
    store.commit(
        [
            article_result(1, url="https://b.vn/1", text=copy, sketch=sketch(copy)),
            article_result(2, url="https://c.vn/1", text=other, sketch=sketch(other)),
        ]
    )
    clusters = rows(database, "SELECT url, cluster_id, report_id FROM reports_v1 ORDER BY url")
    assert clusters[0][1] == clusters[0][2] == clusters[1][1]
    assert clusters[2][1] == clusters[2][2]
    assert announced() == [None, clusters[0][2], None]


def sketch(text: str) -> SketchRecord:
    article = Article(text=text, title="Đẩy mạnh cải cách hành chính")
    return Signature.of(article, PlaceResolution(places=(), primary=None)).to_record()


def test_a_version_says_what_it_changed_and_a_moved_counter_is_no_version(
    database: Database, store: ResultStore
) -> None:
    before = "Tỉnh tiếp nhận 1.200 hồ sơ trong quý đầu năm.\nLượt xem: 12"
    committed = store.commit(
        [
            article_result(0, text=before),
            article_result(1, text=before.replace("Lượt xem: 12", "Lượt xem: 13")),
            article_result(2, text=before.replace("1.200", "1.300")),
        ]
    )
    assert [outcome for _, outcome in committed.outcomes] == [Outcome.REPORT, Outcome.UNCHANGED, Outcome.REPORT]
    versions = rows(database, "SELECT version, significance, diff FROM versions_v1 ORDER BY version")
    assert versions[0][1:] == (None, None)
    assert versions[1][1] >= 0.5
    assert "[-1.200-]" in versions[1][2]
    assert "{+1.300+}" in versions[1][2]


def test_the_body_an_article_was_last_read_from_is_remembered_with_what_judged_it(store: ResultStore) -> None:
    store.commit([article_result(0, event_id="first", judged_by="1/r1")])
    assert store.seen_bodies({"https://a.vn/1", "https://a.vn/2"}) == {"https://a.vn/1": ("sha of first", "1/r1")}
    store.commit([article_result(1, event_id="second", judged_by="1/r1")])
    assert store.seen_bodies({"https://a.vn/1"}) == {"https://a.vn/1": ("sha of second", "1/r1")}, "unchanged text too"
