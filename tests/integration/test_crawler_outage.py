"""A dependency that is down, or an order to stop, costs time but no page, and never piles pages up in memory."""

from __future__ import annotations

import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.parts.crawl_scene import CrawlScene, crawl_scene
from tests.parts.crawler_process import source
from tests.parts.postgres import PostgresServer
from tests.parts.site import Answer, Site, rss

MIB = 1024 * 1024


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[CrawlScene]:
    with crawl_scene(tmp_path) as built:
        yield built


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as started:
        yield started


def offer(scene: CrawlScene, site: Site, pages: int, answer: Answer) -> None:
    for number in range(pages):
        site.put(f"/tin-{number}", answer)
    site.put("/feed.xml", rss([(site.url(f"/tin-{number}"), "x") for number in range(pages)]))
    scene.register(source("aa", {"feed": site.url("/feed.xml")}))


def states(scene: CrawlScene) -> list[str]:
    return [row.state for row in scene.pages().values()]


def test_while_the_bus_is_down_fetching_stops_and_goes_on_when_it_is_back(scene: CrawlScene, site: Site) -> None:
    offer(scene, site, 40, Answer(b"x" * MIB))
    down = scene.folder / "down"
    down.touch()
    with scene.crawling("--down-while", str(down)) as process:
        scene.wait_until(lambda: "/tin-0" in site.paths())
        time.sleep(3)
        assert states(scene) == ["discovered"] * 40
        # One page of the host is fetched and waits; nothing else was asked for.
        assert site.paths() == ["/robots.txt", "/feed.xml", "/tin-0"]
        down.unlink()
        scene.wait_until(lambda: states(scene) == ["fetched"] * 40)
        assert psutil.Process(process.pid).memory_info().rss < 300 * MIB
    assert len(scene.published()) == 40
    assert all(row.attempts == 1 for row in scene.pages().values())


def test_told_to_stop_while_the_bus_is_down_it_stops_and_the_pages_stay_due(scene: CrawlScene, site: Site) -> None:
    offer(scene, site, 3, Answer(b"x"))
    down = scene.folder / "down"
    down.touch()
    with scene.crawling("--down-while", str(down)) as process:
        scene.wait_until(lambda: "/tin-0" in site.paths())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert states(scene) == ["discovered"] * 3
    down.unlink()
    scene.crawl()
    assert states(scene) == ["fetched"] * 3


@pytest.mark.parametrize("moment", [0.2, 0.9, 1.7, 2.5])
def test_sigterm_finishes_what_is_in_flight(scene: CrawlScene, site: Site, moment: float) -> None:
    offer(scene, site, 20, Answer(b"x", delay_seconds=0.7))
    with scene.crawling() as process:
        scene.wait_until(lambda: "/robots.txt" in site.paths())
        time.sleep(moment)
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        assert process.wait(timeout=30) == 0
        assert time.monotonic() - begun < 10
    asked = [path for path in site.paths() if path.startswith("/tin")]
    fetched = {path for path, row in scene.pages().items() if row.state == "fetched"}
    assert set(asked) == fetched
    assert len(scene.published()) == len(fetched)


@pytest.mark.postgres
def test_a_database_that_restarts_costs_no_page(tmp_path: Path, postgres_server: PostgresServer, site: Site) -> None:
    del postgres_server  # asked for so that a machine without PostgreSQL skips by name
    folder = Path(tempfile.mkdtemp(prefix="reformwatch-postgres-"))
    server = PostgresServer(folder, durable=True)
    server.start()
    try:
        with crawl_scene(tmp_path, database_url=server.create_database()) as scene:
            offer(scene, site, 60, Answer(b"x", delay_seconds=0.05))
            with scene.crawling(attempts=3) as process:
                for _ in range(2):
                    scene.wait_until(lambda: "fetched" in states(scene))
                    server.kill()
                    time.sleep(1.5)
                    assert process.poll() is None
                    server.start()
                    time.sleep(0.5)
                scene.wait_until(lambda: states(scene) == ["fetched"] * 60, seconds=60)
            assert {event.url for event in scene.published()} == {site.url(f"/tin-{n}") for n in range(60)}
    finally:
        server.remove()
