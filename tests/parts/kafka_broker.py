"""A real Apache Kafka broker (KRaft, one node) on random loopback ports, for tests and scripts.

with KafkaBroker(Path("/tmp/broker")) as broker:
    print(broker.servers)
"""

from __future__ import annotations

import shutil
import signal
import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.parts.ports import free_port
from tests.parts.process import PartFailed, PartProcess
from tests.parts.toolchain import kafka_jars, kafka_version, program

START_SECONDS: Final = 60.0
_STARTED: Final = "Kafka Server started"
# Compiling with the first tier only starts a second sooner and saves memory; tests run for minutes, not days.
_JAVA_OPTIONS: Final = ("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djava.awt.headless=true")
_LOG4J: Final = """
<Configuration status="WARN">
  <Appenders><Console name="out"><PatternLayout pattern="%d %p %m (%c)%n"/></Console></Appenders>
  <Loggers><Root level="INFO"><AppenderRef ref="out"/></Root></Loggers>
</Configuration>
"""


class KafkaBroker:
    """Its data stay in the folder over stop, kill and start, and so do its ports."""

    def __init__(
        self,
        folder: Path,
        *,
        advertised_port: int | None = None,
        settings: Mapping[str, str] | None = None,
        listener: str = "PLAINTEXT",
        users: Mapping[str, str] | None = None,
    ) -> None:
        """Start nothing yet. Raises `PartMissing`.

        `advertised_port` is what clients are told to connect to, when a proxy stands in between.
        `listener` is the security protocol of the clients' listener; what it needs goes into `settings`.
        `users` are names with passwords for SCRAM-SHA-512.
        """
        self._jars = kafka_jars()
        self.version = kafka_version(self._jars) or "unknown"
        self.folder = folder
        self.port = free_port()
        self.advertised_port = advertised_port or self.port
        self._process: PartProcess | None = None
        self._properties = folder / "server.properties"
        self._format(listener, settings or {}, users or {})

    @property
    def servers(self) -> str:
        return f"localhost:{self.advertised_port}"

    @property
    def url(self) -> str:
        """For `open_bus`."""
        return f"kafka://{self.servers}"

    @property
    def process(self) -> PartProcess:
        if self._process is None:
            raise PartFailed("the broker was not started")
        return self._process

    def start(self) -> None:
        """Returns when it serves; 2-4 s."""
        log = self.folder / "broker.log"
        seen = log.stat().st_size if log.exists() else 0
        self._process = PartProcess([*self._java(), "kafka.Kafka", str(self._properties)], log=log)
        self._process.wait_until(
            lambda: _STARTED.encode() in log.read_bytes()[seen:],
            what="Kafka",
            timeout_seconds=START_SECONDS,
        )

    def stop(self) -> None:
        """A clean shutdown."""
        self.process.stop(signal.SIGTERM)

    def kill(self) -> None:
        self.process.kill()

    def freeze(self) -> None:
        """The broker keeps its connections but answers nothing."""
        self.process.freeze()

    def thaw(self) -> None:
        self.process.thaw()

    def remove(self) -> None:
        """Kill it, if it runs, and remove its data."""
        if self._process is not None:
            self._process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def _java(self) -> list[str]:
        configuration = f"-Dlog4j2.configurationFile={self.folder / 'log4j2.xml'}"
        return [str(program("java")), *_JAVA_OPTIONS, configuration, "-cp", f"{self._jars}/*"]

    def _format(self, listener: str, settings: Mapping[str, str], users: Mapping[str, str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "log4j2.xml").write_text(_LOG4J, encoding="utf-8")
        properties = self._default_properties(listener) | dict(settings)
        text = "".join(f"{name}={value}\n" for name, value in properties.items())
        self._properties.write_text(text, encoding="utf-8")
        # A leading minus would be read as an option.
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "A")
        scram = [f"--add-scram=SCRAM-SHA-512=[name={name},password={password}]" for name, password in users.items()]
        format_command = [
            "kafka.tools.StorageTool",
            "format",
            "--standalone",
            "-t",
            cluster,
            "-c",
            str(self._properties),
        ]
        answer = subprocess.run(
            [*self._java(), *format_command, *scram],
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
        )
        if answer.returncode != 0:
            raise PartFailed(f"Kafka's storage cannot be formatted:\n{(answer.stdout + answer.stderr)[-2000:]}")

    def _default_properties(self, listener: str) -> dict[str, str]:
        controller, internal = free_port(), free_port()
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.bootstrap.servers": f"localhost:{controller}",
            "controller.listener.names": "CONTROLLER",
            "inter.broker.listener.name": "INTERNAL",
            "listener.security.protocol.map": f"CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT,CLIENTS:{listener}",
            "listeners": f"CLIENTS://localhost:{self.port},INTERNAL://localhost:{internal},"
            f"CONTROLLER://localhost:{controller}",
            "advertised.listeners": f"CLIENTS://localhost:{self.advertised_port},INTERNAL://localhost:{internal}",
            "log.dirs": str(self.folder / "data"),
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "5",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "transaction.state.log.num.partitions": "1",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            # A killed broker may only register again once its old session is over.
            "broker.session.timeout.ms": "2000",
            "broker.heartbeat.interval.ms": "500",
            "group.initial.rebalance.delay.ms": "0",
            "group.min.session.timeout.ms": "500",
            "auto.create.topics.enable": "false",
            "log.initial.task.delay.ms": "500",
            "log.retention.check.interval.ms": "500",
            "message.max.bytes": str(8 * 1024**2),
        }
