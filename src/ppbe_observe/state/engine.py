"""Makes the engine of a database URL, safe before fast. I/O.

SQLite runs with the rollback journal and ``synchronous=FULL`` on one connection: WAL before SQLite 3.51.3 can
corrupt a database on a checkpoint race, and Debian 12 ships 3.40. Every transaction begins explicitly, one that writes
with the lock to write: a lock that is asked for half-way can be refused at once.
"""

from pathlib import Path

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from ppbe_observe.errors import StateError

CONNECT_SECONDS = 5
SILENT_SECONDS = 20
"""A PostgreSQL that says nothing for so long is gone (TCP_USER_TIMEOUT)."""

READING = "reading"
"""Execution option: the transaction only reads."""

PATIENCE = "patience"
"""Execution option: seconds to wait for whoever else holds the database."""

USUAL_PATIENCE = 1
"""All jobs of the process wait in turn, each has its deadline."""

_LIBPQ_DRIVERS = ("psycopg", "psycopg2")


def make_engine(url: str) -> Engine:
    """The engine; nothing is connected yet.

    Raises:
        StateError: The URL is wrong, the driver is missing, or the directory of the file cannot be made.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return _server(parsed)
    except (ArgumentError, ImportError) as error:
        raise StateError(
            f"state.url: {error}; use sqlite:///FILE, or postgresql+psycopg://USER@HOST/NAME "
            "with the driver: pip install 'ppbe-observe[postgres]'"
        ) from error
    if (path := file_of(parsed)) is not None:
        _make_parent(path)
    return _sqlite(parsed)


def file_of(url: URL) -> Path | None:
    """The file of an SQLite database; None for one in memory, or named by a URI of SQLite's own."""
    if url.get_backend_name() != "sqlite" or not url.database or url.database.startswith((":memory:", "file:")):
        return None
    return Path(url.database)


def _server(url: URL) -> Engine:
    limits = {"connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": SILENT_SECONDS * 1000}
    arguments = {name: value for name, value in limits.items() if name not in url.query}
    engine = create_engine(
        url, pool_pre_ping=True, connect_args=arguments if url.get_driver_name() in _LIBPQ_DRIVERS else {}
    )
    event.listen(engine, "begin", _begin_on_server)
    return engine


def _sqlite(url: URL) -> Engine:
    arguments = {"check_same_thread": False, "timeout": USUAL_PATIENCE, "isolation_level": None}
    engine = create_engine(url, poolclass=StaticPool, connect_args=arguments)
    event.listen(engine, "connect", _be_durable)
    event.listen(engine, "begin", _begin_on_sqlite)
    return engine


def _make_parent(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StateError(f"state database {path}: {error}; set state.url to a place that may be written") from error


def _be_durable(connection: object, _record: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()  # type: ignore[attr-defined]  # a DBAPI connection, which SQLAlchemy leaves untyped
    cursor.execute("PRAGMA journal_mode=DELETE")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _begin_on_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    connection.exec_driver_sql(f"PRAGMA busy_timeout={options.get(PATIENCE, USUAL_PATIENCE) * 1000}").close()
    connection.exec_driver_sql("BEGIN" if options.get(READING) else "BEGIN IMMEDIATE")


def _begin_on_server(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(READING):
        milliseconds = options.get(PATIENCE, USUAL_PATIENCE) * 1000
        connection.execute(text(f"SET LOCAL lock_timeout = {milliseconds}"))
