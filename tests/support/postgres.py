"""A real PostgreSQL on a free loopback port, with its data in a directory of its own that goes with it."""

import os
import pwd
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from support.processes import free_port, require

_USER = "observe"
_PASSWORD = "observe-test"  # of a server that lives as long as the tests
_WITHIN = 30.0  # seconds; a start or a stop takes under one second unless the machine is very busy
_INSTEAD_OF_ROOT = ("postgres", "nobody")

# Nothing has to survive the machine, and nothing but loopback may reach it.
_OPTIONS = ("fsync=off", "listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=16MB")


@dataclass(slots=True)
class Postgres:
    """A server that can be stopped and started again; its databases stay."""

    home: Path
    port: int
    user: int | None
    _process: subprocess.Popen[bytes] | None = None
    _numbers: Iterator[int] = field(default_factory=count)

    @contextmanager
    def database(self) -> Iterator[str]:
        """The SQLAlchemy URL of a new, empty database, dropped afterwards."""
        name = f"test_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name}")
        yield f"postgresql+psycopg://{_USER}:{_PASSWORD}@127.0.0.1:{self.port}/{name}"
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def initialise(self) -> None:
        """Make its data directory."""
        secret = self.home / "password"
        secret.write_text(_PASSWORD)
        options = ("--username", _USER, "--pwfile", str(secret), "--auth", "scram-sha-256", "--encoding", "UTF8")
        process = self._spawn([program("initdb"), "--pgdata", str(self._data), "--locale", "C", "--no-sync", *options])
        assert process.wait(_WITHIN) == 0, self._log.read_text()

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = (word for option in _OPTIONS for word in ("-c", option))
        self._process = self._spawn([program("postgres"), "-D", str(self._data), "-p", str(self.port), *options])
        deadline = time.monotonic() + _WITHIN
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise AssertionError(f"PostgreSQL did not start; its log:\n{self._log.read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it at once, whoever is connected."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_WITHIN)
            self._process = None

    @property
    def _data(self) -> Path:
        return self.home / "data"

    @property
    def _log(self) -> Path:
        return self.home / "log"

    def _spawn(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        environ = {**os.environ, "LC_ALL": "C"}
        with self._log.open("ab") as log:
            return subprocess.Popen(
                command,
                cwd=self.home,
                env=environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self.user,
                extra_groups=None if self.user is None else [],
            )

    def _execute(self, statement: str) -> None:
        where = make_conninfo(host="127.0.0.1", port=self.port, dbname="postgres", user=_USER, password=_PASSWORD)
        with psycopg.connect(where, autocommit=True, connect_timeout=5) as connection:
            connection.execute(statement.encode())

    def _answers(self) -> bool:
        try:
            self._execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


def program(name: str) -> str:
    """The path of one of its programs, the newest; Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else require(name)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A running server, stopped and removed afterwards."""
    program("initdb")
    # Not below pytest's own directory, which only its owner may enter.
    with tempfile.TemporaryDirectory(prefix="observe-postgres-") as home:
        server = Postgres(Path(home), free_port(), _someone())
        if server.user is not None:
            os.chown(home, server.user, -1)
        server.initialise()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def _someone() -> int | None:
    """Whom it runs as where the tests run as root, which it refuses to run as."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall()}
    return next(known[name] for name in _INSTEAD_OF_ROOT if name in known)
