"""Copies end in one cluster under their first publisher, on both databases."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from processor.near_duplicates import COPY_RULES
from store import clusters, migrate
from store.article_models import Article, ArticleBand, ArticleSketch
from store.clusters import Candidate, SketchRecord, assign_cluster
from store.database import Database
from tests.near_duplicate_generator import Report, edited, fill, republished, template

NOON = datetime(2024, 4, 12, 12, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate.upgrade(database)
    yield database
    database.close()


def store(database: Database, name: str, report: Report, *, hours: float = 0, version: int = 1) -> str:
    """Store an article as the processor would: its row first, then its cluster."""
    return store_record(database, name, report.signature().to_record(), hours=hours, version=version)


def store_record(database: Database, name: str, record: SketchRecord, *, hours: float = 0, version: int = 1) -> str:
    with database.transaction() as connection:
        clusters.lock_clusters(connection)
        changed_in = database.change_token(connection)
        row = {
            "id": name,
            "url": f"https://{name}.vn/1",
            "source_id": name,
            "first_fetched_at": NOON,
            "current_version": version,
            "changed_in": changed_in,
        }
        statement = database.insert(Article).values(**row)
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"current_version": version}))
        article = Candidate(article_id=name, version=version, at=NOON + timedelta(hours=hours), record=record)
        return assign_cluster(connection, article, COPY_RULES, changed_in=changed_in)


def stored(database: Database) -> dict[str, str | None]:
    with database.read() as connection:
        rows = connection.execute(sa.select(Article.id, Article.cluster_id))
        return {row.id: row.cluster_id for row in rows}


def count(database: Database, table: type[ArticleBand] | type[ArticleSketch], article: str) -> int:
    with database.read() as connection:
        query = sa.select(sa.func.count()).select_from(table).where(table.article_id == article)
        return connection.scalar(query) or 0


@pytest.fixture
def rng() -> random.Random:
    return random.Random("clusters")


@pytest.fixture
def original(rng: random.Random) -> Report:
    return fill(template(rng, 20), "Hà Nam", rng)


def test_copies_join_the_first_publisher(database: Database, original: Report, rng: random.Random) -> None:
    assert store(database, "first", original) == "first"
    for number in range(4):
        copy = republished(edited(original, 0.03, rng), rng)
        assert store(database, f"copy{number}", copy, hours=number + 1) == "first"
    assert set(stored(database).values()) == {"first"}


def test_an_article_without_copies_is_a_cluster_of_its_own(database: Database, rng: random.Random) -> None:
    slots = template(rng, 20)
    assert store(database, "here", fill(slots, "Hà Nam", rng)) == "here"
    assert store(database, "there", fill(slots, "Lào Cai", rng), hours=1) == "there"


def test_the_first_publisher_takes_the_cluster_over_when_it_is_fetched_last(
    database: Database, original: Report, rng: random.Random
) -> None:
    store(database, "late", edited(original, 0.02, rng), hours=5)
    store(database, "later", edited(original, 0.02, rng), hours=6)
    with database.read() as connection:
        before = {row.id: row.changed_in for row in connection.execute(sa.select(Article.id, Article.changed_in))}
    assert store(database, "first", original, hours=0) == "first"
    assert stored(database) == dict.fromkeys(["late", "later", "first"], "first")
    with database.read() as connection:
        after = {row.id: row.changed_in for row in connection.execute(sa.select(Article.id, Article.changed_in))}
    assert all(after[name] > before[name] for name in before), "readers who follow the cursor see the move"
    assert store(database, "latest", edited(original, 0.02, rng), hours=9) == "first"


def test_assigning_again_changes_nothing(database: Database, original: Report, rng: random.Random) -> None:
    copy = edited(original, 0.02, rng)
    for _ in range(2):
        assert store(database, "first", original) == "first"
        assert store(database, "copy", copy, hours=1) == "first"
    assert count(database, ArticleBand, "first") == 32
    assert count(database, ArticleBand, "copy") == 0, "only heads can be found, so copies cost no keys"
    assert count(database, ArticleSketch, "copy") == 1


def test_a_version_with_another_text_leaves_the_cluster(
    database: Database, original: Report, rng: random.Random
) -> None:
    store(database, "first", original)
    assert store(database, "copy", edited(original, 0.02, rng), hours=1) == "first"
    assert store(database, "copy", fill(template(rng, 8), "Lào Cai", rng), hours=1, version=2) == "copy"
    assert stored(database) == {"first": "first", "copy": "copy"}
    assert count(database, ArticleBand, "copy") == 32


def test_a_new_version_of_the_head_keeps_its_followers(
    database: Database, original: Report, rng: random.Random
) -> None:
    store(database, "first", original)
    store(database, "copy", edited(original, 0.02, rng), hours=1)
    assert store(database, "first", fill(template(rng, 8), "Hà Nam", rng), version=2) == "first"
    assert stored(database) == {"first": "first", "copy": "first"}


def test_two_provinces_never_share_a_cluster_by_way_of_a_text_that_names_none(
    database: Database, original: Report
) -> None:
    record = replace(original.signature().to_record(), subject=None, places=(), names={})
    here, there = (replace(record, subject=name, places=(name,)) for name in ("hà nam", "lào cai"))
    assert store_record(database, "central", record) == "central"
    assert store_record(database, "here", here, hours=1) == "central"
    assert store_record(database, "there", there, hours=2) == "there"


def test_the_same_text_a_season_later_is_not_looked_up(database: Database, original: Report) -> None:
    store(database, "first", original)
    assert store(database, "again", original, hours=24 * 90) == "again"


def test_a_date_at_the_end_of_time_is_stored_like_any_other(database: Database, original: Report) -> None:
    assert store(database, "wrong", original, hours=24 * 365 * 7970) == "wrong"
    assert store(database, "older", original, hours=-24 * 365 * 2020) == "older"


def test_a_text_too_short_to_compare_is_alone(database: Database) -> None:
    caption = Report(title="Tin", text="Quang cảnh hội nghị.", place="Hà Nam")
    assert store(database, "one", caption) == "one"
    assert store(database, "two", caption, hours=1) == "two"


def test_the_work_for_a_page_does_not_grow_with_the_lookalikes_in_the_store(
    database: Database, original: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "MAX_CANDIDATES", 3)
    record = original.signature().to_record()
    for number in range(10):
        # The same keys, yet each about a place of its own: none is a copy of another.
        elsewhere = replace(record, subject=f"tỉnh {number}", places=(f"tỉnh {number}",))
        store_record(database, f"a{number}", elsewhere, hours=number)
    compared = []

    def is_copy(a: SketchRecord, b: SketchRecord) -> bool:
        compared.append(a)
        return COPY_RULES.is_copy(a, b)

    with database.transaction() as connection:
        candidate = Candidate(article_id="a9", version=1, at=NOON + timedelta(hours=9), record=record)
        assign_cluster(connection, candidate, replace(COPY_RULES, is_copy=is_copy), changed_in=99)
    assert len(compared) == 3
