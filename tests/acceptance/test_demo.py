"""The demo, as its first user sees it: one command in an empty folder."""

from __future__ import annotations

import json
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import psutil
import pytest

from reformwatch.demo.site import DemoSite
from store.outcome import Outcome
from tests.acceptance.command import Ended, reformwatch

FIELDS = {"title", "url", "published_at", "score", "pillars", "alerted"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder: Path) -> Ended:
    return reformwatch("demo", "--json", folder=folder)


def gold() -> list[dict[str, str | None]]:
    seeds = json.loads((files("seeds") / "gold.json").read_text(encoding="utf-8"))["seeds"]
    return [{"title": seed["title"], "published": seed["published"]} for seed in seeds]


def test_it_ends_well_and_prints_one_json_document_and_nothing_else(demo: Ended) -> None:
    assert (demo.code, demo.errors) == (0, "")
    assert demo.output.count("\n") == 1
    assert set(demo.json) == {"reports", "outcomes"}


def test_the_reports_are_the_five_seeds_and_nothing_else(demo: Ended) -> None:
    assert sorted(report["title"] for report in demo.json["reports"]) == sorted(seed["title"] or "" for seed in gold())


def test_every_report_has_its_documented_fields_and_was_alerted(demo: Ended) -> None:
    for report in demo.json["reports"]:
        assert set(report) == FIELDS
        assert report["url"].startswith("http://127.0.0.")
        assert 0.5 < report["score"] <= 1.0
        assert report["pillars"]
        assert report["alerted"] is True


def test_the_dates_are_those_the_pages_say_or_none(demo: Ended) -> None:
    found = {report["title"]: report["published_at"] for report in demo.json["reports"]}
    for seed in gold():
        published = found[seed["title"]]
        assert (published is None) == (seed["published"] is None), seed["title"]
        if published and seed["published"]:
            assert published[:10] == seed["published"][:10]
            assert datetime.fromisoformat(published).utcoffset() is not None


def test_every_announced_page_has_exactly_one_outcome(demo: Ended) -> None:
    outcomes = demo.json["outcomes"]
    assert set(outcomes) <= {*Outcome, "refused", "failed"}
    with DemoSite() as site:
        assert sum(outcomes.values()) == len(site.pages)
    assert outcomes["report"] == 5


def test_it_leaves_nothing_behind(demo: Ended, folder: Path) -> None:
    assert list(folder.iterdir()) == []
    left = [process.pid for process in psutil.process_iter(["environ"]) if _belongs_to(process, folder)]
    assert left == []


def _belongs_to(process: psutil.Process, folder: Path) -> bool:
    return (process.info["environ"] or {}).get("HOME") == str(folder)
