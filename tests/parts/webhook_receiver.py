"""A receiver of webhooks on loopback that behaves well or badly, and remembers what it was sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

DRIP_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Received:
    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    hangs: bool = False
    """Never answer: a black hole that accepts connections."""
    drips: bool = False
    """Send the answer's headers one byte at a time, without end."""


Behaviour = Callable[[Received], Answer]


class WebhookReceiver:
    """A context manager. `behaviour` decides per request; the default confirms everything."""

    def __init__(self, behaviour: Behaviour = lambda _: Answer()) -> None:
        self.behaviour = behaviour
        self.released = threading.Event()
        self._arrived = threading.Condition()
        self._received: list[Received] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.receiver = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, path: str = "/alerts", *, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self._server.server_port}{path}"

    @property
    def received(self) -> list[Received]:
        with self._arrived:
            return list(self._received)

    def wait_for(
        self, count: int, *, among: Callable[[Received], bool] = lambda _: True, timeout_seconds: float = 30.0
    ) -> list[Received]:
        """Wait until so many different messages have come; returns all that came."""

        def enough() -> bool:
            # Asked at every arrival: ten thousand of them would be counted ten thousand times.
            return len(self._received) >= count and len({item.id for item in self._received if among(item)}) >= count

        with self._arrived:
            assert self._arrived.wait_for(enough, timeout_seconds), f"only {len(self._received)} of {count} arrived"
            return list(self._received)

    def take(self, received: Received) -> None:
        with self._arrived:
            self._received.append(received)
            self._arrived.notify_all()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    receiver: WebhookReceiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Senders that give up or die close their connections: that is what is being tested."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        received = Received(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        receiver = self.server.receiver
        answer = receiver.behaviour(received)
        receiver.take(received)
        if answer.hangs:
            receiver.released.wait()
        elif answer.drips:
            self._drip(receiver.released)
        else:
            self._answer(answer)

    def _answer(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _drip(self, released: threading.Event) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nx-drip: ")
        while not released.wait(DRIP_SECONDS):
            self.wfile.write(b".")
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        """Tests read `received` instead."""
