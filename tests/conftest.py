"""The real parts that tests run on, started once per run, and what the run says about them at its end."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NoReturn

import pytest

from store.bus.base import Bus
from tests.parts.buses import open_test_bus
from tests.parts.kafka_broker import KafkaBroker
from tests.parts.kafka_cleaning import delete_topics
from tests.parts.postgres import PostgresServer
from tests.parts.toolchain import PartMissing, missing_parts_fail, program, program_version

_ran_on: Final[dict[str, str]] = {}
_missing: Final[dict[str, str]] = {}


def _without(part: str, error: PartMissing) -> NoReturn:
    _missing[part] = str(error)
    if missing_parts_fail():
        pytest.fail(f"{part} is missing: {error}")
    pytest.skip(f"{part} is missing: {error}")


@pytest.fixture(scope="session")
def kafka_broker() -> Iterator[KafkaBroker]:
    """One broker for the whole run. A test that stops, freezes or kills it starts or thaws it again."""
    folder = Path(tempfile.mkdtemp(prefix="reformwatch-kafka-"))
    try:
        broker = KafkaBroker(folder)
        broker.start()
    except PartMissing as error:
        shutil.rmtree(folder)
        _without("Apache Kafka", error)
    _ran_on["Apache Kafka"] = broker.version
    yield broker
    broker.remove()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for the whole run, without fsync. A test of faults makes a durable one of its own."""
    folder = Path(tempfile.mkdtemp(prefix="reformwatch-postgres-"))
    try:
        server = PostgresServer(folder)
        server.start()
    except PartMissing as error:
        shutil.rmtree(folder)
        _without("PostgreSQL", error)
    _ran_on["PostgreSQL"] = server.version
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, empty database, once in SQLite and once in PostgreSQL."""
    if request.param == "sqlite":
        _ran_on["SQLite"] = sqlite3.sqlite_version
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture(params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def bus_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A bus without topics, once embedded and once in Kafka."""
    if request.param == "embedded":
        yield f"embedded:///{tmp_path / 'bus.db'}"
        return
    broker: KafkaBroker = request.getfixturevalue("kafka_broker")
    yield broker.url
    delete_topics(broker)


@pytest.fixture
def bus(bus_url: str) -> Iterator[Bus]:
    """An open bus without topics, once embedded and once on Kafka."""
    opened = open_test_bus(bus_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def promtool() -> Path:
    return _tool("promtool")


@pytest.fixture(scope="session")
def amtool() -> Path:
    return _tool("amtool")


def _tool(name: str) -> Path:
    try:
        path = program(name)
    except PartMissing as error:
        _without(name, error)
    _ran_on[name] = program_version(name).removeprefix(f"{name}, version ")
    return path


def pytest_configure() -> None:
    # A run that is told to end, by a time limit for instance, ends its parts first.
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Where tests run in several processes, each tells at its end what it stood on."""
    told = getattr(node, "workeroutput", {})
    _ran_on.update(told.get("ran_on", {}))
    _missing.update(told.get("missing", {}))


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output.update(ran_on=_ran_on, missing=_missing)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long forms run only when asked for with `-m soak`."""
    if "soak" in config.option.markexpr:
        return
    kept = [item for item in items if item.get_closest_marker("soak") is None]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _ran_on:
        parts = ", ".join(f"{name} {version}" for name, version in sorted(_ran_on.items()))
        terminalreporter.write_line(f"real parts this run stood on: {parts}")
    for name, reason in sorted(_missing.items()):
        terminalreporter.write_line(f"not tested without {name}: {reason}")
