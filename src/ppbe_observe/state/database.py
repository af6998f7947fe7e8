"""The state database: one engine, made to be safe before it is fast. I/O.

SQLite runs with the rollback journal and ``synchronous=FULL`` on one connection: WAL before SQLite 3.51.3 can
corrupt a database on a checkpoint race, and Debian 12 ships 3.40.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from sqlalchemy import Column, Float, LargeBinary, MetaData, String, Table, create_engine, event
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from ppbe_observe.errors import StateError

BUSY_SECONDS = 1
"""Seconds to wait for another process that holds the file: all jobs wait in turn, each has its deadline."""

metadata = MetaData()

counter_state = Table(
    "counter_state",
    metadata,
    Column("account_id", String(12), primary_key=True),
    Column("region", String(32), primary_key=True),
    Column("exporter", String(128), primary_key=True),
    Column("payload", LargeBinary, nullable=False),
)

spending = Table(
    "spending",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("dollars", Float, nullable=False),
)


class Database:
    """Transactions on the state database; the tables are made on first use."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._sqlite = self._engine.dialect.name == "sqlite"
        self._lock = Lock()
        self._ready = False

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction: committed at the end of the block, rolled back by an error.

        Raises:
            StateError: The database cannot be reached, read or written; the message says why.
        """
        try:
            if self._sqlite:
                with self._lock, self._engine.begin() as connection:
                    yield self._prepared(connection)
            else:
                with self._engine.begin() as connection:
                    yield self._prepared(connection)
        except SQLAlchemyError as error:
            cause = getattr(error, "orig", None) or error
            raise StateError(
                f"state database {self._engine.url.render_as_string(hide_password=True)}: {cause}; "
                "check that it exists, has room and may be written, or set state.url"
            ) from error

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _prepared(self, connection: Connection) -> Connection:
        if not self._ready:
            metadata.create_all(connection)
            self._ready = True
        return connection


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return create_engine(parsed, pool_pre_ping=True)
    except (ArgumentError, ImportError) as error:
        raise StateError(f"state.url: {error}; use sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME") from error
    if parsed.database and parsed.database != ":memory:":
        _make_parent(Path(parsed.database))
    engine = create_engine(
        parsed, poolclass=StaticPool, connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS}
    )
    event.listen(engine, "connect", _be_durable)
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
