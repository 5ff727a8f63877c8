"""Bounds what waits for the broker's acknowledgement, which bounds the memory of a publisher during an outage."""

from __future__ import annotations

import threading
import time


class InFlightWindow:
    """A semaphore over bytes and records. A single record larger than the whole window passes alone."""

    def __init__(self, *, max_bytes: int, max_records: int) -> None:
        self._max_bytes = max_bytes
        self._max_records = max_records
        self._bytes = 0
        self._records = 0
        self._changed = threading.Condition()

    def enter(self, size_bytes: int, *, timeout_seconds: float) -> bool:
        """Wait for room; False when there was none in time."""
        deadline = time.monotonic() + timeout_seconds
        with self._changed:
            while not self._has_room(size_bytes):
                remaining = deadline - time.monotonic()
                if remaining <= 0 or not self._changed.wait(min(remaining, threading.TIMEOUT_MAX)):
                    return False
            self._bytes += size_bytes
            self._records += 1
            return True

    def leave(self, size_bytes: int) -> None:
        with self._changed:
            self._bytes -= size_bytes
            self._records -= 1
            self._changed.notify_all()

    @property
    def records(self) -> int:
        return self._records

    def _has_room(self, size_bytes: int) -> bool:
        if self._records == 0:
            return True
        return self._records < self._max_records and self._bytes + size_bytes <= self._max_bytes
