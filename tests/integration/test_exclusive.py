"""A role is had by one process at a time, and lost with it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from store.database import Database
from store.exclusive import ExclusiveRole
from tests.parts.postgres import PostgresServer

HOLD = """
import sys, time
from store.database import Database
from store.exclusive import ExclusiveRole
role = ExclusiveRole(Database(sys.argv[1]), "crawler")
print(role.keep(), flush=True)
time.sleep(60)
"""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


def test_a_role_is_had_once_until_it_is_given_back(database: Database) -> None:
    first, second, other = (ExclusiveRole(database, name) for name in ("crawler", "crawler", "relay"))
    assert first.keep()
    assert first.keep()
    assert not second.keep()
    assert other.keep()
    first.release()
    assert second.keep()
    assert not first.keep()
    second.release()
    other.release()
    other.release()


def test_a_killed_process_leaves_its_role_to_the_next(database: Database, database_url: str) -> None:
    with subprocess.Popen([sys.executable, "-c", HOLD, database_url], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        role = ExclusiveRole(database, "crawler")
        assert not role.keep()
        holder.kill()
        holder.wait()
    for _ in range(100):
        if role.keep():
            break
    assert role.keep()
    role.release()


@pytest.mark.postgres
def test_a_role_whose_session_was_ended_is_taken_again_or_seen_as_lost(postgres_server: PostgresServer) -> None:
    url = postgres_server.create_database()
    database = Database(url)
    role, rival = ExclusiveRole(database, "crawler"), ExclusiveRole(database, "crawler")
    ending = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
        " WHERE locktype = 'advisory' AND datname = current_database()"
    )
    assert role.keep()
    with database.transaction() as connection:
        connection.execute(ending)
    assert role.keep()
    with database.transaction() as connection:
        connection.execute(ending)
    while not rival.keep():
        pass
    assert not role.keep()
    rival.release()
    database.close()
    postgres_server.drop_database(url)
