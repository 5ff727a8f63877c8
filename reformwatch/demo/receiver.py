"""A receiver of alerts on loopback that checks each signature, as a receiver of yours should."""

from __future__ import annotations

import base64
import json
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

from standardwebhooks import Webhook, WebhookVerificationError

MAX_BODY_BYTES: Final = 256 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceivedAlert:
    id: str
    message: dict[str, Any]
    """The message as `alerts.message` describes it."""
    repeated: bool
    """Whether the same id had come before."""


class WebhookReceiver:
    """A context manager. `secret` is made fresh unless given; `on_alert` is called from the server's threads."""

    def __init__(
        self,
        *,
        port: int = 0,
        secret: str | None = None,
        on_alert: Callable[[ReceivedAlert], None] = lambda _: None,
    ) -> None:
        self.secret = secret or f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
        self._on_alert = on_alert
        self._changed = threading.Condition()
        self._alerts: list[ReceivedAlert] = []
        self._refused = 0
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.receiver = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="demo-receiver", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/alerts"

    @property
    def alerts(self) -> tuple[ReceivedAlert, ...]:
        """What was accepted, repeats included, in the order of arrival."""
        with self._changed:
            return tuple(self._alerts)

    @property
    def refused(self) -> int:
        """Messages whose signature was not acceptable."""
        with self._changed:
            return self._refused

    def wait_for(self, count: int, *, timeout_seconds: float) -> bool:
        """Whether so many alerts, repeats not counted, came in time."""
        with self._changed:
            return self._changed.wait_for(
                lambda: sum(not alert.repeated for alert in self._alerts) >= count, timeout_seconds
            )

    def take(self, headers: dict[str, str], body: bytes) -> int:
        """The status to answer with."""
        try:
            message = Webhook(self.secret).verify(body, headers)
        except (WebhookVerificationError, ValueError):
            with self._changed:
                self._refused += 1
            return 401
        with self._changed:
            known = {alert.id for alert in self._alerts}
            identity = headers["webhook-id"]
            alert = ReceivedAlert(id=identity, message=message, repeated=identity in known)
            self._alerts.append(alert)
            self._changed.notify_all()
        self._on_alert(alert)
        return 200


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    receiver: WebhookReceiver


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10

    def do_POST(self) -> None:
        declared = self.headers.get("content-length", "")
        if not declared.isdecimal() or int(declared) > MAX_BODY_BYTES:
            self._answer(413)
            return
        body = self.rfile.read(int(declared))
        self._answer(self.server.receiver.take({name.lower(): value for name, value in self.headers.items()}, body))

    def _answer(self, status: int) -> None:
        body = json.dumps({"ok": status == 200}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The demo tells its own story."""
