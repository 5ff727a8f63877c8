"""Turns a bus URL into a bus. Only the chosen implementation is imported."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from store.bus.base import Bus
from store.bus.kafka_settings import KafkaSecurity as KafkaSecurity
from store.errors import NeverValid

EMBEDDED_SCHEME: Final = "embedded:///"
_EXPECTED: Final = "expected embedded:///PATH or kafka://HOST:PORT[,HOST:PORT]"


def open_bus(url: str, *, security: KafkaSecurity | None = None) -> Bus:
    """Open the bus that the URL names; `embedded:///` paths are relative unless a fourth slash follows.

    Raises `NeverValid` for a URL that cannot be read, `BusUnavailable` when the embedded log cannot be opened.
    A Kafka bus connects at its first use.
    """
    if url.startswith(EMBEDDED_SCHEME) and len(url) > len(EMBEDDED_SCHEME):
        from store.bus.embedded import EmbeddedBus

        return EmbeddedBus(Path(url.removeprefix(EMBEDDED_SCHEME)))
    if url.startswith("kafka://"):
        from store.bus.kafka import KafkaBus

        return KafkaBus(_servers(url), security=security or KafkaSecurity())
    # The text may hold a password: say what was expected, not what came.
    raise NeverValid(f"the bus URL cannot be read; {_EXPECTED}")


def _servers(url: str) -> tuple[str, ...]:
    servers = tuple(part.strip() for part in url.removeprefix("kafka://").rstrip("/").split(","))
    if any("@" in server for server in servers):
        raise NeverValid("the bus URL must not hold a user or password; set them as settings of their own")
    for server in servers:
        try:
            parts = urlsplit(f"//{server}")
            valid = bool(parts.hostname and parts.port and parts.netloc == server)
        except ValueError:
            valid = False
        if not valid:
            raise NeverValid(f"the bus URL names the server {server!r}; {_EXPECTED}")
    return servers
