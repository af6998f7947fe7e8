"""Both kinds of database, for real."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ppbe_observe.state.database import Database
from support.postgres import Postgres, postgres


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """One PostgreSQL for all tests of the session."""
    with postgres() as running:
        yield running


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A file that is not there yet, in a directory that is not there yet."""
    return f"sqlite:///{tmp_path / 'state' / 'observe.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A new, empty database of each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    running: Postgres = request.getfixturevalue("server")
    with running.database() as found:
        yield found


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """Of each kind, closed afterwards."""
    opened = Database(url)
    yield opened
    opened.close()
