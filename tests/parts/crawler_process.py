"""The crawler as a process of its own: `python -m tests.parts.crawler_process`. A reactor starts once per process."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from store.bus.base import Bus, Record, Topic
from store.bus.open import open_bus
from store.database import Database
from store.errors import BusUnavailable, RecordTooLarge

LOOPBACK_NAME = "inner.example"
"""Resolves to a loopback address in the crawler's process, as a name that an attacker owns would."""
_getaddrinfo = socket.getaddrinfo


def _resolve(host: Any, *arguments: Any, **named: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else host
    return _getaddrinfo("127.0.0.1" if name.rstrip(".") == LOOPBACK_NAME else host, *arguments, **named)


def resolve_as_an_attacker_would() -> None:
    """Twisted binds the function when it is first imported: the crawler must be imported after this."""
    socket.getaddrinfo = _resolve


LOOPBACK = ("127.0.0.0/8", "::1/128")
ROOT = Path(__file__).parents[2]


def source(source_id: str, *entry_points: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    """An entry of a registry for local sites."""
    return {
        "id": source_id,
        "name": f"Source {source_id}",
        "kind": "newspaper",
        "home": "http://127.0.0.1/",
        "province": "Long An",
        "official": True,
        "entry_points": list(entry_points),
        "allowed_domains": ["127.0.0.1"],
        "poll_seconds": 3600,
        "established": "2026-11-22",
        "evidence": "a site of the test itself",
        **fields,
    }


def write_registry(path: Path, *sources: Mapping[str, Any]) -> Path:
    path.write_text(yaml.safe_dump({"sources": list(sources)}, allow_unicode=True, sort_keys=False))
    return path


def crawler_command(
    registry: Path,
    database_url: str,
    bus_url: str,
    *,
    once: bool = True,
    arguments: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
) -> list[str]:
    values = {
        "registry": str(registry),
        "delay_seconds": 0.0,
        "allowed_networks": LOOPBACK,
        "host_pause_seconds": 0.1,
        "retry_seconds": 0.0,
        **(settings or {}),
    }
    command = [sys.executable, "-m", "tests.parts.crawler_process", database_url, bus_url, json.dumps(values)]
    return [*command, *arguments, *(["--once"] if once else [])]


def start_crawler(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, cwd=ROOT)


_FORKING = multiprocessing.get_context("forkserver")
"""Importing Scrapy takes longer than a round: one process does it, of which those of the rounds are forked."""
_FORKING.set_forkserver_preload(["tests.parts.crawler_imports"])


def crawl(registry: Path, database_url: str, bus_url: str, **options: Any) -> None:
    """One round in a process of its own."""
    arguments = crawler_command(registry, database_url, bus_url, **options)[3:]
    process = _FORKING.Process(target=_end_as_told, args=(arguments,))
    process.start()
    process.join(timeout=120)
    if process.exitcode is None:
        process.kill()
    assert process.exitcode == 0, f"the crawler ended with {process.exitcode}"


def _end_as_told(arguments: Sequence[str]) -> None:
    sys.exit(main(arguments))


class MortalBus:
    """Ends its process without any clean-up before or after its n-th publishing."""

    def __init__(self, bus: Bus, *, die_at: int, moment: str) -> None:
        self._bus = bus
        self._left = die_at
        self._moment = moment

    def publish_many(self, topic: Topic, records: Sequence[Record]) -> None:
        self._left -= 1
        if self._left == 0 and self._moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        self._bus.publish_many(topic, records)
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def close(self) -> None:
        self._bus.close()


class FailingBus:
    """Cannot be reached while the one file exists, hangs while the other does, and never takes what is "too-large"."""

    def __init__(self, bus: Any, *, down_while: Path | None, hang_while: Path | None) -> None:
        self._bus = bus
        self._down_while = down_while
        self._hang_while = hang_while

    def publish_many(self, topic: Topic, records: Sequence[Record]) -> None:
        if self._down_while and self._down_while.exists():
            raise BusUnavailable("the bus is down")
        if any("too-large" in record.key for record in records):
            raise RecordTooLarge("a record that the bus can never take")
        while self._hang_while and self._hang_while.exists():
            time.sleep(0.1)
        self._bus.publish_many(topic, records)

    def close(self) -> None:
        self._bus.close()


def close_before_publishing() -> None:
    """Take the guard away: close each page before the bus has it, as a careless program would."""
    from crawler.pages import Delivered, Pages

    async def careless(self: Pages, delivered: Delivered) -> None:
        await self._changing.submit(delivered.change)
        await self._publishing.submit(delivered.event)

    Pages.deliver = careless  # type: ignore[method-assign]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("database")
    parser.add_argument("bus")
    parser.add_argument("settings")
    parser.add_argument("--once", action="store_true")
    parser.add_argument("--careless", action="store_true")
    parser.add_argument("--die-at", type=int, default=0)
    parser.add_argument("--moment", choices=("before", "after"), default="before")
    parser.add_argument("--down-while", type=Path)
    parser.add_argument("--hang-while", type=Path)
    options = parser.parse_args(arguments)
    resolve_as_an_attacker_would()
    from crawler.run import CrawlEnd, run_crawler
    from crawler.settings import CrawlerSettings

    if options.careless:
        close_before_publishing()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    bus: Any = MortalBus(open_bus(options.bus), die_at=options.die_at, moment=options.moment)
    bus = FailingBus(bus, down_while=options.down_while, hang_while=options.hang_while)
    settings = CrawlerSettings(**json.loads(options.settings))
    end = run_crawler(settings, database=Database(options.database), bus=bus, stop=stop, once=options.once)
    if end is CrawlEnd.ABANDONED:
        os._exit(75)
    bus.close()
    return 0 if end is CrawlEnd.FINISHED else 75


if __name__ == "__main__":
    sys.exit(main())
