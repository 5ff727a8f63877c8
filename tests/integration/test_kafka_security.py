"""Kafka over TLS with a login: what is right gets through, what is wrong is refused, and the password stays unsaid."""

from __future__ import annotations

import gc
import logging
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from store.bus.base import Record
from store.bus.kafka import KafkaBus
from store.bus.kafka_settings import KafkaLimits, KafkaSecurity
from store.bus.open import open_bus
from store.errors import BusUnavailable, NeverValid
from tests.parts.bus_child import TOPIC
from tests.parts.buses import read
from tests.parts.certificates import PASSWORD, make_server_certificate
from tests.parts.kafka_broker import KafkaBroker

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.usefixtures("kafka_broker", "_collected"),
    # kafka-python 3.0.12 leaves sockets whose handshake failed to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning"),
]

SECRET: Final = "s3cret-marker"
REFUSED: Final = "the broker (refuses the login: .*invalid credentials|hung up during the login)"
"""Which of the two a client sees is a race that the broker decides."""
LIMITS: Final = KafkaLimits(bootstrap_seconds=3.0)


@pytest.fixture
def _collected() -> Iterator[None]:
    yield
    gc.collect()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="reformwatch-tls-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def secured(folder: Path, kafka_broker: KafkaBroker) -> Iterator[tuple[KafkaBroker, KafkaSecurity]]:
    key_store, ca_file = make_server_certificate(folder)
    listener = "listener.name.clients"
    broker = KafkaBroker(
        folder / "broker",
        listener="SASL_SSL",
        users={"crawler": SECRET},
        settings={
            "ssl.keystore.location": str(key_store),
            "ssl.keystore.password": PASSWORD,
            "ssl.keystore.type": "PKCS12",
            f"{listener}.sasl.enabled.mechanisms": "SCRAM-SHA-512",
            f"{listener}.scram-sha-512.sasl.jaas.config": (
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            ),
        },
    )
    security = KafkaSecurity(
        protocol="SASL_SSL",
        ca_file=ca_file,
        sasl_mechanism="SCRAM-SHA-512",
        username="crawler",
        password=SECRET,
    )
    with broker:
        yield broker, security


def test_a_page_passes_over_tls_with_a_login(secured: tuple[KafkaBroker, KafkaSecurity]) -> None:
    broker, security = secured
    with closing(open_bus(broker.url, security=security)) as bus:
        bus.create_topics([TOPIC])
        bus.publish(TOPIC, Record(key="key", value=b"value", headers={}))
        with closing(bus.consumer(TOPIC, group="group")) as consumer:
            assert read(consumer, 1)[0].record.value == b"value"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"password": f"{SECRET}-wrong"}, REFUSED),
        ({"username": "nobody"}, REFUSED),
        ({"sasl_mechanism": "SCRAM-SHA-256"}, "the broker (knows no such way to log in: |hung up during the login)"),
        ({"ca_file": None}, "Handshake failed: .*certificate verify failed"),
        ({"protocol": "PLAINTEXT"}, "connecting"),
        ({"protocol": "SSL"}, "connecting"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_what_is_not_right_is_refused_without_saying_the_password(
    secured: tuple[KafkaBroker, KafkaSecurity],
    wrong: dict[str, Any],
    told: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    broker, security = secured
    caplog.set_level(logging.INFO)
    with closing(KafkaBus((broker.servers,), security=replace(security, **wrong), limits=LIMITS)) as bus:
        with pytest.raises(BusUnavailable, match=f"connecting: .*{told}" if told != "connecting" else told) as caught:
            bus.publish(TOPIC, Record(key="key", value=b"value", headers={}))
        said = f"{caught.value} {caught.value.__cause__!r} {bus.description()} {security!r} {caplog.text}"
    assert SECRET not in said + "".join(capfd.readouterr())


def test_a_server_with_another_name_is_refused(secured: tuple[KafkaBroker, KafkaSecurity]) -> None:
    broker, security = secured
    elsewhere = KafkaBus((f"127.0.0.1:{broker.port}",), security=security, limits=LIMITS)
    with closing(elsewhere) as bus, pytest.raises(BusUnavailable):
        bus.publish(TOPIC, Record(key="key", value=b"value", headers={}))


def test_a_file_that_is_missing_and_a_login_that_is_incomplete_are_named(folder: Path) -> None:
    with pytest.raises(NeverValid, match=r"absent\.pem"):
        open_bus("kafka://localhost:1", security=KafkaSecurity(protocol="SSL", ca_file=folder / "absent.pem"))
    with pytest.raises(NeverValid, match="user name and a password"):
        open_bus("kafka://localhost:1", security=KafkaSecurity(protocol="SASL_SSL", sasl_mechanism="PLAIN"))
