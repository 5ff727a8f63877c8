"""The frontier's SQL, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from store import migrate
from store.database import Database
from store.events import FetchReason
from store.frontier import FoundPage, Frontier, PageChange, PageState, PollEnd, SourceRecord
from store.models import FrontierPage, Source
from store.profiles import selectors
from store.source_health import NEVER_POLLED

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    migrate.upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def frontier(database: Database) -> Frontier:
    built = Frontier(database)
    built.register([record("aa"), record("bb")], now=NOW)
    return built


def record(source_id: str, name: str = "Báo") -> SourceRecord:
    return SourceRecord(
        id=source_id, name=name, kind="newspaper", home="http://a.vn/", province_then="Long An", official=True
    )


def found(*names: str) -> list[FoundPage]:
    return [FoundPage(url=f"http://a.vn/{name}", fetch_url=f"http://a.vn/{name}?x", link_text=name) for name in names]


def due(frontier: Frontier, *sources: str, now: datetime = NOW, per_source: int = 10) -> list[str]:
    pages = frontier.due(sources or ("aa", "bb"), now=now + timedelta(seconds=1), per_source=per_source)
    return [page.url.rpartition("/")[2] for page in pages]


def test_a_page_is_discovered_once_and_kept_as_it_was_found_first(frontier: Frontier) -> None:
    assert frontier.discover("aa", found("x", "y"), now=NOW) == 2
    assert frontier.discover("bb", found("y", "z"), now=NOW) == 1
    assert due(frontier, "aa") == ["x", "y"]
    assert due(frontier, "bb") == ["z"]
    assert frontier.discover("aa", [], now=NOW) == 0


def test_pages_and_the_state_that_announced_them_are_stored_together(frontier: Frontier, database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError):
        frontier.discover("aa", [FoundPage(url="u", fetch_url=None)], now=NOW, state={"etag": "1"})  # type: ignore[arg-type]
    assert frontier.sources()[0].state == {}
    frontier.discover("aa", found("x"), now=NOW, state={"etag": "1"})
    assert {source.id: source.state for source in frontier.sources()} == {"aa": {"etag": "1"}, "bb": {}}
    with database.read() as connection:
        assert connection.scalar(sa.select(Source.new_page_at).where(Source.id == "aa")) == NOW


def test_a_full_sitemap_is_stored_in_few_statements(frontier: Frontier, database: Database) -> None:
    statements: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))
    assert frontier.discover("aa", found(*(f"p{n}" for n in range(5_000))), now=NOW) == 5_000
    assert len([statement for statement in statements if statement.startswith("INSERT")]) == 10


def test_each_source_gets_its_share_live_pages_first_in_the_order_of_their_document(frontier: Frontier) -> None:
    frontier.discover("aa", found("old1", "old2"), now=NOW - timedelta(days=1), reason=FetchReason.BACKFILL)
    frontier.discover("aa", found("z", "y", "x"), now=NOW)
    frontier.discover("bb", found("b"), now=NOW)
    assert due(frontier, per_source=2) == ["z", "b", "y"]
    assert due(frontier, "aa") == ["z", "y", "x", "old1", "old2"]
    assert due(frontier, "aa", now=NOW - timedelta(hours=1)) == ["old1", "old2"]


def test_changes_are_stored_together_and_only_what_is_due_is_given_again(frontier: Frontier) -> None:
    frontier.discover("aa", found("a", "b", "c", "d"), now=NOW)
    later = NOW + timedelta(hours=1)
    frontier.change(
        [
            PageChange(
                url="http://a.vn/a",
                state=PageState.FETCHED,
                attempts=1,
                due_at=None,
                visits=1,
                fetched_at=NOW,
                status=200,
            ),
            PageChange(url="http://a.vn/b", state=PageState.DISCOVERED, attempts=1, due_at=later, error="x" * 5_000),
            PageChange(url="http://a.vn/c", state=PageState.REFUSED, attempts=1, due_at=NOW, status=404),
        ]
    )
    assert due(frontier) == ["d"]
    assert due(frontier, now=later) == ["d", "b"]
    assert frontier.counts() == {
        PageState.DISCOVERED: 2,
        PageState.FETCHED: 1,
        PageState.REFUSED: 1,
        PageState.FAILED: 0,
        PageState.GONE: 0,
    }


def test_a_fetched_page_is_due_again_behind_every_new_one_and_keeps_what_is_known_of_it(
    frontier: Frontier, database: Database
) -> None:
    frontier.discover("aa", found("old"), now=NOW - timedelta(days=1))
    fetched = PageChange(
        url="http://a.vn/old",
        state=PageState.FETCHED,
        attempts=1,
        visits=1,
        due_at=NOW - timedelta(hours=1),
        fetched_at=NOW - timedelta(days=1),
        body_sha256="abc",
    )
    frontier.change([fetched])
    frontier.discover("aa", found("back"), now=NOW, reason=FetchReason.BACKFILL)
    frontier.discover("aa", found("new"), now=NOW)
    assert due(frontier, "aa") == ["new", "back", "old"]
    again = frontier.due(["aa"], now=NOW + timedelta(seconds=1), per_source=10)[-1]
    assert (again.state, again.visits, again.body_sha256) == (PageState.FETCHED, 1, "abc")
    assert frontier.counts()[PageState.FETCHED] == 1

    frontier.change([PageChange(url=again.url, state=PageState.GONE, attempts=2, visits=1, due_at=None, status=404)])
    assert due(frontier, "aa") == ["new", "back"]
    with database.read() as connection:
        row = connection.execute(sa.select(FrontierPage.__table__).where(FrontierPage.url == again.url)).one()
    assert (row.fetched_at, row.body_sha256, row.status) == (fetched.fetched_at, "abc", 404)


def test_text_that_a_database_would_refuse_is_stored_without_what_it_refuses(frontier: Frontier) -> None:
    hostile = "a\0b\ud800c"
    page = FoundPage(url="http://a.vn/a", fetch_url="http://a.vn/a", link_text=hostile)
    frontier.discover("aa", [page], now=NOW)
    frontier.change([PageChange(url=page.url, state=PageState.DISCOVERED, attempts=1, due_at=NOW, error=hostile)])
    frontier.end_poll(PollEnd(source_id="aa", polled_at=NOW, next_poll_at=NOW, failures=1, error=hostile, state={}))
    (found_again,) = frontier.due(["aa"], now=NOW, per_source=1)
    assert found_again.link_text == "ab?c"


def test_a_change_of_health_is_recorded_once_with_its_reason(frontier: Frontier, database: Database) -> None:
    state = {"expected": {"pages": 2, "days": 7}, "watched_since": NOW.isoformat()}

    def poll(days: float, failures: int = 0) -> str:
        now = NOW + timedelta(days=days)
        error = "feed u: forbidden: HTTP 403" if failures else None
        end = PollEnd(source_id="aa", polled_at=now, next_poll_at=now, failures=failures, error=error, state=state)
        return frontier.end_poll(end).health.value

    frontier.discover("aa", found("x", "y"), now=NOW)
    frontier.discover("bb", found("z"), now=NOW + timedelta(days=13))
    assert [poll(0), poll(1), poll(1.1, 1), poll(1.2)] == ["ok"] * 4, "a single failure is no event"
    assert [poll(3, 1), poll(3.1, 2), poll(3.2, 3), poll(4)] == ["ok", "ok", "blocked", "ok"]
    frontier.discover("aa", found("w"), now=NOW + timedelta(days=6))
    assert [poll(8), poll(14)] == ["thin", "silent"]
    with database.read() as connection:
        told = connection.execute(
            sa.text("SELECT kind, at, detail FROM source_events_v1 WHERE source_id = 'aa' ORDER BY event_id")
        ).all()
        row = connection.execute(sa.text("SELECT * FROM sources_v1 WHERE source_id = 'aa'")).one()
        other = connection.execute(sa.text("SELECT * FROM sources_v1 WHERE source_id = 'bb'")).one()
    details = [json.loads(event.detail) if isinstance(event.detail, str) else event.detail for event in told]
    assert {event.kind for event in told} == {"health_changed"}
    assert [(detail["from"], detail["to"]) for detail in details] == [
        ("new", "ok"),
        ("ok", "blocked"),
        ("blocked", "ok"),
        ("ok", "thin"),
        ("thin", "silent"),
    ]
    assert (row.health, row.health_reason) == ("silent", details[-1]["reason"])
    assert (other.health, other.health_reason, other.health_changed_at) == ("new", NEVER_POLLED, None)
    assert {source.id: source.health.value for source in frontier.sources()} == {"aa": "silent", "bb": "new"}


def test_selectors_written_by_hand_are_stored_and_taken_back(frontier: Frontier, database: Database) -> None:
    css = {"title": "h1", "body": "div.detail"}
    frontier.register([replace(record("aa"), selectors=css), record("bb")], now=NOW)
    assert selectors(database) == {"aa": css}
    frontier.register([record("aa"), record("bb")], now=NOW)
    assert selectors(database) == {}


def test_registering_again_keeps_what_was_seen_and_disables_what_left(frontier: Frontier, database: Database) -> None:
    end = PollEnd(
        source_id="aa",
        polled_at=NOW,
        next_poll_at=NOW + timedelta(hours=2),
        failures=3,
        error="broken",
        state={"entries": {"http://a.vn/rss": {"etag": '"1"'}}},
    )
    frontier.end_poll(end)
    frontier.register([record("aa", "Báo mới")], now=NOW + timedelta(days=1))
    (state,) = frontier.sources()
    assert (state.id, state.next_poll_at, state.failures) == ("aa", end.next_poll_at, 3)
    assert state.state == end.state
    with database.read() as connection:
        assert connection.scalar(sa.select(Source.name).where(Source.id == "aa")) == "Báo mới"
        assert connection.scalar(sa.select(Source.succeeded_at).where(Source.id == "aa")) is None
        assert connection.scalar(sa.select(Source.enabled).where(Source.id == "bb")) is False
        assert connection.scalar(sa.select(sa.func.count()).select_from(FrontierPage)) == 0
