"""Serves `/metrics`, `/livez` and `/readyz` of one process from threads of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from socketserver import TCPServer, ThreadingMixIn
from types import TracebackType
from typing import Any, Self
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from store.errors import NeverValid
from store.health import Health

Check = Callable[[], str | None]


class Endpoint:
    """A context manager; port 0 of the settings means no endpoint, so do not make one then."""

    def __init__(self, host: str, port: int, health: Health, checks: Mapping[str, Check]) -> None:
        """Raises `NeverValid` when the port is taken."""
        self._metrics = make_wsgi_app()
        self._health = health
        self._checks = {name: _OneAtATime(check) for name, check in checks.items()}
        try:
            self._server = make_server(host, port, self._answer, _Server, _QuietHandler)
        except OSError as error:
            raise NeverValid(
                f"cannot serve /metrics on {host}:{port}: {error.strerror}; set REFORMWATCH_METRICS_PORT"
            ) from error
        self.port = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="endpoint", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO")
        if path == "/metrics":
            answer: Iterable[bytes] = self._metrics(environ, start_response)
            return answer
        if path not in {"/livez", "/readyz"}:
            return _respond(start_response, HTTPStatus.NOT_FOUND, {"paths": ["/metrics", "/livez", "/readyz"]})
        report = self._health.report(self._checks if path == "/readyz" else None)
        good = report.live if path == "/livez" else report.ready
        status = HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE
        return _respond(start_response, status, {"ok": good, "problems": report.problems})


class _OneAtATime:
    """A check that hangs with its dependency must not take a thread and a connection for every probe."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._running = threading.Lock()

    def __call__(self) -> str | None:
        if not self._running.acquire(blocking=False):
            return "the check before this one has not come back"
        try:
            return self._check()
        finally:
            self._running.release()


def _respond(start_response: Any, status: HTTPStatus, body: Mapping[str, object]) -> Iterable[bytes]:
    start_response(f"{status.value} {status.phrase}", [("Content-Type", "application/json")])
    return [json.dumps(body).encode() + b"\n"]


class _Server(ThreadingMixIn, WSGIServer):
    """A thread a request: a readiness check that waits for its database must not hold up `/livez`."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 32

    def server_bind(self) -> None:
        """Without asking a name server for the host's full name, which delays the start when there is none."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()


class _QuietHandler(WSGIRequestHandler):
    timeout = 5

    def log_message(self, format: str, *args: object) -> None:
        """Scrapes are not news."""
