"""Transactions on the state database. I/O. Thread-safe, but not to be used within one of its own transactions.

Invariants: a corrupt SQLite file is moved aside and begun anew, and this is said; any other failure leaves it as it
is. A file that is another one than was opened is opened anew. After a failure the schema is looked at again.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TypeVar

import structlog
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from ppbe_observe.clock import utc_now
from ppbe_observe.errors import StateError
from ppbe_observe.state.engine import PATIENCE, READING, USUAL_PATIENCE, file_of, make_engine
from ppbe_observe.state.quarantine import DatabaseFile, is_corrupt, was_moved
from ppbe_observe.state.schema import expect, prepare

T = TypeVar("T")
Work = Callable[[Connection], T]

log = structlog.get_logger(__name__)


class Database:
    """The state database of a URL; it is made, or migrated, on first use.

    A ``guest`` only looks at what another process keeps: it makes, migrates and moves nothing.

    Raises:
        StateError: The URL is wrong.
    """

    def __init__(self, url: str, clock: Callable[[], datetime] = utc_now, *, guest: bool = False) -> None:
        self._engine = make_engine(url)
        self._guest = guest
        path = file_of(self._engine.url)
        self._file = DatabaseFile(path, clock) if path else None
        self._opened: tuple[int, int] | None = None
        # One connection is all there is to SQLite; a server has as many as there are threads.
        self._turn: AbstractContextManager[object] = Lock() if self._engine.dialect.name == "sqlite" else nullcontext()
        self._preparing = Lock()
        self._ready = False

    @property
    def quarantined(self) -> tuple[Path, ...]:
        """Corrupt databases that were moved aside, by whomever, and wait for a person; the oldest first."""
        return self._file.aside if self._file else ()

    def read(self, work: Work[T]) -> T:
        """What ``work`` gives, in one transaction that does not write; see ``write``."""
        return self._tried_twice(work, {READING: True})

    def write(self, work: Work[T], patience: int = USUAL_PATIENCE) -> T:
        """What ``work`` gives, in one transaction: committed at its end, rolled back by an error.

        Args:
            work: Done on the connection. Done again, on a new database, where the old one turns out to be corrupt.
            patience: Seconds to wait for another process that writes.

        Raises:
            StateError: The database cannot be reached, read or written; the message says why.
        """
        return self._tried_twice(work, {PATIENCE: patience})

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def _tried_twice(self, work: Work[T], options: dict[str, int]) -> T:
        with self._turn:
            try:
                return self._transaction(work, options)
            except SQLAlchemyError as error:
                self._ready = False
                if not self._begun_anew(error):
                    raise self._told(error) from error
            try:
                return self._transaction(work, options)
            except SQLAlchemyError as error:
                self._ready = False
                raise self._told(error) from error

    def _transaction(self, work: Work[T], options: dict[str, int]) -> T:
        if self._file:
            self._follow(self._file)
        self._prepare()
        with self._engine.execution_options(**options).begin() as connection:
            return work(connection)

    def _prepare(self) -> None:
        if self._ready:
            return
        with self._preparing:
            if not self._ready:
                (expect if self._guest else prepare)(self._engine)
                self._ready = True

    def _follow(self, file: DatabaseFile) -> None:
        """Open the file anew where another one has taken its place, or where it is gone."""
        if self._opened is not None and file.identity != self._opened:
            log.warning("state.reopened", path=str(file.path))
            self._reopen()
        if self._opened is None:
            with self._engine.connect():
                self._opened = file.identity

    def _begun_anew(self, error: SQLAlchemyError) -> bool:
        """Whether there is another file now than the one that failed."""
        cause = getattr(error, "orig", None)
        if self._guest or self._file is None or not (is_corrupt(cause) or was_moved(cause)):
            return False
        self._reopen()
        if is_corrupt(cause) and (moved := self._file.move_aside()):
            log.error("state.quarantined", path=str(self._file.path), moved_to=str(moved), error=str(cause))
        return True

    def _reopen(self) -> None:
        self._engine.dispose()
        self._opened = None
        self._ready = False

    def _told(self, error: SQLAlchemyError) -> StateError:
        cause = getattr(error, "orig", None) or error
        return StateError(
            f"state database {self._engine.url.render_as_string(hide_password=True)}: {cause}; "
            "check that it exists, has room and may be written, or set state.url"
        )


def guest_of(url: str) -> Database | None:
    """The state database that a daemon keeps, to look at; None where it has kept nothing in a file yet.

    Raises:
        StateError: The URL is wrong.
    """
    parsed = make_url(url)
    file = file_of(parsed)
    if parsed.get_backend_name() == "sqlite" and not (file and file.exists()):
        return None
    return Database(url, guest=True)
