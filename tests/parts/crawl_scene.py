"""What a test of the crawler stands on: database, bus and registry, and ways to look at what came of a crawl."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from store import migrate
from store.bus.base import Bus
from store.bus.open import open_bus
from store.database import Database
from store.events import PAGES, TOPICS, PageFetched, decode_page
from store.models import FrontierPage, Source
from tests.parts.crawler_process import crawl, crawler_command, start_crawler, write_registry


@dataclass
class CrawlScene:
    folder: Path
    database_url: str
    bus_url: str
    database: Database
    bus: Bus

    def register(self, *sources: Mapping[str, Any]) -> None:
        write_registry(self.registry, *sources)

    @property
    def registry(self) -> Path:
        return self.folder / "sources.yml"

    def crawl(self, *arguments: str, **settings: Any) -> None:
        """One round in a process of its own."""
        crawl(self.registry, self.database_url, self.bus_url, arguments=arguments, settings=settings)

    def command(self, *arguments: str, **settings: Any) -> list[str]:
        """Of one round."""
        return crawler_command(self.registry, self.database_url, self.bus_url, arguments=arguments, settings=settings)

    @contextmanager
    def crawling(self, *arguments: str, **settings: Any) -> Iterator[subprocess.Popen[bytes]]:
        """A crawler that runs until it is stopped, at the latest when the block ends."""
        command = crawler_command(
            self.registry, self.database_url, self.bus_url, once=False, arguments=arguments, settings=settings
        )
        with start_crawler(command) as process:
            try:
                yield process
            finally:
                process.kill()

    def wait_until(self, condition: Callable[[], bool], *, seconds: float = 30.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, {path: row.last_error for path, row in self.pages().items()}
            time.sleep(0.05)

    def pages(self) -> dict[str, sa.Row[Any]]:
        """The rows of the frontier by path."""
        with self.database.read() as connection:
            rows = connection.execute(sa.select(FrontierPage.__table__)).all()
        return {"/" + row.url.split("/", 3)[3]: row for row in rows}

    def source(self, source_id: str) -> sa.Row[Any]:
        with self.database.read() as connection:
            return connection.execute(sa.select(Source.__table__).where(Source.id == source_id)).one()

    def published(self) -> list[PageFetched]:
        """Everything in the topic."""
        wanted = sum(partition.end for partition in self.bus.offsets(PAGES).values())
        consumer = self.bus.consumer(PAGES, group=f"check-{wanted}")
        found: list[PageFetched] = []
        while len(found) < wanted:
            found += [decode_page(delivery.record) for delivery in consumer.poll(max_records=500, timeout_seconds=5.0)]
        consumer.close()
        return found


@contextmanager
def crawl_scene(folder: Path, *, database_url: str | None = None, bus_url: str | None = None) -> Iterator[CrawlScene]:
    database_url = database_url or f"sqlite:///{folder / 'crawl.db'}"
    bus_url = bus_url or f"embedded:///{folder / 'crawl-bus.db'}"
    database, bus = Database(database_url), open_bus(bus_url)
    migrate.upgrade(database)
    bus.create_topics(TOPICS)
    try:
        yield CrawlScene(folder, database_url, bus_url, database, bus)
    finally:
        bus.close()
        database.close()
