"""Settings of the Kafka clients, with the reasons for each that departs from the client's default."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from store.errors import NeverValid

MAX_REQUEST_BYTES: Final = 16 * 1024**2
BATCH_BYTES: Final = 1024**2
BATCH_OVERHEAD_BYTES: Final = 64 * 1024
"""Room for Kafka's own headers around a record or a batch."""
PARTITION_FETCH_BYTES: Final = 6 * 1024**2
FETCH_BYTES: Final = 32 * 1024**2


@dataclass(frozen=True, kw_only=True)
class KafkaSecurity:
    """How to reach a secured broker. The password never appears in messages or in the value's text."""

    protocol: str = "PLAINTEXT"
    """PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."""
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    sasl_mechanism: str | None = None
    username: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return f"KafkaSecurity(protocol={self.protocol!r}, sasl_mechanism={self.sasl_mechanism!r})"


@dataclass(frozen=True, kw_only=True)
class KafkaLimits:
    """Bounds on time and memory; tests scale them down."""

    publish_deadline_seconds: float = 120.0
    """After this without an acknowledgement `publish` raises; the client itself goes on trying."""
    stall_seconds: float = 300.0
    """Without any acknowledgement for this long the process ends: see `store.bus.kafka_watchdog`."""
    delivery_timeout_seconds: float = 86_400.0
    """Longer than any outage. When the client expires a retried batch, kafka-python 3.0.12 wedges: its producer id
    is reset but never asked for again, and no later send ever completes or fails."""
    in_flight_bytes: int = 32 * 1024**2
    in_flight_records: int = 200
    """kafka-python buffers without a bound: 2,000 records of 500 KB against a frozen broker took it to 1 GB."""
    bootstrap_seconds: float = 15.0
    request_seconds: float = 30.0
    question_seconds: float = 10.0
    """For questions about topics and offsets, which nothing has to be waited for on the broker's side."""
    session_seconds: float = 10.0
    """A killed consumer's partitions move after this. Heartbeats come from a thread of their own every third of it."""
    probe_seconds: float = 5.0
    """A consumer that read nothing for this long asks whether the broker is there at all."""
    close_seconds: float = 5.0


def common_settings(servers: tuple[str, ...], security: KafkaSecurity, limits: KafkaLimits) -> dict[str, Any]:
    """Raises `NeverValid` when a file that the security settings name is missing."""
    settings: dict[str, Any] = {
        "bootstrap_servers": list(servers),
        "client_id": "reformwatch",
        "security_protocol": security.protocol,
        "bootstrap_timeout_ms": int(limits.bootstrap_seconds * 1000),
        "request_timeout_ms": int(limits.request_seconds * 1000),
        "reconnect_backoff_max_ms": 2_000,
    }
    return settings | _tls_settings(security) | _sasl_settings(security)


def _tls_settings(security: KafkaSecurity) -> dict[str, str]:
    files = {"ssl_cafile": security.ca_file, "ssl_certfile": security.cert_file, "ssl_keyfile": security.key_file}
    for path in files.values():
        if path is not None and not path.is_file():
            raise NeverValid(f"Kafka's TLS settings name {path}, which is not a file")
    return {name: str(path) for name, path in files.items() if path is not None}


def _sasl_settings(security: KafkaSecurity) -> dict[str, str]:
    if not security.protocol.startswith("SASL"):
        return {}
    if not (security.sasl_mechanism and security.username and security.password):
        raise NeverValid(f"Kafka's protocol {security.protocol} needs a SASL mechanism, a user name and a password")
    return {
        "sasl_mechanism": security.sasl_mechanism,
        "sasl_plain_username": security.username,
        "sasl_plain_password": security.password,
    }


def admin_settings(limits: KafkaLimits) -> dict[str, Any]:
    return {"request_timeout_ms": int(limits.question_seconds * 1000)}


def producer_settings(limits: KafkaLimits) -> dict[str, Any]:
    return {
        "acks": "all",
        # Said aloud, so that a setting that conflicts with it raises instead of turning it off silently.
        "enable_idempotence": True,
        "retries": float("inf"),
        "delivery_timeout_ms": int(limits.delivery_timeout_seconds * 1000),
        # A send to a topic without metadata blocks this long; the default is a minute.
        "max_block_ms": 5_000,
        "linger_ms": 5,
        # With idempotence one batch per partition is in flight: 16 KB would mean one page per round trip.
        "batch_size": BATCH_BYTES,
        "max_request_size": MAX_REQUEST_BYTES,
        # Page bodies are compressed already.
        "compression_type": None,
        "allow_auto_create_topics": False,
    }


def consumer_settings(group: str, limits: KafkaLimits) -> dict[str, Any]:
    return {
        "group_id": group,
        # Positions live in the caller's database.
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "isolation_level": "read_committed",
        "session_timeout_ms": int(limits.session_seconds * 1000),
        "heartbeat_interval_ms": int(limits.session_seconds * 1000 / 3),
        # While one member neither polls nor keeps alive, a rebalance holds up all the others for so long.
        "max_poll_interval_ms": 60_000,
        "max_poll_records": 32,
        "max_partition_fetch_bytes": PARTITION_FETCH_BYTES,
        "fetch_max_bytes": FETCH_BYTES,
        "check_crcs": True,
        "allow_auto_create_topics": False,
    }
