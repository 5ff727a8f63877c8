"""Migrations and views, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from processor.records import RESULT_RULES
from store import migrate
from store.base import Base
from store.database import Database
from store.errors import DatabaseUnavailable, NeverValid, SchemaMismatch
from store.events import PAGES
from store.positions import Positions
from store.results import ResultStore
from store.view_columns import COLUMNS
from tests.parts.results import article_result


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


def test_an_empty_database_is_refused_with_what_to_do(database: Database) -> None:
    with pytest.raises(SchemaMismatch, match="reformwatch db upgrade"):
        migrate.check(database)


def test_upgrading_twice_reaches_the_same_schema_and_keeps_the_data(database: Database) -> None:
    migrate.upgrade(database)
    ResultStore(database, Positions(database, "processor", PAGES), RESULT_RULES).commit([article_result(0)])
    migrate.upgrade(database)
    migrate.check(database)
    with database.read() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM reports_v1")) == 1


def test_the_migrations_build_exactly_the_tables_of_the_models(database: Database) -> None:
    migrate.upgrade(database)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_a_newer_schema_is_refused(database: Database) -> None:
    migrate.upgrade(database)
    with database.transaction() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaMismatch, match="newer version"):
        migrate.check(database)
    with pytest.raises(SchemaMismatch, match="newer version"):
        migrate.upgrade(database)


def test_every_view_has_exactly_its_documented_columns(database: Database) -> None:
    migrate.upgrade(database)
    with database.read() as connection:
        for view, columns in COLUMNS.items():
            assert list(connection.execute(sa.text(f"SELECT * FROM {view}")).keys()) == list(columns)


def test_a_reader_that_follows_the_cursor_never_skips_a_late_commit(database: Database) -> None:
    migrate.upgrade(database)
    seen: list[tuple[int, str]] = []
    stores = [ResultStore(database, Positions(database, f"g{number}", PAGES), RESULT_RULES) for number in range(2)]

    def read_on() -> None:
        cursor, last = seen[-1] if seen else (-1, "")
        query = sa.text(
            "SELECT change_cursor, report_id FROM reports_v1 WHERE (change_cursor, report_id) > (:cursor, :last) "
            "ORDER BY change_cursor, report_id"
        )
        with database.read() as connection:
            seen.extend((row[0], row[1]) for row in connection.execute(query, {"cursor": cursor, "last": last}))

    if database.dialect == "sqlite":
        stores[0].commit([article_result(0, url="https://a.vn/early")])
        read_on()
        stores[1].commit([article_result(0, url="https://a.vn/late", event_id="late")])
    else:
        begun, go_on = threading.Event(), threading.Event()

        def commit_late() -> None:
            with database.transaction() as connection:
                database.change_token(connection)
                connection.execute(
                    sa.text(
                        "INSERT INTO article (id, url, source_id, first_fetched_at, current_version, changed_in) "
                        "SELECT 'late', 'https://a.vn/late', 's', now(), 1, pg_current_xact_id()::text::bigint"
                    )
                )
                connection.execute(
                    sa.text(
                        "INSERT INTO article_version (article_id, number, event_id, content_hash, final_url, "
                        "fetched_at, stored_at, text, truncated, is_report, explanation, rules_version, "
                        "extractor_version, change_kinds) "
                        "SELECT 'late', 1, 'late', 'h', 'u', now(), now(), 't', false, true, "
                        "'{}', 'r', '1', '[]'"
                    )
                )
                begun.set()
                assert go_on.wait(30)

        late = threading.Thread(target=commit_late)
        late.start()
        assert begun.wait(30)
        stores[0].commit([article_result(0, url="https://a.vn/early")])
        read_on()
        go_on.set()
        late.join()
    read_on()
    assert len(seen) == len(set(seen)) == 2


@pytest.mark.parametrize("url", ["mysql://u:hunter2@h/d", "nonsense hunter2"])
def test_a_wrong_database_url_is_refused_without_showing_its_password(url: str) -> None:
    with pytest.raises(NeverValid) as caught:
        Database(url)
    assert "hunter2" not in str(caught.value)


def test_an_unreachable_database_is_a_reason_to_try_later() -> None:
    database = Database("postgresql+psycopg://u:hunter2@127.0.0.1:1/d")
    with pytest.raises(DatabaseUnavailable) as caught, database.read():
        pass
    assert "hunter2" not in str(caught.value)
