"""A dependency that is down, or an order to stop, costs time but no page, and never piles pages up in memory."""

from __future__ import annotations

import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.parts.crawl_scene import CrawlScene, crawl_scene
from tests.parts.crawler_process import ROOT, source
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
        time.sleep(1.5)
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


def test_told_to_stop_while_the_bus_hangs_it_leaves_in_time_and_the_pages_stay_due(
    scene: CrawlScene, site: Site
) -> None:
    offer(scene, site, 3, Answer(b"x"))
    hangs = scene.folder / "hangs"
    hangs.touch()
    with scene.crawling("--hang-while", str(hangs), stop_seconds=2) as process:
        scene.wait_until(lambda: "/tin-0" in site.paths())
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 75
    assert states(scene) == ["discovered"] * 3


def test_a_page_that_the_bus_can_never_take_is_refused_and_holds_no_other_up(scene: CrawlScene) -> None:
    with ExitStack() as stack:
        sites = [stack.enter_context(Site(f"127.0.0.{number}")) for number in range(1, 6)]
        sources = []
        for number, site in enumerate(sites):
            page = "/too-large" if number == 2 else "/fits"
            site.put(page, Answer(b"x", delay_seconds=0.2))
            site.put("/feed.xml", rss([(site.url(page), "x")]))
            fields = {"allowed_domains": [site.address], "home": site.url()}
            sources.append(source(f"s{number}", {"feed": site.url("/feed.xml")}, **fields))
        scene.register(*sources)
        scene.crawl()
        assert scene.pages()["/too-large"].state == "refused"
        assert "the bus cannot take it" in scene.pages()["/too-large"].last_error
        assert len(scene.published()) == 4


def test_a_second_crawler_waits_until_the_first_is_gone_and_a_single_round_is_refused(
    tmp_path: Path, database_url: str, site: Site
) -> None:
    with crawl_scene(tmp_path, database_url=database_url) as scene:
        # More than the first can fetch while the others start, even on a slow machine.
        offer(scene, site, 200, Answer(b"x", delay_seconds=0.1))
        with scene.crawling() as first:
            scene.wait_until(lambda: "/tin-1" in site.paths())
            with scene.crawling() as second:
                time.sleep(1.5)
                assert site.most_at_once == 1
                refused = subprocess.run(scene.command(), cwd=ROOT, check=False, capture_output=True, timeout=30)
                assert refused.returncode == 1
                assert b"another crawler is at work" in refused.stderr
                first.kill()
                first.wait()
                fetched = states(scene).count("fetched")
                assert fetched < 197
                scene.wait_until(lambda: states(scene).count("fetched") >= fetched + 3)
                assert second.poll() is None
        assert site.most_at_once == 1
        assert site.paths().count("/robots.txt") == 2


def test_the_crawl_is_begun_anew_after_so_many_pages_without_losing_or_repeating_one(
    scene: CrawlScene, site: Site
) -> None:
    offer(scene, site, 30, Answer(b"x"))
    scene.crawl(recycle_pages=7)
    assert states(scene) == ["fetched"] * 30
    assert sorted(site.paths()) == sorted(["/robots.txt", "/feed.xml", *(f"/tin-{n}" for n in range(30))])


def test_past_its_memory_limit_it_asks_to_be_started_again(scene: CrawlScene, site: Site) -> None:
    offer(scene, site, 10, Answer(b"x"))
    with scene.crawling(recycle_pages=3, memory_limit_bytes=MIB) as process:
        assert process.wait(timeout=30) == 75
    scene.crawl()
    assert states(scene) == ["fetched"] * 10


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_memory_does_not_grow_over_ten_thousand_pages(scene: CrawlScene, site: Site) -> None:
    offer(scene, site, 5_000, Answer(b"x" * 100_000))
    paths = [f"/tin-{number}" for number in range(5_000)]
    # The frontier takes five thousand from one document: the second half comes by a second entry point.
    site.put("/more.xml", rss([(site.url(f"{path}?again=1"), "x") for path in paths]))
    scene.register(source("aa", {"feed": site.url("/feed.xml")}, {"feed": site.url("/more.xml")}))
    peak = 0
    with scene.crawling() as process:
        while states(scene).count("fetched") < 10_000:
            peak = max(peak, psutil.Process(process.pid).memory_info().rss)
            time.sleep(0.5)
    assert peak < 300 * MIB


@pytest.mark.parametrize(
    "moment", [0.2, 1.3, pytest.param(0.9, marks=pytest.mark.soak), pytest.param(2.5, marks=pytest.mark.soak)]
)
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
@pytest.mark.parametrize("restarts", [1, pytest.param(3, marks=pytest.mark.soak)])
def test_a_database_that_restarts_costs_no_page(
    tmp_path: Path, postgres_server: PostgresServer, site: Site, restarts: int
) -> None:
    del postgres_server  # asked for so that a machine without PostgreSQL skips by name
    folder = Path(tempfile.mkdtemp(prefix="reformwatch-postgres-"))
    server = PostgresServer(folder, durable=True)
    server.start()
    try:
        with crawl_scene(tmp_path, database_url=server.create_database()) as scene:
            offer(scene, site, 30, Answer(b"x", delay_seconds=0.1))
            with scene.crawling(attempts=3) as process:
                for _ in range(restarts):
                    scene.wait_until(lambda: "fetched" in states(scene))
                    server.kill()
                    time.sleep(1.5)
                    assert process.poll() is None
                    server.start()
                    time.sleep(0.5)
                scene.wait_until(lambda: states(scene) == ["fetched"] * 30, seconds=60)
            assert {event.url for event in scene.published()} == {site.url(f"/tin-{n}") for n in range(30)}
    finally:
        server.remove()
