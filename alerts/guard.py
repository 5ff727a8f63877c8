"""Connections for webhooks that reach only allowed addresses and end at a deadline.

The address is checked where the connection is made, so a name that resolves differently the second time gains nothing.
The deadline covers the whole request: the HTTP library's own timeouts start again with every byte, which a receiver
that drips one byte a second could use to hold a channel for ever.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import httpcore

from store.addresses import Network, address_refusal

MIN_WAIT_SECONDS: Final = 0.001
"""A timeout of zero would mean non-blocking to the socket, not an expired deadline."""


class AddressRefused(httpcore.ConnectError):
    """Every address of the host is one that may not be connected to."""


class Deadline:
    """A moment after which no more waiting is done."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def remaining(self, error: type[httpcore.TimeoutException]) -> float:
        """Seconds left. Raises `error` when there are none."""
        left = self._end - self._clock()
        if left <= 0:
            raise error("the time for the whole request is used up")
        return max(left, MIN_WAIT_SECONDS)


class _DeadlineStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.remaining(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.remaining(httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.remaining(httpcore.ConnectTimeout)
        return _DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class GuardedBackend(httpcore.NetworkBackend):
    """Opens connections for one request."""

    def __init__(self, *, allowed: Sequence[Network], deadline: Deadline) -> None:
        self._allowed = allowed
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception | None = None
        for address in self._permitted(host, port):
            left = self._deadline.remaining(httpcore.ConnectTimeout)
            try:
                stream = self._sockets.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _DeadlineStream(stream, self._deadline)
        assert failure is not None, "at least one address was tried"
        raise failure

    def _permitted(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"the name {host} does not resolve") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        refusals = {address: address_refusal(address, self._allowed) for address in addresses}
        permitted = [address for address in addresses if refusals[address] is None]
        if not permitted:
            reasons = ", ".join(f"{address} ({reason})" for address, reason in refusals.items())
            raise AddressRefused(f"{host} leads only to addresses that are not allowed: {reasons}")
        return permitted
