"""The SQLite file of the embedded bus: its layout, its transactions, and the removal of old records."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from store.bus.base import Topic
from store.errors import BusUnavailable, NeverValid

PRUNE_BATCH: Final = 500
WAL_SIZE_LIMIT_BYTES: Final = 32 * 1024**2
_SWITCH_PAUSE_SECONDS: Final = 0.005

_LAYOUT: Final = 1
_TABLES: Final = """
CREATE TABLE partition (
    topic TEXT, number INTEGER, begin INTEGER NOT NULL, "end" INTEGER NOT NULL, size_bytes INTEGER NOT NULL,
    PRIMARY KEY (topic, number)
) WITHOUT ROWID;
CREATE TABLE record (
    topic TEXT NOT NULL, partition INTEGER NOT NULL, "offset" INTEGER NOT NULL,
    appended_at REAL NOT NULL, size_bytes INTEGER NOT NULL,
    key TEXT NOT NULL, headers TEXT NOT NULL, value BLOB NOT NULL,
    UNIQUE (topic, partition, "offset")
);
CREATE TABLE member (
    topic TEXT, "group" TEXT, name TEXT, lease_until REAL NOT NULL, PRIMARY KEY (topic, "group", name)
) WITHOUT ROWID;
CREATE TABLE claim (
    topic TEXT, "group" TEXT, partition INTEGER, owner TEXT NOT NULL, PRIMARY KEY (topic, "group", partition)
) WITHOUT ROWID;
"""


def open_file(path: Path, lock_wait_seconds: float) -> sqlite3.Connection:
    with translated():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BusUnavailable(f"embedded log: its folder cannot be made: {error}") from error
        connection = sqlite3.connect(path, timeout=lock_wait_seconds, isolation_level=None, check_same_thread=False)
        try:
            _prepare(connection, path, lock_wait_seconds)
        except BaseException:
            connection.close()
            raise
        return connection


def _prepare(connection: sqlite3.Connection, path: Path, lock_wait_seconds: float) -> None:
    try:
        layout = connection.execute("PRAGMA user_version").fetchone()[0]
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError as error:
        raise NeverValid(f"{path} is not an embedded log: {error}") from error
    if layout not in {0, _LAYOUT}:
        raise NeverValid(f"{path} has layout {layout}, expected {_LAYOUT}: it belongs to another version")
    if layout == 0:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        _turn_on_wal(connection, lock_wait_seconds)
        _create_tables(connection, path)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_SIZE_LIMIT_BYTES}")


def _turn_on_wal(connection: sqlite3.Connection, lock_wait_seconds: float) -> None:
    """Two processes creating the file at once: this one switch does not wait for locks by itself."""
    deadline = time.monotonic() + lock_wait_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_SWITCH_PAUSE_SECONDS)
        else:
            return


def _create_tables(connection: sqlite3.Connection, path: Path) -> None:
    with writing(connection):
        if connection.execute("PRAGMA user_version").fetchone()[0] == _LAYOUT:
            return
        if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise NeverValid(f"{path} is another program's SQLite file, not an embedded log")
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_LAYOUT}")


def partition_count(connection: sqlite3.Connection, topic: Topic) -> int:
    return int(connection.execute("SELECT count(*) FROM partition WHERE topic = ?", (topic.name,)).fetchone()[0])


def existing_partitions(connection: sqlite3.Connection, topic: Topic) -> int:
    count = partition_count(connection, topic)
    if count == 0:
        raise BusUnavailable(f"topic {topic.name} does not exist yet")
    return count


def prune(connection: sqlite3.Connection, topic: Topic, partition: int) -> bool:
    """Remove the oldest records that are past the topic's retention; True when there may be more of them."""
    with writing(connection):
        (size_bytes,) = connection.execute(
            "SELECT size_bytes FROM partition WHERE topic = ? AND number = ?", (topic.name, partition)
        ).fetchone()
        excess_bytes = size_bytes - topic.retention_bytes if topic.retention_bytes >= 0 else 0
        oldest_kept, removed, removed_bytes = time.time() - topic.retention_seconds, 0, 0
        begin = None
        for offset, appended_at, size in connection.execute(
            'SELECT "offset", appended_at, size_bytes FROM record WHERE topic = ? AND partition = ? '
            'ORDER BY "offset" LIMIT ?',
            (topic.name, partition, PRUNE_BATCH),
        ):
            if appended_at >= oldest_kept and removed_bytes >= excess_bytes:
                break
            removed, removed_bytes, begin = removed + 1, removed_bytes + size, offset + 1
        if begin is None:
            return False
        connection.execute(
            'DELETE FROM record WHERE topic = ? AND partition = ? AND "offset" < ?', (topic.name, partition, begin)
        )
        connection.execute(
            "UPDATE partition SET begin = ?, size_bytes = size_bytes - ? WHERE topic = ? AND number = ?",
            (begin, removed_bytes, topic.name, partition),
        )
    with translated():
        connection.execute("PRAGMA incremental_vacuum").fetchall()
    return removed == PRUNE_BATCH


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    with translated():
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            # A full disk or a lost file may have rolled back already.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


@contextmanager
def translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise BusUnavailable(f"embedded log: {error}") from error
