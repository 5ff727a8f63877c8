"""How long to wait after failures: trebling, bounded, and spread by chance so that receivers are not hit in waves."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Final

GROWTH: Final = 3.0
MAX_STEPS: Final = 40
"""Beyond this the wait is at its bound in any sensible setting, and the power would overflow."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Backoff:
    first_seconds: float
    max_seconds: float

    def wait_seconds(self, failures: int, chance: Random) -> float:
        """After this many failures in a row (from 1): between three quarters of the nominal wait and all of it."""
        nominal = min(self.first_seconds * GROWTH ** min(failures - 1, MAX_STEPS), self.max_seconds)
        return nominal * (0.75 + 0.25 * chance.random())
