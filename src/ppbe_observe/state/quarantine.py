"""The file of an SQLite database: whether it is still the one that was opened, and moving it aside when corrupt. I/O.

Invariants: a file is moved only when a fresh look at it finds it corrupt, nobody is in a transaction on it, and its
name still leads to it, so that of several processes one moves it and no new file is ever moved; nothing is deleted.
One ``Database`` per file and process: POSIX locks are the process's, and closing any handle drops them.
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic, sleep
from typing import BinaryIO
from urllib.parse import quote

from ppbe_observe.errors import StateError

LOOK_PATIENCE = 5.0
"""Seconds to wait for others that are in a transaction on a corrupt file."""

_CORRUPT = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_PRIMARY = 0xFF  # an extended code has its primary one in the lowest byte (https://sqlite.org/rescode.html)

# Where SQLite locks a file: pending, reserved and 510 shared bytes (https://sqlite.org/src/file/src/os.h).
_LOCK_START = 0x40000000
_LOCK_LENGTH = 512

_JOURNAL = "-journal"


def is_corrupt(error: BaseException | None) -> bool:
    """Whether SQLite says that the file is corrupt, or no database at all."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _CORRUPT


def was_moved(error: BaseException | None) -> bool:
    """Whether SQLite says that the file it has open is not there any more under its name."""
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_READONLY_DBMOVED


class DatabaseFile:
    """One file, wherever links lead."""

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self.path = path.resolve()
        self._clock = clock

    @property
    def identity(self) -> tuple[int, int] | None:
        """What tells this file from another one of its name; None where there is none."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino

    @property
    def aside(self) -> tuple[Path, ...]:
        """The corrupt files that were moved aside and are still there, the oldest first."""
        prefix = f"{self.path.name}.corrupt-"
        found = (each for each in self.path.parent.iterdir() if each.name.startswith(prefix))
        return tuple(sorted(each for each in found if not each.name.endswith(_JOURNAL)))

    def move_aside(self) -> Path | None:
        """Move the corrupt file and its journal aside; gives the new name, None where it is not corrupt (any more).

        Raises:
            StateError: It cannot be looked at or moved.
        """
        try:
            with self.path.open("r+b") as handle:
                return self._moved_if_corrupt(handle)
        except FileNotFoundError:
            return None
        except (OSError, sqlite3.Error) as error:
            raise StateError(
                f"state database {self.path}: it is corrupt and cannot be moved aside: {error}; "
                "move it away yourself, or set state.url"
            ) from error

    def _moved_if_corrupt(self, handle: BinaryIO) -> Path | None:
        try:
            if _is_sound(self.path):
                return None
        except sqlite3.Error:
            if self._is(handle):
                raise
            return None  # another process was quicker: the name led to nothing, or to a file that is being made
        _lock(handle)
        return self._moved() if self._is(handle) else None

    def _is(self, handle: BinaryIO) -> bool:
        found = os.fstat(handle.fileno())
        return self.identity == (found.st_dev, found.st_ino)

    def _moved(self) -> Path:
        """The journal goes first: one that stayed would be played back into the next file of this name."""
        aside = self._free_name()
        journal = Path(f"{self.path}{_JOURNAL}")
        if journal.exists():
            journal.rename(f"{aside}{_JOURNAL}")
        self.path.rename(aside)
        return aside

    def _free_name(self) -> Path:
        at = self._clock()
        while (aside := self.path.with_name(f"{self.path.name}.corrupt-{at:%Y%m%dT%H%M%SZ}")).exists():
            at += timedelta(seconds=1)
        return aside


def _is_sound(path: Path) -> bool:
    connection = sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=LOOK_PATIENCE)
    try:
        return connection.execute("PRAGMA integrity_check(1)").fetchall() == [("ok",)]
    except sqlite3.DatabaseError as error:
        if is_corrupt(error):
            return False
        raise
    finally:
        connection.close()


def _lock(handle: BinaryIO) -> None:
    """Wait until no process is in a transaction on the file; the lock goes with the handle."""
    until = monotonic() + LOOK_PATIENCE
    while True:
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB, _LOCK_LENGTH, _LOCK_START)
        except BlockingIOError:
            if monotonic() > until:
                raise
            sleep(0.05)
        else:
            return
