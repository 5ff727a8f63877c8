"""A real PostgreSQL server with its own cluster in a temporary folder, for tests and scripts.

with PostgresServer(Path("/tmp/pg")) as server:
    print(server.create_database())
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import psycopg

from tests.parts.ports import free_port
from tests.parts.process import PartFailed, PartProcess
from tests.parts.toolchain import PartMissing, postgres_programs

START_SECONDS: Final = 60.0
SUPERUSER: Final = "reformwatch"


class PostgresServer:
    """Its data stay in the folder over stop, kill and start, and so does its port."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        """Make the cluster, start nothing yet. Raises `PartMissing`.

        `durable` turns fsync on, which fault tests need and which makes every commit slower.
        """
        self._programs = postgres_programs()
        self._user = _server_user()
        self._durable = durable
        self._process: PartProcess | None = None
        self._names = itertools.count(1)
        self.folder = folder
        self.port = free_port()
        self.version = ""
        self._make_cluster()

    @property
    def process(self) -> PartProcess:
        if self._process is None:
            raise PartFailed("the server was not started")
        return self._process

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user=SUPERUSER, dbname=database, autocommit=True, connect_timeout=5
        )

    def start(self) -> None:
        """Returns when it serves; below a second, or the recovery's time after a kill."""
        options = [] if self._durable else ["-c", "fsync=off", "-c", "full_page_writes=off"]
        self._process = PartProcess(
            [
                *(str(self._programs / "postgres"), "-D", str(self.folder / "data"), "-p", str(self.port)),
                *("-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.folder}"),
                *("-c", "max_connections=200", "-c", "timezone=UTC", *options),
            ],
            log=self.folder / "server.log",
            user=self._user,
            folder=self.folder,
        )
        self._process.wait_until(self._serves, what="PostgreSQL", timeout_seconds=START_SECONDS)

    def stop(self, *, immediate: bool = False) -> None:
        """A fast shutdown, or an immediate one that leaves recovery to the next start."""
        self.process.stop(signal.SIGQUIT if immediate else signal.SIGINT)

    def kill(self) -> None:
        self.process.kill()

    def freeze(self) -> None:
        """No new connection is answered; those that are open go on."""
        self.process.freeze()

    def thaw(self) -> None:
        self.process.thaw()

    def create_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{next(self._names)}"
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.url(name)

    def drop_database(self, url: str) -> None:
        name = url.rsplit("/", 1)[1]
        with self.connect() as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def remove(self) -> None:
        """Stop it, if it runs, and remove its data."""
        if self._process is not None:
            self.stop(immediate=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def _make_cluster(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._user:
            shutil.chown(self.folder, self._user)
        answer = subprocess.run(
            [
                *(str(self._programs / "initdb"), "-D", str(self.folder / "data"), "-U", SUPERUSER, "-A", "trust"),
                *("-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
            ],
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
            user=self._user,
            group=self._user,
            extra_groups=[] if self._user else None,
            cwd=self.folder,
        )
        if answer.returncode != 0:
            raise PartFailed(f"PostgreSQL's cluster cannot be made:\n{answer.stdout}{answer.stderr}")

    def _serves(self) -> bool:
        try:
            with self.connect() as connection:
                row = connection.execute("SHOW server_version").fetchone()
        except psycopg.OperationalError:
            return False
        self.version = str(row[0]).split(" ")[0] if row else "unknown"
        return True


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: root starts it as another user."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise PartMissing("PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody'")
