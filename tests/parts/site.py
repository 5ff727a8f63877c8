"""A real local web site for the crawler's tests. It notes when each request came and how many there were at once."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from types import TracebackType
from typing import Self


@dataclass(frozen=True)
class Arrival:
    at: float
    """`time.monotonic()` when the request line and headers were read."""
    path: str
    host: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    body: bytes = b""
    status: int = 200
    content_type: str | None = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_seconds: float = 0.0


Respond = Callable[[Arrival], Answer]


class Site:
    """Listens on a loopback address from `with` until its end. What is not put there answers 404."""

    def __init__(self, address: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> None:
        self.arrivals: list[Arrival] = []
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        self._answers: dict[str, Respond] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site._serve(self)

            def handle(self) -> None:
                with suppress(ConnectionError, ssl.SSLError):
                    super().handle()

            def log_message(self, format: str, *args: object) -> None:
                """Tests read `arrivals` instead."""

        self._server = ThreadingHTTPServer((address, 0), Handler)
        self._scheme = "https" if tls else "http"
        if tls:
            # The handshake is left to the connection's own thread: a client that breaks it off must not stop the rest.
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._server.daemon_threads = True
        self.address = address
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def url(self, path: str = "/") -> str:
        return f"{self._scheme}://{self.address}:{self.port}{path}"

    def put(self, path: str, answer: Answer | bytes | str) -> None:
        """Answer this path always so."""
        body = answer.encode() if isinstance(answer, str) else answer
        fixed = Answer(body) if isinstance(body, bytes) else body
        self._answers[path] = lambda _: fixed

    def on(self, path: str, respond: Respond) -> None:
        """Answer this path as the function says, which is called in a thread of the server."""
        self._answers[path] = respond

    def paths(self) -> list[str]:
        return [arrival.path for arrival in self.arrivals]

    def gaps(self) -> list[float]:
        """Seconds between one arrival and the next."""
        times = sorted(arrival.at for arrival in self.arrivals)
        return [later - earlier for earlier, later in pairwise(times)]

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        arrival = Arrival(
            time.monotonic(), handler.path, handler.headers.get("Host", ""), dict(handler.headers.items())
        )
        with self._lock:
            self.arrivals.append(arrival)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            path = handler.path.partition("?")[0]
            respond = self._answers.get(handler.path) or self._answers.get(path)
            self._send(handler, respond(arrival) if respond else Answer(b"not here", status=404))
        except ConnectionError:
            handler.close_connection = True
        finally:
            with self._lock:
                self._at_once -= 1

    def _send(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        time.sleep(answer.delay_seconds)
        handler.send_response(answer.status)
        if answer.content_type is not None:
            handler.send_header("Content-Type", answer.content_type)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        if answer.status != 304:
            handler.send_header("Content-Length", str(len(answer.body)))
        handler.end_headers()
        if answer.status != 304:
            handler.wfile.write(answer.body)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def rss(links: Iterable[tuple[str, str]]) -> Answer:
    """A feed with these links and titles."""
    items = "".join(f"<item><title>{title}</title><link>{url}</link></item>" for url, title in links)
    body = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'
    return Answer(body.encode(), content_type="application/rss+xml; charset=utf-8")
