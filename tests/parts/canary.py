"""A server on both loopback addresses that must not be reached. It notes what was."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self


class Canary:
    """Notes the request line of every connection, an empty one for a connection that asks nothing."""

    def __init__(self) -> None:
        self.hits: list[str] = []
        first = socket.create_server(("127.0.0.1", 0))
        self.port: int = first.getsockname()[1]
        self._sockets = [first]
        if socket.has_ipv6:
            # A machine without IPv6 has nothing to protect there.
            with suppress(OSError):
                self._sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))

    @property
    def listens_on_ipv6(self) -> bool:
        return len(self._sockets) == 2

    def _serve(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                try:
                    head = connection.recv(4096)
                    connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                except OSError:
                    head = b""
                self.hits.append(head.partition(b"\r\n")[0].decode("latin-1"))

    def __enter__(self) -> Self:
        for listening in self._sockets:
            threading.Thread(target=self._serve, args=(listening,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for listening in self._sockets:
            listening.shutdown(socket.SHUT_RDWR)
            listening.close()
