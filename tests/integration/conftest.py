"""Parts that fault tests hurt: a PostgreSQL of their own with fsync, and a broker that is left clean."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.parts.kafka_broker import KafkaBroker
from tests.parts.kafka_cleaning import delete_topics
from tests.parts.postgres import PostgresServer


@pytest.fixture
def durable_postgres(postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    """A server with fsync; asking for the shared one first says by name when PostgreSQL is missing."""
    # Not under tmp_path: the server runs as another user, who may not enter there.
    server = PostgresServer(Path(tempfile.mkdtemp(prefix="reformwatch-postgres-")), durable=True)
    server.start()
    yield server
    server.remove()


@pytest.fixture
def clean_kafka(kafka_broker: KafkaBroker) -> Iterator[KafkaBroker]:
    """The shared broker, without topics before and after."""
    delete_topics(kafka_broker)
    yield kafka_broker
    delete_topics(kafka_broker)
