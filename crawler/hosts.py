"""How hosts fare: counts their troubles, leaves them alone for as long as they ask, remembers it over restarts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, Final

from crawler.outcomes import FetchOutcome, FetchResult
from crawler.politeness import HostGate
from crawler.schedule import host_pause
from crawler.settings import CrawlerSettings
from crawler.watch import Watched

_MOST_HOSTS: Final = 50
"""Per source."""
_AT_ONCE: Final = frozenset({FetchOutcome.THROTTLED, FetchOutcome.ROBOTS_UNREACHABLE})
_WHEN_REPEATED: Final = frozenset(
    {FetchOutcome.NAME_UNKNOWN, FetchOutcome.CONNECTION_FAILED, FetchOutcome.TIMED_OUT, FetchOutcome.SERVER_ERROR}
)


class Hosts:
    """The gate, and the part of the sources' states that is about hosts."""

    def __init__(self, settings: CrawlerSettings) -> None:
        self._settings = settings
        self._watched: dict[str, Watched] = {}
        self._changed: set[str] = set()
        self.gate = HostGate(delay_seconds=settings.delay_seconds, begun_at=monotonic())

    def load(self, watched: Watched, *, now: datetime) -> None:
        self._watched[watched.source.id] = watched
        for host, memory in list(watched.hosts.items()):
            if (delay := memory.get("crawl_delay_seconds")) is not None:
                self.gate.require_delay(host, float(delay))
            if (until := memory.get("not_before")) is not None:
                left = (datetime.fromisoformat(until) - now) / timedelta(seconds=1)
                self.gate.close_until(host, monotonic() + max(left, 0.0))

    def crawl_delay(self, source_id: str, host: str, seconds: float) -> None:
        """robots.txt asks for this pause."""
        self.gate.require_delay(host, seconds)
        memory = _memory(self._watched[source_id], host)
        if memory.get("crawl_delay_seconds") != seconds:
            memory["crawl_delay_seconds"] = seconds
            self._changed.add(source_id)

    def note(self, watched: Watched, host: str, result: FetchResult) -> None:
        """Draw the consequence for the host from how a request to it ended."""
        if result.outcome is FetchOutcome.POSTPONED:
            return
        if result.outcome not in _AT_ONCE | _WHEN_REPEATED:
            self.gate.recovered(host)
            return
        troubles = self.gate.troubled(host)
        if result.outcome in _WHEN_REPEATED:
            # One slow or broken page is no trouble of the host.
            troubles -= 1
        if troubles < 1:
            return
        longest = self._settings.longest_wait_seconds
        pause = host_pause(troubles, first_seconds=self._settings.host_pause_seconds, longest_seconds=longest)
        pause = min(max(pause, result.retry_after_seconds or 0.0), longest)
        self.gate.close_until(host, monotonic() + pause)
        until = datetime.now(UTC) + timedelta(seconds=pause)
        _memory(watched, host)["not_before"] = until.isoformat()
        self._changed.add(watched.source.id)

    def closed_seconds(self, host: str) -> float:
        """For how long the host may not be asked yet."""
        return max(self.gate.opens_at(host) - monotonic(), 0.0)

    def take_changed(self, watched: Watched) -> bool:
        """Whether the source's state must be stored on account of its hosts; asks once."""
        changed = watched.source.id in self._changed
        self._changed.discard(watched.source.id)
        return changed


def _memory(watched: Watched, host: str) -> dict[str, Any]:
    """What is remembered of the host; of very many hosts only the latest."""
    hosts = watched.hosts
    memory: dict[str, Any] = hosts.pop(host, {})
    hosts[host] = memory
    while len(hosts) > _MOST_HOSTS:
        del hosts[next(iter(hosts))]
    return memory
