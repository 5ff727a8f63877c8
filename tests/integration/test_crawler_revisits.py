"""Pages are fetched again to see what was corrected, behind new ones, and published again only when they changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from store.frontier import Frontier, PageState
from store.models import FrontierPage
from tests.parts.crawl_scene import CrawlScene, crawl_scene
from tests.parts.crawler_process import source
from tests.parts.site import Answer, Site, rss

NAMES = ("/same", "/corrected", "/removed", "/broken", "/throttled")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[CrawlScene]:
    with crawl_scene(tmp_path) as built:
        yield built


def offer(scene: CrawlScene, site: Site, *names: str) -> None:
    site.put("/feed.xml", rss([(site.url(name), name) for name in names]))
    scene.register(source("aa", {"feed": site.url("/feed.xml")}, poll_seconds=0.001))


def let_the_time_pass(scene: CrawlScene) -> None:
    """As if every visit that is planned were due now."""
    with scene.database.transaction() as connection:
        past = datetime.now(UTC) - timedelta(seconds=1)
        connection.execute(sa.update(FrontierPage).where(FrontierPage.due_at.is_not(None)).values(due_at=past))


def test_a_correction_is_seen_and_what_did_not_change_is_not_published_again(scene: CrawlScene) -> None:
    with Site() as site:
        for name in NAMES:
            site.put(name, f"<p>{name}")
        offer(scene, site, *NAMES)
        scene.crawl()
        scene.crawl()
        # A single round ends although visits are planned, and none is made before its time.
        assert [site.paths().count(name) for name in NAMES] == [1] * 5
        first = scene.pages()
        for row in first.values():
            assert row.due_at - row.fetched_at == timedelta(hours=6)

        site.put("/corrected", "<p>/corrected, and how")
        site.put("/removed", Answer(status=410))
        site.put("/broken", Answer(status=500))
        site.put("/throttled", Answer(status=429, headers={"Retry-After": "3600"}))
        site.put("/new", "<p>/new")
        offer(scene, site, "/new", *NAMES)
        let_the_time_pass(scene)
        asked = len(site.arrivals)
        scene.crawl(attempts=1)
        assert next(path for path in site.paths()[asked:] if path in {"/new", *NAMES}) == "/new"

        rows = scene.pages()
        assert {name: (rows[name].state, rows[name].visits) for name in NAMES} == {
            "/same": ("fetched", 2),
            "/corrected": ("fetched", 2),
            "/removed": ("gone", 1),
            "/broken": ("fetched", 2),
            "/throttled": ("fetched", 1),
        }
        assert rows["/same"].due_at - rows["/same"].fetched_at == timedelta(hours=42)
        assert rows["/same"].body_sha256 == first["/same"].body_sha256
        assert rows["/removed"].due_at is None
        assert rows["/removed"].last_error == "gone: HTTP 410"
        assert rows["/broken"].due_at - datetime.now(UTC) > timedelta(hours=41)
        assert rows["/throttled"].attempts == 1
        published = [event.url.removeprefix(site.url("")) for event in scene.published()]
        assert sorted(published) == sorted((*NAMES, "/new", "/corrected"))
        (corrected, again) = (event for event in scene.published() if event.url == site.url("/corrected"))
        assert (again.body, again.reason) == (b"<p>/corrected, and how", corrected.reason)
        assert rows["/corrected"].body_sha256 == again.sha256
        assert (scene.source("aa").failures, scene.source("aa").last_error) == (0, None)
        assert Frontier(scene.database).counts() == {
            PageState.DISCOVERED: 0,
            PageState.FETCHED: 5,
            PageState.REFUSED: 0,
            PageState.FAILED: 0,
            PageState.GONE: 1,
        }


def test_a_correction_is_closed_only_after_the_bus_has_it(scene: CrawlScene) -> None:
    with Site() as site:
        site.put("/a", "first")
        offer(scene, site, "/a")
        scene.crawl()
        site.put("/a", "second")
        let_the_time_pass(scene)
        down = scene.folder / "down"
        down.touch()
        with scene.crawling("--down-while", str(down)):
            scene.wait_until(lambda: site.paths().count("/a") == 2)
        assert (scene.pages()["/a"].visits, len(scene.published())) == (1, 1)
        down.unlink()
        scene.crawl()
        assert [event.body for event in scene.published()] == [b"first", b"second"]
        assert scene.pages()["/a"].visits == 2


def test_without_a_schedule_no_page_is_fetched_again(scene: CrawlScene) -> None:
    with Site() as site:
        site.put("/a", "a")
        offer(scene, site, "/a")
        scene.crawl(revisit_seconds=[])
        assert scene.pages()["/a"].due_at is None
