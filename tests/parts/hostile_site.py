"""A web server that behaves as badly as one can, a different way at each path."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from types import TracebackType
from typing import Final, Self

MIB: Final = 1024 * 1024
_OK: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def _drip_body(connection: socket.socket) -> None:
    connection.sendall(_OK + b"Content-Length: 1000000\r\n\r\n")
    while True:
        connection.sendall(b"x")
        time.sleep(0.2)


def _drip_head(connection: socket.socket) -> None:
    connection.sendall(_OK)
    while True:
        connection.sendall(b"X-A: b\r\n")
        time.sleep(0.2)


def _flood_head(connection: socket.socket) -> None:
    connection.sendall(_OK)
    for number in range(200_000):
        connection.sendall(b"X-%d: %s\r\n" % (number, b"y" * 1000))


def _long_header(connection: socket.socket) -> None:
    connection.sendall(_OK + b"X-A: " + b"y" * 20 * MIB + b"\r\n\r\n")


def _flood_continue(connection: socket.socket) -> None:
    for _ in range(200_000):
        connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")


def _endless_chunks(connection: socket.socket) -> None:
    connection.sendall(_OK + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"z" * 0x10000 + b"\r\n")


def _announce_too_much(connection: socket.socket) -> None:
    connection.sendall(_OK + b"Content-Length: 99999999999\r\n\r\n" + b"x" * 1000)
    time.sleep(5)


@cache
def _bomb() -> bytes:
    return gzip.compress(b"\0" * 200 * MIB, 9)


def _gzip_bomb(connection: socket.socket) -> None:
    body = _bomb()
    connection.sendall(_OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)


def _stacked_encodings(connection: socket.socket) -> None:
    connection.sendall(_OK + b"Content-Encoding: " + b", ".join([b"gzip"] * 2000) + b"\r\nContent-Length: 2\r\n\r\nok")


def _three_encodings(connection: socket.socket) -> None:
    head = b"Content-Encoding: gzip\r\n" * 3
    connection.sendall(_OK + head + b"Content-Length: 2\r\n\r\nok")


def _cut_short(connection: socket.socket) -> None:
    connection.sendall(_OK + b"Content-Length: 1000\r\n\r\nhalf")


def _not_http(connection: socket.socket) -> None:
    connection.sendall(b"\x16\x03\x01 hello\r\n\r\n" * 100)


def _close_at_once(connection: socket.socket) -> None:
    connection.close()


def _redirect(location: bytes) -> Callable[[socket.socket], None]:
    def respond(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + location + b"\r\n\r\n")

    return respond


BEHAVIOURS: Final[dict[str, Callable[[socket.socket], None]]] = {
    "/drip-body": _drip_body,
    "/drip-head": _drip_head,
    "/flood-head": _flood_head,
    "/long-header": _long_header,
    "/flood-continue": _flood_continue,
    "/endless-chunks": _endless_chunks,
    "/announce-too-much": _announce_too_much,
    "/gzip-bomb": _gzip_bomb,
    "/stacked-encodings": _stacked_encodings,
    "/three-encodings": _three_encodings,
    "/cut-short": _cut_short,
    "/not-http": _not_http,
    "/close-at-once": _close_at_once,
    "/redirect-loop": _redirect(b"/redirect-loop"),
    "/redirect-bad": _redirect(b"http://[::1"),
    "/redirect-file": _redirect(b"file:///etc/passwd"),
    "/redirect-outside": _redirect(b"http://outside.example/"),
    "/redirect-nowhere": lambda connection: connection.sendall(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"),
}


class HostileSite:
    """Answers 404 for what it has no bad manners for, robots.txt among it."""

    def __init__(self, address: str = "127.0.0.1") -> None:
        _bomb()
        self._listening = socket.create_server((address, 0), backlog=64)
        self._base = f"http://{address}:{self._listening.getsockname()[1]}"

    def url(self, path: str) -> str:
        return self._base + path

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(30)
            head = connection.recv(65536)
            path = head.split(b" ")[1].decode("latin-1") if head.count(b" ") > 1 else ""
            behave = BEHAVIOURS.get(path.partition("?")[0])
            if behave is None:
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            else:
                behave(connection)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
