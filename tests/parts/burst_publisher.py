"""A process that publishes 300 MB at once, and says how much its memory grew meanwhile.

    python -m tests.parts.burst_publisher SERVERS LIMITS_JSON

Says "ready" when it is connected, waits for a line, publishes, and prints the bytes some seconds later.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Sequence
from typing import Final, overload

import psutil

from store.bus.base import Record
from store.bus.kafka import KafkaBus
from store.bus.kafka_settings import KafkaLimits
from tests.parts.steady_publisher import PAGE_BYTES, TOPIC

PAGES: Final = 3000
WATCHED_SECONDS: Final = 6.0


class LazyPages(Sequence[Record]):
    """Makes each page when it is asked for: what the caller holds must not be counted."""

    def __len__(self) -> int:
        return PAGES

    @overload
    def __getitem__(self, index: int) -> Record: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Record]: ...
    def __getitem__(self, index: int | slice) -> Record | Sequence[Record]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(PAGES))]
        if index >= PAGES:
            raise IndexError(index)
        return Record(key=str(index), value=bytes(PAGE_BYTES), headers={})


def main(servers: str, limits: str) -> None:
    bus = KafkaBus((servers,), limits=KafkaLimits(**json.loads(limits)))
    bus.publish(TOPIC, Record(key="", value=b"", headers={}))
    print("ready", flush=True)
    sys.stdin.readline()
    before = psutil.Process().memory_info().rss
    threading.Thread(target=bus.publish_many, args=(TOPIC, LazyPages()), daemon=True).start()
    time.sleep(WATCHED_SECONDS)
    print(psutil.Process().memory_info().rss - before, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
