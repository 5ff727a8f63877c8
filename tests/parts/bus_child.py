"""A process of its own that publishes or reads, for tests that kill it.

python -m tests.parts.bus_child publish URL COUNT   publish COUNT records, say so, and die by kill -9
python -m tests.parts.bus_child read URL GROUP      say each record that is read, until killed
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Final

from store.bus.base import Record, Topic
from tests.parts.buses import open_test_bus

TOPIC: Final = Topic(
    name="contract", partitions=3, retention_seconds=3600, retention_bytes=-1, max_record_bytes=2 * 1024**2
)


def start(*arguments: str) -> subprocess.Popen[str]:
    """The caller kills it and waits for it."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.parts.bus_child", *arguments], stdout=subprocess.PIPE, text=True
    )


def publish_and_die(url: str, count: int) -> None:
    bus = open_test_bus(url)
    for number in range(count):
        bus.publish(TOPIC, Record(key=f"key {number % 5}", value=b"%d" % number, headers={}))
    print("published", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


def read_for_ever(url: str, group: str) -> None:
    consumer = open_test_bus(url).consumer(TOPIC, group=group)
    while True:
        for delivery in consumer.poll(max_records=10, timeout_seconds=0.2):
            print(delivery.partition, delivery.offset, flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["publish", url, count]:
            publish_and_die(url, int(count))
        case ["read", url, group]:
            read_for_ever(url, group)
        case _:
            sys.exit(__doc__)
