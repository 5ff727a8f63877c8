"""What a long-running process knows about its own progress, for `/livez` and `/readyz`.

A process is alive when its loop turns and, if it has work in hand, something of it was finished lately. A process
that only waits for a dependency is alive and says for what. So an idle process is never restarted, and one that
turns its loop without ever finishing anything always is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

BEAT_LIMIT_SECONDS: Final = 90.0
"""Longer than the longest single call that may block for a sick dependency: a statement of PostgreSQL has 60 s."""
PROGRESS_LIMIT_SECONDS: Final = 120.0


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthReport:
    live: bool
    ready: bool
    problems: tuple[str, ...]
    """Why not, in words for an operator; also says what a live process waits for."""


class Health:
    """Written by one loop, read by the health endpoint's threads."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        beat_limit_seconds: float = BEAT_LIMIT_SECONDS,
        progress_limit_seconds: float = PROGRESS_LIMIT_SECONDS,
    ) -> None:
        self._clock = clock
        self._beat_limit = beat_limit_seconds
        self._progress_limit = progress_limit_seconds
        self._lock = threading.Lock()
        self._beat_at = clock()
        self._busy_since: float | None = None
        self._waiting_for: str | None = None
        self._stopped: dict[str, str] = {}

    def beat(self) -> None:
        """The loop turned."""
        with self._lock:
            self._beat_at = self._clock()

    def working(self) -> None:
        """There is work in hand."""
        with self._lock:
            if self._busy_since is None:
                self._busy_since = self._clock()

    def progressed(self) -> None:
        """A piece of work was finished; `working` says whether there is more."""
        with self._lock:
            self._busy_since = None
            self._waiting_for = None

    def waiting_for(self, dependency: str | None) -> None:
        """The work cannot go on until this dependency is back (None: it is)."""
        with self._lock:
            self._waiting_for = dependency
            if dependency is None and self._busy_since is not None:
                self._busy_since = self._clock()

    def stopped(self, part: str, reason: str) -> None:
        """A part of the work was stopped for good and needs a human."""
        with self._lock:
            self._stopped[part] = reason

    def report(self, checks: Mapping[str, Callable[[], str | None]] | None = None) -> HealthReport:
        """`checks` name the dependencies; each returns what is wrong with its own, or None."""
        with self._lock:
            now = self._clock()
            dead = self._dead_reasons(now)
            unready = [f"stopped: {part}: {reason}" for part, reason in self._stopped.items()]
            if self._waiting_for:
                unready.append(f"waiting for {self._waiting_for}")
        for name, check in (checks or {}).items():
            if problem := check():
                unready.append(f"{name}: {problem}")
        return HealthReport(live=not dead, ready=not dead and not unready, problems=(*dead, *unready))

    def _dead_reasons(self, now: float) -> list[str]:
        reasons = []
        if now - self._beat_at > self._beat_limit:
            reasons.append(f"the loop has not turned for {now - self._beat_at:.0f} s")
        if self._busy_since is not None and self._waiting_for is None and now - self._busy_since > self._progress_limit:
            reasons.append(f"work is in hand but nothing was finished for {now - self._busy_since:.0f} s")
        return reasons
