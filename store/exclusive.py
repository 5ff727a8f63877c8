"""A role that one process at a time may have, such as crawling: two crawlers would each keep the pauses, and together
break them. The role ends with its process, however that ends.
"""

from __future__ import annotations

import fcntl
import hashlib
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from store.database import Database
from store.errors import DatabaseUnavailable


class ExclusiveRole:
    """Held by a lock of the database server's session, or by a lock on a file beside an SQLite database."""

    def __init__(self, database: Database, name: str) -> None:
        """`name` is a plain word; it becomes part of a file's name."""
        self._database = database
        self._name = name
        self._connection: sa.Connection | None = None
        self._file: IO[Any] | None = None

    def keep(self) -> bool:
        """Take the role, or make sure of still having it; False when another process has it. Never waits for it.

        Raises `DatabaseUnavailable`. A lock is lost with its connection: call this now and then.
        """
        return self._keep_file() if self._database.dialect == "sqlite" else self._keep_session()

    def release(self) -> None:
        if self._connection is not None:
            # The lock belongs to the session: giving the connection back to the pool would keep it.
            self._connection.invalidate()
            self._connection.close()
            self._connection = None
        if self._file is not None:
            self._file.close()
            self._file = None

    def _keep_file(self) -> bool:
        database = self._database.url.database
        if self._file is not None or database in {None, "", ":memory:"}:
            # A database in memory has no other process to share it with.
            return True
        file = Path(f"{database}.{self._name}.lock").open("w", encoding="utf-8")  # noqa: SIM115 - kept
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        return True

    def _keep_session(self) -> bool:
        try:
            if self._connection is not None and self._connection.scalar(sa.text("SELECT 1")) == 1:
                return True
        except DBAPIError:
            # The session is gone and the lock with it: take it anew on another.
            self.release()
        key = int.from_bytes(hashlib.sha256(self._name.encode()).digest()[:8], signed=True)
        try:
            connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            taken = bool(connection.scalar(sa.text("SELECT pg_try_advisory_lock(:key)"), {"key": key}))
        except DBAPIError as error:
            raise DatabaseUnavailable(f"{self._database.description()}: {type(error.orig).__name__}") from error
        if taken:
            self._connection = connection
        else:
            connection.close()
        return taken
