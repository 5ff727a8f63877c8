"""Every command but the demo and `analyze`, on a database and bus that a real processor filled."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reformwatch.compose import built_processor, opened_bus, opened_database, upgrade_database
from reformwatch.settings import Settings
from store.bus.base import Record
from store.events import PAGES, encode_page
from tests.acceptance.command import Ended, reformwatch
from tests.parts import hostile, pages
from tests.parts.ports import free_port
from tests.parts.site import Site, rss

AT_ONCE = 2
HOSTILE_URL = pages.event(7).url
SECRETS = {
    "DATABASE": "postgresql+psycopg://writer:MARKER-database@127.0.0.1:9/reformwatch",
    "KAFKA_PASSWORD": "MARKER-kafka",
    "WEBHOOK_URL": "https://hooks.example.org/MARKER-url",
    "WEBHOOK_SECRET": "whsec_TUFSS0VSLXNlY3JldC1NQVJLRVItc2VjcmV0",
}
REGISTRY = """
sources:
  - id: {id}
    name: Báo mẫu
    kind: newspaper
    home: {base}/
    province: Long An
    official: true
    entry_points:
      - feed: {base}/rss
    allowed_domains: [127.0.0.1]
    established: 2026-11-24
    evidence: made by the test
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a user who has watched for a while: reports, other news, a held page and a broken record."""
    folder = tmp_path_factory.mktemp("commands")
    settings = Settings(data=folder / "data", workers=1)
    upgrade_database(settings)
    with opened_database(settings) as database, opened_bus(settings) as bus:
        for number in range(7):
            bus.publish(PAGES, encode_page(pages.event(number)))
        bus.publish(PAGES, encode_page(pages.event(7, body=hostile.attributes(100_000))))
        bus.publish(PAGES, Record(key="x", value=b"?", headers={"ce_type": b"vn.reformwatch.page.fetched.v9"}))
        with built_processor(settings, database, bus) as processor:
            processor.drain()
    return folder


def held(folder: Path, *options: str) -> list[dict[str, object]]:
    ended = reformwatch("quarantine", "list", "--json", *options, folder=folder)
    assert ended.code == 0, ended.errors
    rows: list[dict[str, object]] = ended.json
    return rows


def test_the_quarantine_is_listed_shown_and_requeued(folder: Path) -> None:
    rows = {row["reason"]: row for row in held(folder)}
    assert set(rows) == {"unreadable", "rejected"}
    assert rows["unreadable"]["url"] == HOSTILE_URL
    identity = str(rows["unreadable"]["id"])
    shown = reformwatch("quarantine", "show", identity, "--save", "page.html", folder=folder)
    assert shown.code == 0, shown.errors
    assert "reason: unreadable" in shown.output
    assert (folder / "page.html").read_bytes() == hostile.attributes(100_000)
    for people in (reformwatch("quarantine", "list", folder=folder).output, shown.output):
        assert HOSTILE_URL in people, "nothing is cut off when the output is no terminal"

    asked = reformwatch("quarantine", "requeue", "--reason", "unreadable", folder=folder)
    assert (asked.code, asked.output) == (0, "1 pages requeued\n")
    assert [row["reason"] for row in held(folder)] == ["rejected"]
    assert len(held(folder, "--all")) == 2
    assert reformwatch("status", "--json", folder=folder).json["lag"]["processor"] == 1


def test_the_quarantine_says_what_it_does_not_hold(folder: Path) -> None:
    unknown = reformwatch("quarantine", "show", "nonsense", folder=folder)
    assert unknown.code == 3
    assert "no page 'nonsense' in quarantine" in unknown.errors
    nothing = reformwatch("quarantine", "requeue", folder=folder)
    assert nothing.code == 2
    assert "give ids, --reason or --all" in nothing.errors


def test_the_status_names_every_part(folder: Path) -> None:
    found = reformwatch("status", "--json", folder=folder).json
    assert found["outcomes"]["report"] == 3
    assert found["articles"] == 7
    assert found["reports"] == 3
    assert found["outbox_waiting"] == 3
    assert found["database"].startswith("SQLite 3")
    people = reformwatch("status", folder=folder)
    assert people.code == 0
    for part in ("database", "bus", "articles", "frontier", "last 24 hours", "lag", "quarantine", "outbox", "alerts"):
        assert f"\n{part} " in f"\n{people.output}"


def test_the_database_is_upgraded_once_and_again(folder: Path, tmp_path: Path) -> None:
    first = reformwatch("db", "upgrade", folder=tmp_path)
    second = reformwatch("db", "upgrade", folder=tmp_path)
    assert (first.code, first.output) == (second.code, second.output) == (0, second.output)
    assert "is at schema" in first.output
    with sqlite3.connect(tmp_path / "data" / "reformwatch.db") as connection:
        assert connection.execute("SELECT count(*) FROM reports_v1").fetchone() == (0,)
    connection.close()


def test_a_database_without_tables_is_refused_with_what_to_do(tmp_path: Path) -> None:
    for command in (["status"], ["process"], ["quarantine", "list"]):
        ended = reformwatch(*command, folder=tmp_path, settings={"METRICS_PORT": "0"})
        assert ended.code == 3, command
        assert "run `reformwatch db upgrade`" in ended.errors, command
        assert "Traceback" not in ended.errors, command


def test_a_page_that_was_never_seen_has_no_trace(folder: Path) -> None:
    ended = reformwatch("trace", "https://a.vn/never", folder=folder)
    assert ended.code == 3
    assert "https://a.vn/never was never discovered" in ended.errors


def test_sources_are_checked_once_crawled_once_and_traced(folder: Path, tmp_path: Path) -> None:
    with Site() as site:
        base = site.url("")
        site.put("/rss", rss([(f"{base}/bai-1", "Đẩy mạnh [cải cách] hành chính"), (f"{base}/bai-2", "Tin")]))
        site.put("/bai-1", pages.html(3))
        site.put("/bai-2", pages.html(4))
        (tmp_path / "sources.yml").write_text(REGISTRY.format(id="bao-mau", base=base), encoding="utf-8")
        settings = {
            "SOURCES": "sources.yml",
            "ALLOWED_NETWORKS": "127.0.0.0/8",
            "DELAY_SECONDS": "0.05",
            "METRICS_PORT": "0",
        }
        [listed] = reformwatch("sources", "list", "--json", folder=tmp_path, settings=settings).json
        assert listed["id"] == "bao-mau"

        checked = reformwatch("sources", "check", "--json", folder=tmp_path, settings=settings)
        assert checked.code == 0, checked.errors
        [check] = checked.json
        assert check["usable"] is True
        assert [link["url"] for link in check["entries"][0]["links"]] == [f"{base}/bai-1", f"{base}/bai-2"]
        assert not (tmp_path / "data").exists(), "a check stores nothing"
        assert "Đẩy mạnh [cải cách] hành chính" in _checked(tmp_path, settings).output, "brackets are text"

        guarded = reformwatch("sources", "check", folder=tmp_path, settings=settings | {"ALLOWED_NETWORKS": ""})
        assert guarded.code == 1, "a private address is not connected to unless that is allowed"

        assert reformwatch("db", "upgrade", folder=tmp_path, settings=settings).code == 0
        crawled = reformwatch("crawl", "--once", folder=tmp_path, settings=settings)
        assert crawled.code == 0, crawled.errors
        traced = reformwatch("trace", f"{base}/bai-1", "--json", folder=tmp_path, settings=settings)
        assert traced.json["fetch_state"] == "fetched"
        assert traced.json["outcome"] is None, "no processor has run"
        assert traced.json["link_text"] == "Đẩy mạnh [cải cách] hành chính"


def _checked(folder: Path, settings: dict[str, str]) -> Ended:
    return reformwatch("sources", "check", "bao-mau", folder=folder, settings=settings)


def test_seeds_are_listed_added_and_scored(folder: Path) -> None:
    settings = {"SEEDS": "my-seeds"}
    text = "Một cửa liên thông\n" + "\n".join(pages.REFORM)
    (folder / "extra.txt").write_text(text, encoding="utf-8")
    scored = reformwatch("seeds", "score", "extra.txt", "--json", folder=folder, settings=settings)
    assert scored.code == 0, scored.errors
    assert len(scored.json) == 7, "every stored article is judged without and with it"
    assert {"url", "title", "before", "after", "changes"} == set(scored.json[0])

    added = reformwatch("seeds", "add", "extra.txt", folder=folder, settings=settings)
    assert added.code == 0, added.errors
    listed = reformwatch("seeds", "list", "--json", folder=folder, settings=settings).json
    assert [seed["id"] for seed in listed] == ["000", "001", "002", "003", "004", "extra"]
    again = reformwatch("seeds", "add", "extra.txt", folder=folder, settings=settings)
    assert again.code == 3
    assert "already a seed 'extra'" in again.errors


def test_the_settings_are_shown_with_their_meaning_and_without_secrets(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("POSTGRES_PASSWORD=x\nREFORMWATCH_WORKERS=3\n", encoding="utf-8")
    for options in ((), ("--json",)):
        ended = reformwatch("config", "show", *options, folder=tmp_path, settings=SECRETS)
        assert ended.code == 0, ended.errors
        assert "MARKER" not in ended.everything
        assert SECRETS["WEBHOOK_SECRET"] not in ended.everything
        assert "**********" in ended.output
    shown = reformwatch("config", "show", folder=tmp_path)
    [workers] = [line for line in shown.output.splitlines() if line.startswith("REFORMWATCH_WORKERS ")]
    assert workers.rstrip().split(maxsplit=2)[1:] == ["3", "Worker processes of one processor."]


def test_evaluate_holds_its_floors(tmp_path: Path) -> None:
    ended = reformwatch("evaluate", "--json", folder=tmp_path)
    assert ended.code == 0, ended.errors
    assert ended.json["violations"] == []
    assert ended.json["measures"]


def bad_registry(folder: Path) -> None:
    (folder / "sources.yml").write_text(REGISTRY.format(id="Bao Mau!", base="http://127.0.0.1"), encoding="utf-8")


REFUSED: dict[str, tuple[list[str], dict[str, str], int, str]] = {
    # By name: the command, its settings, the exit code, and what is said.
    "unknown command": (["nonsense"], {}, 2, "No such command 'nonsense'"),
    "unknown option": (["status", "--nonsense"], {}, 2, "No such option"),
    "unknown setting": (["config", "show"], {"WORKRES": "2"}, 3, "unknown settings: REFORMWATCH_WORKRES"),
    "bad value": (["config", "show"], {"WORKERS": "MARKER"}, 3, "REFORMWATCH_WORKERS: Input should be a valid integer"),
    "other database": (["config", "show"], {"DATABASE": "mysql://u:MARKER@h/d"}, 3, "sqlite:///PATH or postgresql+"),
    "no URL": (["config", "show"], {"DATABASE": "MARKER"}, 3, "sqlite:///PATH or postgresql+psycopg://"),
    "other bus": (["process"], {"BUS": "amqp://u:MARKER@h", "METRICS_PORT": "0"}, 3, "kafka://"),
    "password in the bus": (["process"], {"BUS": "kafka://u:MARKER@h:9092", "METRICS_PORT": "0"}, 3, "must not hold"),
    "half a webhook": (["run"], {"WEBHOOK_URL": "https://h/MARKER"}, 3, "set both REFORMWATCH_WEBHOOK_URL and"),
    "bad secret": (["run"], {"WEBHOOK_URL": "https://h/", "WEBHOOK_SECRET": "whsec_MARKER"}, 3, "base64"),
    "bad webhook": (["run"], {"WEBHOOK_URL": "MARKER", "WEBHOOK_SECRET": "whsec_QUJD"}, 3, "https://host/path"),
    "no registry": (["sources", "list"], {"SOURCES": "nowhere.yml"}, 3, "nowhere.yml: cannot be read"),
    "bad registry": (["run"], {"SOURCES": "sources.yml"}, 3, "sources.yml: source 'Bao Mau!' (number 1): id:"),
    "unknown source": (["sources", "check", "nonsense"], {}, 3, "no source 'nonsense' in the registry"),
    "folder that cannot be made": (["db", "upgrade"], {"DATA": "/proc/nowhere"}, 3, "set REFORMWATCH_DATA"),
    "no labelled articles": (["evaluate", "nowhere"], {}, 3, "labelled articles"),
}


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    folder = tmp_path_factory.mktemp("refused")
    (folder / "sources.yml").write_text(REGISTRY.format(id="Bao Mau!", base="http://127.0.0.1"), encoding="utf-8")
    assert reformwatch("db", "upgrade", folder=folder).code == 0

    def refuse(name: str) -> Ended:
        arguments, settings, _, _ = REFUSED[name]
        return reformwatch(*arguments, folder=folder, settings=settings)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(REFUSED, pool.map(refuse, REFUSED), strict=True))


@pytest.mark.parametrize("name", REFUSED)
def test_wrong_usage_and_bad_configuration_say_what_was_expected(name: str, refused: dict[str, Ended]) -> None:
    _, _, code, message = REFUSED[name]
    ended = refused[name]
    assert (ended.code, ended.output) == (code, "")
    assert message in ended.errors
    assert "Traceback" not in ended.errors
    assert "MARKER" not in ended.errors


def test_a_database_that_is_down_is_something_to_try_later(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://writer:MARKER@127.0.0.1:{free_port()}/reformwatch"
    for command in (["status"], ["db", "upgrade"]):
        ended = reformwatch(*command, folder=tmp_path, settings={"DATABASE": url})
        assert ended.code == 75, ended.everything
        assert ended.errors.startswith("try later: postgresql+psycopg://writer:***@127.0.0.1:")
        assert "Connection refused" in ended.errors
        assert "MARKER" not in ended.everything


def test_a_broker_that_is_down_is_something_to_try_later(folder: Path) -> None:
    port = free_port()
    settings = {"BUS": f"kafka://127.0.0.1:{port}", "KAFKA_PASSWORD": "MARKER", "LOG_FORMAT": "json"}
    ended = reformwatch("status", folder=folder, settings=settings)
    assert ended.code == 75, ended.everything
    *logged, last = ended.errors.strip().splitlines()
    assert last.startswith("try later: Kafka")
    assert f"127.0.0.1:{port}" in last
    assert "MARKER" not in ended.everything
    for line in logged:
        json.loads(line)


def test_help_is_there_for_beginners(tmp_path: Path) -> None:
    ended = reformwatch("--help", folder=tmp_path)
    assert ended.code == 0
    for command in ("demo", "run", "status", "analyze", "quarantine", "config"):
        assert f" {command} " in ended.output
