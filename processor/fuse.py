"""Stops a partition when page after page fails: more likely a broken program than a broken web."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True, slots=True)
class FuseLimits:
    in_a_row: int = 20
    """Failures in a row that stop the partition."""
    window: int = 200
    """Latest pages the share is taken over."""
    share: float = 0.5
    """Share of failures in a full window that stops the partition."""


@dataclass(slots=True)
class Fuse:
    """One partition's memory of its latest pages."""

    limits: FuseLimits
    _in_a_row: int = 0
    _window: deque[bool] = field(default_factory=deque)

    def record(self, *, failed: bool) -> str | None:
        """Note a page; returns why the partition must stop, or None."""
        self._in_a_row = self._in_a_row + 1 if failed else 0
        self._window.append(failed)
        if len(self._window) > self.limits.window:
            self._window.popleft()
        if self._in_a_row >= self.limits.in_a_row:
            return f"{self._in_a_row} pages in a row could not be processed"
        failures = sum(self._window)
        if len(self._window) == self.limits.window and failures > self.limits.share * self.limits.window:
            return f"{failures} of the last {self.limits.window} pages could not be processed"
        return None
