"""Ends the process when the Kafka client stops making progress: the supervisor starts a clean one.

kafka-python has states in which sends neither complete nor fail, and calls that wait without a bound. No
cure inside the process can be trusted then; what was not acknowledged is published again after the restart.
"""

from __future__ import annotations

import faulthandler
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

EXIT_CODE: Final = 75
"""EX_TEMPFAIL: try again."""


class Watchdog:
    """A thread that watches sends and calls. Starts with the first of them."""

    def __init__(self, *, stall_seconds: float) -> None:
        self._stall_seconds = stall_seconds
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._outstanding = 0
        self._attempted_at = 0.0
        self._progress_at = 0.0
        self._calls: dict[int, float] = {}

    def sent(self) -> None:
        """The client took a record."""
        now = time.monotonic()
        with self._lock:
            # The clock starts with the first attempt after a quiet time, not with the last success before it.
            if self._outstanding == 0 and now - self._attempted_at > self._stall_seconds / 2:
                self._progress_at = now
            self._outstanding += 1
            self._attempted_at = now
            self._start()

    def acknowledged(self) -> None:
        with self._lock:
            self._outstanding -= 1
            self._progress_at = time.monotonic()

    def failed(self) -> None:
        """The client gave a record up, which is an answer but no progress."""
        with self._lock:
            self._outstanding -= 1

    @contextmanager
    def watched_call(self) -> Iterator[None]:
        """For a call into the client that should return within seconds."""
        thread = threading.get_ident()
        with self._lock:
            self._calls[thread] = time.monotonic()
            self._start()
        try:
            yield
        finally:
            with self._lock:
                self._calls.pop(thread, None)

    def stalled_seconds(self) -> float:
        """How long sends or calls have been waiting without progress."""
        now = time.monotonic()
        with self._lock:
            waits = [now - started for started in self._calls.values()]
            if self._outstanding or now - self._attempted_at <= self._stall_seconds / 2:
                waits.append(now - self._progress_at)
        return max(waits, default=0.0)

    def close(self) -> None:
        self._closed.set()

    def _start(self) -> None:
        if self._thread is None:
            self._attempted_at = self._progress_at = time.monotonic()
            self._thread = threading.Thread(target=self._watch, name="kafka-watchdog", daemon=True)
            self._thread.start()

    def _watch(self) -> None:
        while not self._closed.wait(min(1.0, self._stall_seconds / 10)):
            if self.stalled_seconds() > self._stall_seconds:
                self._end_process()

    def _end_process(self) -> None:
        if sys.__stderr__ is not None:
            print(
                f"the Kafka client made no progress for {self._stall_seconds:.0f} s: ending the process",
                file=sys.__stderr__,
                flush=True,
            )
            faulthandler.dump_traceback(file=sys.__stderr__, all_threads=True)
        # Not sys.exit: a stalled client would hold up an orderly end.
        os._exit(EXIT_CODE)
