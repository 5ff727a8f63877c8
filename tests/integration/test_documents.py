"""The files that an article links are stored with it, become due with it, and what becomes of them can be seen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from processor.records import RESULT_RULES
from store import migrate
from store.database import Database
from store.documents import MAX_DOCUMENTS, DocumentRules
from store.events import PAGES, FetchReason
from store.frontier import FoundPage, Frontier, PageChange, PageState, PollEnd, SourceRecord
from store.outcome import Outcome
from store.positions import Positions
from store.result_records import LinkedDocument, PageResult, article_id
from store.results import ResultStore
from store.trace import trace
from tests.parts.results import NOW, article_result, delivery, page, quarantined_result

ARTICLE = "https://a.vn/1"
PDF, DOCX = "https://a.vn/qd.pdf", "https://tep.a.vn/kh.docx"
RULES = DocumentRules(domains=("a.vn",), exclude=(r"/noi-bo/",))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    migrate.upgrade(database)
    register(database, RULES)
    yield database
    database.close()


@pytest.fixture
def store(database: Database) -> ResultStore:
    return ResultStore(database, Positions(database, "processor", PAGES), RESULT_RULES)


def register(database: Database, rules: DocumentRules | None) -> None:
    record = SourceRecord(
        id="longan",
        name="Long An",
        kind="portal",
        home="https://a.vn/",
        province_then="Long An",
        official=True,
        documents=rules.to_json() if rules else None,
    )
    Frontier(database).register([record], now=NOW)


def linked(*urls: str) -> list[LinkedDocument]:
    return [LinkedDocument(url=url, fetch_url=f"{url}#page=2", text="Tải về", title=None) for url in urls]


def rows(database: Database, sql: str) -> list[Any]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(sa.text(sql))]


def documents(database: Database, columns: str) -> list[Any]:
    return rows(database, f"SELECT {columns} FROM documents_v1 ORDER BY url, position")


def without_article(offset: int, url: str, outcome: Outcome, reason: str) -> PageResult:
    return PageResult(
        delivery=delivery(offset, url=url), page=page(f"event-{offset}", url), outcome=outcome, reason=reason
    )


def test_documents_become_due_in_the_transaction_that_stores_their_article(
    database: Database, store: ResultStore
) -> None:
    store.commit([article_result(0, documents=linked(PDF, DOCX))])
    assert documents(database, "article_id, url, is_report, position, document_url, link_text, outcome, scanned") == [
        (article_id(ARTICLE), ARTICLE, True, 0, PDF, "Tải về", "pending", False),
        (article_id(ARTICLE), ARTICLE, True, 1, DOCX, "Tải về", "pending", False),
    ]
    due = Frontier(database).due(["longan"], now=datetime.now(UTC), per_source=10)
    assert {(each.url, each.fetch_url, each.linked_from, each.link_text, each.reason) for each in due} == {
        (PDF, f"{PDF}#page=2", ARTICLE, None, FetchReason.LIVE),
        (DOCX, f"{DOCX}#page=2", ARTICLE, None, FetchReason.LIVE),
    }


def test_a_batch_that_fails_in_the_middle_leaves_no_document_behind(database: Database, store: ResultStore) -> None:
    broken = article_result(1, url="https://a.vn/2", tags=[{"pillar": None, "role": "primary", "evidence": []}])
    with pytest.raises(sa.exc.IntegrityError):
        store.commit([article_result(0, documents=linked(PDF)), broken])
    assert rows(database, "SELECT url FROM frontier") == []
    store.commit([article_result(0, documents=linked(PDF))])
    assert rows(database, "SELECT url FROM frontier") == [(PDF,)]


def test_a_replay_makes_nothing_due_again(database: Database, store: ResultStore) -> None:
    batch = [article_result(0, event_id="one", documents=linked(PDF))]
    store.commit(batch)
    fetched = PageChange(url=PDF, state=PageState.FETCHED, attempts=1, visits=1, due_at=None, fetched_at=NOW)
    Frontier(database).change([fetched])
    store.commit(batch)
    store.commit([article_result(1, event_id="one", documents=linked(PDF))])
    store.commit([article_result(2, documents=linked(PDF)), article_result(3, text="khác", documents=linked(PDF))])
    assert rows(database, "SELECT url, state, visits FROM frontier") == [(PDF, "fetched", 1)]
    assert documents(database, "document_url, outcome") == [(PDF, "fetched")]


def test_only_files_of_the_same_site_are_followed_and_only_so_many(database: Database, store: ResultStore) -> None:
    strange = ["https://b.vn/x.pdf", "https://ba.vn/x.pdf", "https://a.vn/noi-bo/x.pdf", ARTICLE]
    many = [f"https://a.vn/{number:02}.pdf" for number in range(2 * MAX_DOCUMENTS)]
    store.commit([article_result(0, documents=linked(*strange, *many))])
    assert documents(database, "position, document_url") == list(enumerate(many[:MAX_DOCUMENTS]))


def test_a_source_can_be_told_not_to_follow_documents(database: Database, store: ResultStore) -> None:
    store.commit([article_result(0, documents=linked(PDF))])
    register(database, None)
    store.commit([article_result(1, url="https://a.vn/2", documents=linked(DOCX))])
    assert documents(database, "document_url") == [(PDF,)]
    frontier = Frontier(database)
    assert frontier.due(["longan"], now=datetime.now(UTC), per_source=10) == []
    register(database, RULES)
    assert [each.url for each in frontier.due(["longan"], now=datetime.now(UTC), per_source=10)] == [PDF]


def test_news_comes_before_documents_and_documents_before_second_looks(database: Database, store: ResultStore) -> None:
    frontier = Frontier(database)
    store.commit([article_result(0, documents=linked(PDF))])
    names = ("https://a.vn/looked", "https://a.vn/new")
    frontier.discover("longan", [FoundPage(url=url, fetch_url=url) for url in names], now=datetime.now(UTC))
    looked = PageChange(url=names[0], state=PageState.FETCHED, attempts=1, visits=1, due_at=NOW, fetched_at=NOW)
    frontier.change([looked])
    later = datetime.now(UTC) + timedelta(minutes=1)
    assert [each.url for each in frontier.due(["longan"], now=later, per_source=10)] == [names[1], PDF, names[0]]


def test_documents_do_not_make_a_quiet_source_look_alive(database: Database, store: ResultStore) -> None:
    store.commit([article_result(0, documents=linked(PDF))])
    now = datetime.now(UTC)
    since = (now - timedelta(days=30)).isoformat()
    state = {"watched_since": since, "expected": {"pages": 1, "days": 7}}
    end = PollEnd(source_id="longan", polled_at=now, next_poll_at=now, failures=0, error=None, state=state)
    assert Frontier(database).end_poll(end).health == "silent"


def test_a_file_added_to_an_unchanged_text_is_followed_and_a_new_version_has_its_own(
    database: Database, store: ResultStore
) -> None:
    store.commit([article_result(0, documents=linked(PDF))])
    committed = store.commit([article_result(1, documents=linked(PDF, DOCX))])
    assert committed.counts() == {Outcome.UNCHANGED: 1}
    assert documents(database, "document_url") == [(PDF,), (DOCX,)]
    store.commit([article_result(2, text="khác", documents=linked(DOCX))])
    assert documents(database, "document_url") == [(DOCX,)]
    assert rows(database, "SELECT version, url FROM article_document ORDER BY version, url") == [
        (1, PDF),
        (1, DOCX),
        (2, DOCX),
    ]


def test_the_view_says_what_became_of_each_document(database: Database, store: ResultStore) -> None:
    names = ("report", "not", "scan", "broken", "refused", "way", "waiting")
    urls = {name: f"https://a.vn/{name}.pdf" for name in names}
    store.commit([article_result(0, documents=linked(*urls.values()))])
    frontier = Frontier(database)
    changes = [
        PageChange(url=url, state=PageState.FETCHED, attempts=1, visits=1, due_at=None, fetched_at=NOW)
        for name, url in urls.items()
        if name not in {"refused", "waiting"}
    ]
    refused = PageChange(
        url=urls["refused"], state=PageState.REFUSED, attempts=1, due_at=None, error="too_large: more than 5 MiB"
    )
    frontier.change([*changes, refused])
    store.commit(
        [
            article_result(1, url=urls["report"], text="Quyết định"),
            article_result(2, url=urls["not"], text="Thông báo", is_report=False),
            without_article(3, urls["scan"], Outcome.NOT_AN_ARTICLE, "scanned"),
            quarantined_result(4, event_id="broken", url=urls["broken"]),
        ]
    )
    store.commit([without_article(5, urls["scan"], Outcome.UNCHANGED, "")])
    found = {
        row[0].split("/")[-1][:-4]: row[1:] for row in documents(database, "document_url, outcome, reason, scanned")
    }
    assert found == {
        "report": ("report", None, False),
        "not": ("not_a_report", None, False),
        "scan": ("not_an_article", "scanned", True),
        "broken": ("quarantined", "deadline", False),
        "refused": ("refused", "too_large: more than 5 MiB", False),
        "way": ("fetched", None, False),
        "waiting": ("pending", None, False),
    }
    assert documents(database, "document_id, title, published_at IS NULL")[0] == (
        article_id(urls["report"]),
        "Đẩy mạnh cải cách hành chính",
        False,
    )


def test_a_document_of_a_report_is_announced_as_its_attachment_and_one_of_another_page_is_not(
    database: Database, store: ResultStore
) -> None:
    other = "https://a.vn/2"
    store.commit(
        [
            article_result(0, documents=linked(PDF)),
            article_result(1, url=other, text="b", is_report=False, documents=linked(DOCX)),
        ]
    )
    store.commit([article_result(2, url=PDF, text="c"), article_result(3, url=DOCX, text="d")])
    announced = [json.loads(row[0]) for row in rows(database, "SELECT record_value FROM outbox ORDER BY id")]
    assert [(each["url"], each.get("attachment_of")) for each in announced] == [
        (ARTICLE, None),
        (PDF, article_id(ARTICLE)),
        (DOCX, None),
    ]


def test_a_report_that_turns_out_to_be_an_attachment_is_seen_again_by_those_who_read_on(
    database: Database, store: ResultStore
) -> None:
    columns = "SELECT change_cursor, attachment_of FROM reports_v1 WHERE url = "
    store.commit([article_result(0, url=PDF, text="Quyết định")])
    ((before, nobody),) = rows(database, f"{columns} '{PDF}'")
    store.commit([article_result(1, documents=linked(PDF))])
    ((after, parent),) = rows(database, f"{columns} '{PDF}'")
    assert (nobody, parent) == (None, article_id(ARTICLE))
    assert after > before
    store.commit([article_result(2, documents=linked(PDF))])
    assert rows(database, f"{columns} '{PDF}'") == [(after, parent)], "nothing new, nothing moved"
    assert rows(database, f"SELECT attachment_of FROM reports_v1 WHERE url = '{ARTICLE}'") == [(None,)]


def test_the_trace_of_an_article_shows_its_documents_and_theirs_where_they_were_found(
    database: Database, store: ResultStore
) -> None:
    Frontier(database).discover("longan", [FoundPage(url=ARTICLE, fetch_url=ARTICLE)], now=NOW)
    store.commit([article_result(0, documents=linked(PDF, DOCX))])
    store.commit([article_result(1, url=PDF, text="Quyết định")])
    (found,) = trace(database, url=ARTICLE)
    assert [(each.document_url, each.outcome, each.published_on) for each in found.documents] == [
        (PDF, "report", NOW.date()),
        (DOCX, "pending", None),
    ]
    assert found.linked_from is None
    (document,) = trace(database, url=PDF)
    assert (document.linked_from, document.outcome, document.documents) == (ARTICLE, "report", ())
    assert [len(each.documents) for each in trace(database)] == [2, 0, 0]
