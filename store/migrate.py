"""Brings a database to this program's schema, and refuses to work on any other."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from store import views
from store.database import Database
from store.errors import SchemaMismatch

LOCK_KEY: Final = 0x5EF0_4A7C
"""Advisory lock of PostgreSQL under which migrations run, so that two upgrades never interleave."""


def upgrade(database: Database) -> str:
    """Apply every missing migration and refresh the views, in one transaction; returns the revision reached.

    Raises `SchemaMismatch` when the database is newer than this program, `DatabaseUnavailable` when it is down.
    """
    with database.transaction() as connection:
        if database.dialect == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        _refuse_newer(database, _current(connection))
        config = _config()
        config.attributes["connection"] = connection
        views.drop_for_migration(connection)
        command.upgrade(config, "head")
        views.refresh(connection)
    return head()


def check(database: Database) -> None:
    """Raises `SchemaMismatch`, saying what to do, unless the database is at exactly this program's schema."""
    with database.read() as connection:
        current = _current(connection)
    _refuse_newer(database, current)
    if current != head():
        raise SchemaMismatch(
            f"{database.description()} is at schema {current or 'none'}, this program needs {head()}: "
            "run `reformwatch db upgrade`"
        )


def current(database: Database) -> str | None:
    """The schema the database is at; None when it is empty."""
    with database.read() as connection:
        return _current(connection)


def head() -> str:
    """The schema this program was built for."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None, "the package ships at least one migration"
    return revision


def _current(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(database: Database, current: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if current is not None and current not in known:
        raise SchemaMismatch(
            f"{database.description()} is at schema {current}, which this program does not know: "
            "it was written by a newer version; upgrade the program"
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("store") / "migrations"))
    return config
