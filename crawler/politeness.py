"""Who may be asked when: one request at a time per host and a pause after each, longer where a host asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_MOST_HOSTS: Final = 10_000


@dataclass(slots=True)
class _Host:
    ready_at: float
    delay: float
    busy: bool = False
    troubles: int = 0


class HostGate:
    """Times are seconds of one monotonic clock, given by the caller.

    A host seen for the first time must wait its pause too: the process before this one may have asked it just now.
    """

    def __init__(self, *, delay_seconds: float, begun_at: float) -> None:
        self._delay = delay_seconds
        self._begun_at = begun_at
        self._hosts: dict[str, _Host] = {}

    def require_delay(self, host: str, seconds: float) -> None:
        """The host asks (or the registry orders) at least this pause."""
        state = self._state(host)
        if seconds > state.delay:
            state.ready_at += seconds - state.delay
            state.delay = seconds

    def delay(self, host: str) -> float:
        return self._state(host).delay

    def ready_at(self, host: str) -> float | None:
        """When the host may be asked next; None while it is being asked."""
        state = self._state(host)
        return None if state.busy else state.ready_at

    def opens_at(self, host: str) -> float:
        """When the host may be asked next, whether or not it is being asked now."""
        return self._state(host).ready_at

    def take(self, host: str) -> None:
        self._state(host).busy = True

    def release(self, host: str) -> None:
        self._state(host).busy = False

    def asked(self, host: str, *, now: float, delay: float = 0.0) -> None:
        """A request to the host just ended; `delay` is a pause longer than the host's own, if one is wanted."""
        state = self._state(host)
        state.ready_at = max(state.ready_at, now + max(state.delay, delay))

    def close_until(self, host: str, moment: float) -> None:
        state = self._state(host)
        state.ready_at = max(state.ready_at, moment)

    def troubled(self, host: str) -> int:
        """Count a trouble; returns how many there were in a row."""
        state = self._state(host)
        state.troubles += 1
        return state.troubles

    def recovered(self, host: str) -> None:
        self._state(host).troubles = 0

    def _state(self, host: str) -> _Host:
        state = self._hosts.get(host)
        if state is None:
            if len(self._hosts) >= _MOST_HOSTS:
                self._forget()
            state = self._hosts[host] = _Host(ready_at=self._begun_at + self._delay, delay=self._delay)
        return state

    def _forget(self) -> None:
        """Drop the half that may be asked soonest: a site may have endlessly many subdomains."""
        idle = sorted((state.ready_at, host) for host, state in self._hosts.items() if not state.busy)
        for _, host in idle[: _MOST_HOSTS // 2]:
            del self._hosts[host]
