"""A process that publishes pages at a steady rate, as a crawler does, and says what was acknowledged.

    python -m tests.parts.steady_publisher URL LIMITS_JSON

Publishes a page for each number on its standard input, again and again until `publish` returned, and prints the
number then. Ends by itself when all are acknowledged.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Final, Self

import psutil

from store.bus.base import Record, Topic
from store.bus.kafka import KafkaBus
from store.bus.kafka_settings import KafkaLimits
from store.errors import BusUnavailable

TOPIC: Final = Topic(
    name="steady", partitions=3, retention_seconds=3600, retention_bytes=-1, max_record_bytes=1024 * 1024
)
PAGE_BYTES: Final = 100_000
PAGES_PER_SECOND: Final = 10
THREADS: Final = 32


class SteadyPublisher:
    """Starts the process and notes what it says; safe to ask from the test's thread."""

    def __init__(self, url: str, numbers: Iterable[int], limits: Mapping[str, float]) -> None:
        self.acknowledged: dict[int, float] = {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.parts.steady_publisher", url, json.dumps(limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin
        self._process.stdin.write("\n".join(map(str, numbers)))
        self._process.stdin.close()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self._memory = psutil.Process(self._process.pid)

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as lines:
            for line in lines:
                self.acknowledged[int(line)] = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()

    @property
    def memory_bytes(self) -> int:
        return int(self._memory.memory_info().rss)

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def acknowledged_since(self, moment: float) -> int:
        return sum(at >= moment for at in list(self.acknowledged.values()))

    def wait(self, *, seconds: float) -> int:
        """Its exit code. Raises `subprocess.TimeoutExpired`."""
        exit_code = self._process.wait(seconds)
        self._reader.join()
        return exit_code

    def kill(self) -> None:
        if self.running:
            self._process.kill()
        self._process.wait()
        self._reader.join()


def publish_all(url: str, limits: KafkaLimits, numbers: Iterable[int]) -> None:
    bus = KafkaBus(tuple(url.removeprefix("kafka://").split(",")), limits=limits)
    started, slots, output = time.monotonic(), threading.Semaphore(THREADS), threading.Lock()

    def publish(number: int) -> None:
        page = Record(key=f"page {number}", value=os.urandom(PAGE_BYTES), headers={})
        while True:
            try:
                bus.publish(TOPIC, page)
            except BusUnavailable:
                time.sleep(0.2)
            else:
                break
        with output:
            print(number, flush=True)
        slots.release()

    with ThreadPoolExecutor(THREADS) as threads:
        for position, number in enumerate(numbers):
            time.sleep(max(0.0, started + position / PAGES_PER_SECOND - time.monotonic()))
            # A crawler fetches no more while all that it has in hand waits to be published.
            slots.acquire()
            threads.submit(publish, number)
    bus.close()


if __name__ == "__main__":
    publish_all(sys.argv[1], KafkaLimits(**json.loads(sys.argv[2])), map(int, sys.stdin.read().split()))
