"""Brings a database to the schema of this version. I/O.

Invariants: a database that is as it should be costs one query, and Alembic is not even imported (0.4 s); of several
processes that start at once one migrates, the others wait; a migration is whole or was never there; a database of
a newer version is not touched.
"""

from threading import Lock

import structlog
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, Engine

from ppbe_observe.errors import StateError
from ppbe_observe.state.engine import PATIENCE, READING, file_of
from ppbe_observe.state.tables import metadata

REVISIONS = ("0001", "0002", "0003", "0004")
"""Every revision that this version knows, the oldest first."""

HEAD = REVISIONS[-1]

MIGRATION_PATIENCE = 30
"""Seconds to wait for another process that migrates."""

_ADVISORY_LOCK = 0x70706265  # "ppbe": any number that all versions share

_VERSION_TABLE = "alembic_version"

_alembic = Lock()
"""Alembic's context is one per process."""

log = structlog.get_logger(__name__)


def prepare(engine: Engine) -> None:
    """Make or migrate the tables, unless they are as they should be.

    Raises:
        StateError: A newer version has made them.
        SQLAlchemyError: The database cannot be read or written.
    """
    if engine.dialect.name == "sqlite" and file_of(engine.url) is None:
        with engine.begin() as connection:
            metadata.create_all(connection)  # nothing older than this process is in its memory
        return
    with engine.execution_options(**{READING: True}).begin() as connection:
        found = _revision(connection)
    if found != HEAD:
        _refuse_newer(engine, found)
        _migrate(engine)


def expect(engine: Engine) -> None:
    """Only look whether the tables are as they should be.

    Raises:
        StateError: There are none, or another version has made them.
        SQLAlchemyError: The database cannot be read.
    """
    with engine.execution_options(**{READING: True}).begin() as connection:
        found = _revision(connection)
    _refuse_newer(engine, found)
    if found != HEAD:
        shown = engine.url.render_as_string(hide_password=True)
        what = "nothing is kept in it" if found is None else f"it is of an older version (revision {found})"
        raise StateError(f"state database {shown}: {what}; the daemon makes or migrates it when it starts")


def _migrate(engine: Engine) -> None:
    from ppbe_observe.state.migrations.upgrade import upgrade  # noqa: PLC0415 - Alembic takes 0.4 s to import

    with _alembic, engine.execution_options(**{PATIENCE: MIGRATION_PATIENCE}).begin() as connection:
        if engine.dialect.name != "sqlite":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        found = _revision(connection)
        _refuse_newer(engine, found)
        if found != HEAD:
            upgrade(connection)
            log.info("state.migrated", before=found, after=HEAD)


def _revision(connection: Connection) -> str | None:
    """What the database says; None where nothing does."""
    if not inspect(connection).has_table(_VERSION_TABLE):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {_VERSION_TABLE}")).scalar()  # noqa: S608 - a constant
    return found


def _refuse_newer(engine: Engine, found: str | None) -> None:
    if found is not None and found not in REVISIONS:
        raise StateError(
            f"state database {engine.url.render_as_string(hide_password=True)}: it is of a newer version "
            f"(revision {found}, this version knows {HEAD}); run that version, or set state.url to another database"
        )
