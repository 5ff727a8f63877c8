"""One way to the database, for SQLite and PostgreSQL alike: short transactions, truthful errors, a checked schema.

SQLite runs in WAL mode with synchronous=FULL (NORMAL may lose the last commits on power loss) and takes the write
lock when a transaction begins: a read that later wants to write would otherwise fail at once with SQLITE_BUSY.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from store.errors import DatabaseUnavailable, NeverValid

SQLITE_LOCK_WAIT_SECONDS: Final = 30
CONNECT_TIMEOUT_SECONDS: Final = 10
STATEMENT_TIMEOUT_MS: Final = 60_000


class Database:
    """A pool of connections to one database. Threads may share it; processes must each open their own."""

    def __init__(self, url: str, *, pool_size: int = 5) -> None:
        """Open nothing yet. Raises `NeverValid` for a URL that names neither SQLite nor PostgreSQL."""
        self.url = _parse(url)
        self.dialect = self.url.get_backend_name()
        if self.dialect == "sqlite":
            self._engine = _sqlite_engine(self.url)
        else:
            self._engine = _postgresql_engine(self.url, pool_size)

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """A writing transaction: commits on leaving, rolls back on any exception.

        Raises `DatabaseUnavailable` when the database is down, locked too long or breaks the connection; the
        transaction then did not take effect, or its commit was ambiguous, which natural keys make harmless.
        """
        with self._translated(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A consistent read that never waits for writers."""
        with self._translated(), self._engine.connect() as connection:
            yield connection.execution_options(sqlite_begin="DEFERRED")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise DatabaseUnavailable(f"{self.description()}: {_first_line(error)}") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise DatabaseUnavailable(f"{self.description()}: {_first_line(error)}") from error
            raise

    def insert(self, table: type[Any]) -> postgresql.Insert | sqlite.Insert:
        """An INSERT of this dialect, which knows ON CONFLICT."""
        return (sqlite.insert if self.dialect == "sqlite" else postgresql.insert)(table)

    def change_token(self, connection: sa.Connection) -> int:
        """A number for `Article.changed_in` that grows with every writing transaction; see `store.views`."""
        if self.dialect == "postgresql":
            return int(connection.scalar(sa.text("SELECT pg_current_xact_id()::text::bigint")) or 0)
        token = connection.scalar(sa.text("UPDATE change_counter SET value = value + 1 WHERE id = 1 RETURNING value"))
        assert token is not None, "migrations put the counter's row there"
        return int(token)

    def description(self) -> str:
        """The database for people: the password is masked, and options, which may hold another, are left out."""
        return self.url.set(query={}).render_as_string(hide_password=True)

    def passwords(self) -> tuple[str, ...]:
        """What must not be shown, as it is and as it stands in the URL; PostgreSQL takes options with passwords too."""
        options = [value for name, value in self.url.query.items() if "password" in name and isinstance(value, str)]
        plain = [password for password in (self.url.password, *options) if password]
        return (*plain, *(quote(password, safe="") for password in plain))

    def server_version(self) -> str:
        """Product and version, as the server says it."""
        with self.read() as connection:
            if self.dialect == "sqlite":
                return f"SQLite {connection.scalar(sa.text('SELECT sqlite_version()'))}"
            return f"PostgreSQL {connection.scalar(sa.text('SHOW server_version'))}"

    @property
    def engine(self) -> sa.Engine:
        """The engine itself, for migrations."""
        return self._engine

    def close(self) -> None:
        self._engine.dispose()


def _parse(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        # The text may hold a password: say what was expected, not what came.
        raise NeverValid("the database URL cannot be read; expected sqlite:///PATH or postgresql+psycopg://…") from None
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise NeverValid(
            f"the database must be sqlite:///PATH or postgresql+psycopg://…, got the scheme {parsed.drivername!r}"
        )
    return parsed.set(drivername="postgresql+psycopg") if parsed.drivername == "postgresql" else parsed


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    engine = sa.create_engine(
        url,
        connect_args={"timeout": SQLITE_LOCK_WAIT_SECONDS, "check_same_thread": False},
        json_serializer=partial(json.dumps, ensure_ascii=False),
    )
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(dbapi_connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions by itself: `_begin_sqlite` decides how they begin.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _postgresql_engine(url: sa.URL, pool_size: int) -> sa.Engine:
    options = f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC"
    return sa.create_engine(
        url,
        pool_size=pool_size,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_SECONDS,
            "options": options,
            "application_name": "reformwatch",
            "keepalives_idle": 10,
            "tcp_user_timeout": 20_000,
        },
        json_serializer=partial(json.dumps, ensure_ascii=False),
    )


def _first_line(error: DBAPIError) -> str:
    """The driver's own words without the statement and its parameters, which may hold page text or secrets."""
    return (str(error.orig).strip().splitlines() or ["no message"])[0]
