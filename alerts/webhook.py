"""The webhook channel: signed POST requests after the Standard Webhooks specification.

Only the status line and headers of an answer are read. Its body is not: nobody needs it, it may be endless, and
showing it would turn the alerter into a reader of other people's servers.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import httpcore

from alerts.channel import Alert, DeliveryFailed, DeliveryRefused
from alerts.guard import AddressRefused, Deadline, GuardedBackend
from alerts.metrics import CONNECTIONS_REFUSED
from alerts.settings import WebhookSettings
from alerts.signature import sign
from store.addresses import Network

USER_AGENT: Final = "reformwatch-alerts/1"
MAX_RETRY_AFTER_SECONDS: Final = 86_400.0
GONE: Final = 410


class WebhookChannel:
    """Follows no redirect and uses no proxy, whatever the environment says; one connection per request."""

    def __init__(
        self,
        settings: WebhookSettings,
        *,
        allowed_networks: Sequence[Network] = (),
        timeout_seconds: float = 10.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = settings.name
        self._url = settings.url.get_secret_value()
        self._secrets = settings.secrets
        self._allowed = allowed_networks
        self._timeout = timeout_seconds
        self._clock = clock
        self._tls = ssl.create_default_context()
        CONNECTIONS_REFUSED.labels(channel=self.name)

    def send(self, alert: Alert) -> None:
        """Returns on a 2xx answer. Raises `DeliveryRefused` on 410, `DeliveryFailed` on anything else."""
        body = json.dumps(alert.payload, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        headers = {
            "content-type": "application/json",
            "user-agent": USER_AGENT,
            **sign(self._secrets, message_id=alert.id, at=self._clock(), body=body),
        }
        try:
            status, retry_after = self._post(headers, body)
        except AddressRefused as error:
            CONNECTIONS_REFUSED.labels(channel=self.name).inc()
            raise DeliveryFailed(str(error)) from error
        except (httpcore.TimeoutException, httpcore.NetworkError, ssl.SSLError) as error:
            raise DeliveryFailed(f"no answer: {type(error).__name__}: {error}") from error
        except httpcore.ProtocolError as error:
            # Its text may quote what the other side sent.
            raise DeliveryFailed("no answer that is HTTP") from error
        if status == GONE:
            raise DeliveryRefused(f"the receiver answered {status}: it wants no more of these")
        if not 200 <= status < 300:
            raise DeliveryFailed(f"the receiver answered {status}", retry_after_seconds=retry_after)

    def _post(self, headers: dict[str, str], body: bytes) -> tuple[int, float | None]:
        backend = GuardedBackend(allowed=self._allowed, deadline=Deadline(self._timeout))
        with (
            httpcore.ConnectionPool(ssl_context=self._tls, network_backend=backend, max_connections=1) as pool,
            pool.stream("POST", self._url, headers=list(headers.items()), content=body) as response,
        ):
            answered = {name.lower(): value for name, value in response.headers}
            return response.status, self._retry_after(answered.get(b"retry-after"))

    def _retry_after(self, header: bytes | None) -> float | None:
        """Seconds of a Retry-After header in either of its forms; None when it has neither."""
        text = (header or b"").decode("ascii", "replace").strip()
        if text.isdecimal():
            return min(float(text[:9]), MAX_RETRY_AFTER_SECONDS)
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return min(max((aware - self._clock()).total_seconds(), 0.0), MAX_RETRY_AFTER_SECONDS)
