"""When to come back: pure rules for poll intervals, for failed fetches and for hosts that ask to be left alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

FASTEST_POLL_SECONDS: Final = 300.0
"""No source is polled more often, unless the registry itself asks for it."""
_SLOWER: Final = 1.5
_FASTER: Final = 0.5
_MUCH_NEW: Final = 5
_BACK_OFF_FACTOR: Final = 4.0


def next_interval(
    current_seconds: float, *, registered_seconds: float, new_pages: int, longest_seconds: float
) -> float:
    """The next poll interval: longer when nothing was new, shorter when much was, within bounds around the registered.

    The bounds are a quarter (but not under five minutes, nor above the registered one) and eight times the interval
    that the registry gives.
    """
    shortest = min(registered_seconds, max(registered_seconds / 4, FASTEST_POLL_SECONDS))
    longest = min(registered_seconds * 8, max(longest_seconds, registered_seconds))
    if new_pages == 0:
        wanted = current_seconds * _SLOWER
    elif new_pages >= _MUCH_NEW:
        wanted = current_seconds * _FASTER
    else:
        wanted = min(current_seconds, registered_seconds)
    return min(max(wanted, shortest), longest)


def poll_wait_after_failure(failures: int, *, registered_seconds: float, longest_seconds: float) -> float:
    """The wait after this many failed polls in a row (at least one)."""
    return min(registered_seconds * 2.0 ** min(failures - 1, 20), max(longest_seconds, registered_seconds))


def retry_wait(attempts: int, *, first_seconds: float, longest_seconds: float) -> float:
    """The wait after this many failed fetches of a page (at least one)."""
    return min(first_seconds * _BACK_OFF_FACTOR ** min(attempts - 1, 20), longest_seconds)


def revisit_wait(visits: int, ages_seconds: Sequence[float]) -> float | None:
    """The wait after this many visits of a page (at least one) until it is fetched again; None: never again.

    Counted from the last visit: after a long standstill the visits keep their distances and do not come all at once.
    """
    if visits > len(ages_seconds):
        return None
    return ages_seconds[visits - 1] - (ages_seconds[visits - 2] if visits > 1 else 0.0)


def host_pause(troubles: int, *, first_seconds: float, longest_seconds: float) -> float:
    """How long to leave a host alone after this many troubles in a row (at least one), when it did not say itself."""
    return min(first_seconds * 2.0 ** min(troubles - 1, 20), longest_seconds)


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """What a Retry-After header asks for, in seconds from now (never negative); None when it says nothing readable."""
    if header is None:
        return None
    text = header.strip()
    if text.isdecimal() and len(text) <= 9:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((aware - now) / timedelta(seconds=1), 0.0)
