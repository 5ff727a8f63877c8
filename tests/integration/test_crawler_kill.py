"""No discovered page is lost, whenever the crawler is killed: it is closed only after the bus has it.

The control closes first and publishes then, is killed at the same moments, and must lose pages.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from store import migrate
from store.bus.base import Bus
from store.bus.open import open_bus
from store.database import Database
from store.events import PAGES, TOPICS, PageFetched, decode_page
from store.frontier import Frontier, PageState
from tests.parts.crawler_process import crawl, crawler_command, source, start_crawler, write_registry
from tests.parts.site import Site, rss

SITES = 3


@dataclass(frozen=True)
class Load:
    pages: int
    """Per site."""
    kills: int


FORMS = [
    pytest.param(Load(pages=40, kills=2), id="short"),
    pytest.param(Load(pages=1_000, kills=20), id="long", marks=[pytest.mark.soak, pytest.mark.timeout(1800)]),
]


@dataclass
class Scene:
    """Sites, a registry that names them, a database and a bus."""

    registry: Path
    database_url: str
    bus_url: str
    expected: set[str]
    frontier: Frontier
    bus: Bus

    def command(self, *arguments: str, once: bool = True) -> list[str]:
        settings = {"delay_seconds": 0.005}
        return crawler_command(
            self.registry, self.database_url, self.bus_url, arguments=arguments, once=once, settings=settings
        )

    def published(self) -> list[PageFetched]:
        return read_all(self.bus)


def read_all(bus: Bus) -> list[PageFetched]:
    """Everything that is in the topic."""
    offsets = bus.offsets(PAGES)
    consumer = bus.consumer(PAGES, group=f"check-{random.random()}")
    found: list[PageFetched] = []
    end = time.monotonic() + 60
    while len(found) < sum(partition.end for partition in offsets.values()):
        assert time.monotonic() < end
        found += [decode_page(delivery.record) for delivery in consumer.poll(max_records=500, timeout_seconds=1.0)]
    consumer.close()
    return found


def build(stack: ExitStack, tmp_path: Path, database_url: str, bus_url: str, pages: int) -> Scene:
    sources, expected = [], set()
    for number in range(SITES):
        site = stack.enter_context(Site(f"127.0.0.{number + 1}"))
        paths = [f"/tin-{page}.html" for page in range(pages)]
        for path in paths:
            site.put(path, f"<p>{site.address}{path}</p>")
        site.put("/feed.xml", rss([(site.url(path), path) for path in paths]))
        sources.append(
            source(f"site-{number}", {"feed": site.url("/feed.xml")}, home=site.url(), allowed_domains=[site.address])
        )
        expected |= {site.url(path) for path in paths}
    database = Database(database_url)
    stack.callback(database.close)
    migrate.upgrade(database)
    bus = open_bus(bus_url)
    stack.callback(bus.close)
    bus.create_topics(TOPICS)
    registry = write_registry(tmp_path / "sources.yml", *sources)
    return Scene(registry, database_url, bus_url, expected, Frontier(database), bus)


def run_until_killed(command: Sequence[str]) -> None:
    process = start_crawler(command)
    assert process.wait(timeout=60) == -9, "the crawler was to be killed in the midst of its work"


@pytest.mark.parametrize("load", FORMS)
def test_every_discovered_page_reaches_the_bus_and_once_after_deduplication(
    load: Load, tmp_path: Path, database_url: str, bus_url: str
) -> None:
    draw = random.Random(20261122)
    with ExitStack() as stack:
        scene = build(stack, tmp_path, database_url, bus_url, load.pages)
        for moment in ("before", "after"):
            run_until_killed(scene.command("--die-at", "2", "--moment", moment))
        for _ in range(load.kills):
            process = start_crawler(scene.command(once=False))
            time.sleep(draw.uniform(1.2, 2.5))
            process.kill()
            process.wait()
        crawl(scene.registry, scene.database_url, scene.bus_url)

        assert scene.frontier.counts() == {
            PageState.FETCHED: len(scene.expected),
            PageState.DISCOVERED: 0,
            PageState.REFUSED: 0,
            PageState.FAILED: 0,
            PageState.GONE: 0,
        }
        published = scene.published()
        assert {page.url for page in published} == scene.expected
        for page in published:
            assert page.body == f"<p>{page.url.removeprefix('http://').partition(':')[0]}".encode() + (
                f"/{page.url.rpartition('/')[2]}</p>".encode()
            )
        # Only what was in flight at a kill is there again: at most one page of each site.
        assert len(published) - len(scene.expected) <= (load.kills + 2) * SITES


def test_closing_before_publishing_loses_pages_at_the_same_kills(
    tmp_path: Path, database_url: str, bus_url: str
) -> None:
    with ExitStack() as stack:
        scene = build(stack, tmp_path, database_url, bus_url, pages=20)
        for _ in range(2):
            run_until_killed(scene.command("--careless", "--die-at", "2"))
        crawl(scene.registry, scene.database_url, scene.bus_url, arguments=["--careless"])
        assert scene.frontier.counts()[PageState.FETCHED] == len(scene.expected)
        assert {page.url for page in scene.published()} < scene.expected
