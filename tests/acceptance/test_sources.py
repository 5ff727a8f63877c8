"""What the commands tell of sources, from a database that a crawler filled."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from reformwatch.compose import opened_database, upgrade_database
from reformwatch.settings import Settings
from store import profiles
from store.frontier import Frontier, PollEnd, SourceRecord
from tests.acceptance.command import reformwatch

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    settings = Settings(data=folder / "data")
    upgrade_database(settings)
    records = [
        SourceRecord(
            id=name,
            name=name.title(),
            kind="portal",
            home=f"https://{name}.vn/",
            province_then=None,
            official=True,
            selectors={"title": "h1.tieu-de", "body": "#noi-dung"} if name == "written" else None,
        )
        for name in ("fine", "unseen", "written")
    ]
    with opened_database(settings) as database:
        frontier = Frontier(database)
        frontier.register(records, now=NOW)
        for name, error in (("fine", None), ("written", "feed https://written.vn/rss: forbidden: HTTP 403\x1b[2J")):
            end = PollEnd(
                source_id=name,
                polled_at=NOW,
                next_poll_at=NOW + timedelta(hours=1),
                failures=int(error is not None),
                error=error,
                state={},
            )
            frontier.end_poll(end)
        for name in ("fine", "written"):
            profiles.save(database, name, {"title": ".//h1", "version": 1}, evidence=[f"https://{name}.vn/1"])
    return folder


def test_health_names_the_worst_first_with_the_evidence(folder: Path) -> None:
    told = reformwatch("sources", "health", folder=folder)
    assert told.code == 0, told.errors
    lines = told.output.splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [["blocked", "written"], ["new", "unseen:"]]
    assert "1 poll failed in a row" in lines[0]
    assert "HTTP 403" in lines[0]
    assert "\x1b" not in told.output
    as_json = reformwatch("sources", "health", "--json", folder=folder).json
    assert [(source["id"], source["health"]) for source in as_json] == [
        ("written", "blocked"),
        ("unseen", "new"),
        ("fine", "ok"),
    ]


def test_the_status_counts_sources_by_health_and_names_the_worst(folder: Path) -> None:
    found = reformwatch("status", "--json", folder=folder).json
    assert found["source_health"] == {"blocked": 1, "new": 1, "ok": 1}
    (worst,) = found["sources"]
    assert (worst["id"], worst["health"]) == ("written", "blocked")
    shown = reformwatch("status", folder=folder).output
    assert re.search(r"^sources +blocked 1, new 1, ok 1 *$", shown, re.MULTILINE)
    assert "blocked source written: 1 poll failed in a row, none has succeeded ever" in shown
    assert "\x1b" not in shown


def test_a_profile_says_whether_it_was_written_or_learned(folder: Path) -> None:
    written = reformwatch("sources", "profile", "written", folder=folder).output
    assert "written by hand in the registry, in use" in written
    assert "body: #noi-dung" in written
    assert "overruled by hand" in written
    learned = reformwatch("sources", "profile", "fine", folder=folder).output
    assert "in use" in learned
    assert "by hand" not in learned
    as_json = reformwatch("sources", "profile", "written", "--json", folder=folder).json
    assert [profile["hand_written"] for profile in as_json] == [True, False]
    assert as_json[0]["selectors"] == {"title": "h1.tieu-de", "body": "#noi-dung"}
    assert "nothing learned yet" in reformwatch("sources", "profile", "unseen", folder=folder).output
