"""Who only looks at the database of a daemon makes, migrates and moves nothing."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import create_engine, inspect, text

from ppbe_observe.errors import StateError
from ppbe_observe.model import Tracked
from ppbe_observe.state.database import Database
from ppbe_observe.state.history import FindingHistory, open_findings_of
from support.histories import ELSEWHERE, TARGET, remember, tracked, unprivileged

ACCOUNTS = {TARGET.account_id}


def looked(url: str) -> list[Tracked]:
    guest = Database(url, guest=True)
    try:
        return sorted(open_findings_of(guest, ACCOUNTS), key=lambda each: each.key)
    finally:
        guest.close()


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def kept(url: str) -> str:
    """A database with an open and a resolved finding of an account, and one of another."""
    database = Database(url)
    history = FindingHistory(database)
    remember(history, tracked("a"), tracked("b", open=False))
    remember(history, tracked("c", ELSEWHERE), target=ELSEWHERE)
    database.close()
    return url


def test_it_sees_the_open_findings_of_the_accounts_it_asks_for(kept: str) -> None:
    assert looked(kept) == [tracked("a")]


def test_it_sees_what_a_daemon_writes_meanwhile(kept: str) -> None:
    guest, database = Database(kept, guest=True), Database(kept)
    assert open_findings_of(guest, ACCOUNTS) == [tracked("a")]
    remember(FindingHistory(database), replace(tracked("a"), flaps=2))
    assert [each.flaps for each in open_findings_of(guest, ACCOUNTS)] == [2]
    for each in (guest, database):
        each.close()


def test_an_empty_database_stays_empty(url: str) -> None:
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        file_of(url).parent.mkdir()
        file_of(url).touch()
    with pytest.raises(StateError, match="nothing is kept in it; the daemon makes or migrates it"):
        looked(url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


@pytest.mark.parametrize(("revision", "told"), [("0001", "older version"), ("9999", "newer version")])
def test_a_database_of_another_version_is_left_as_it_is(kept: str, revision: str, told: str) -> None:
    engine = create_engine(kept)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE alembic_version SET version_num = '{revision}'"))
    with pytest.raises(StateError, match=told):
        looked(kept)
    with engine.begin() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == revision
    engine.dispose()


def test_a_corrupt_database_is_not_moved(sqlite_url: str) -> None:
    file = file_of(sqlite_url)
    file.parent.mkdir()
    file.write_bytes(b"not a database at all" * 1000)
    with pytest.raises(StateError, match="file is not a database"):
        looked(sqlite_url)
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    assert file.read_bytes() == b"not a database at all" * 1000


def test_it_needs_no_right_to_write() -> None:
    with TemporaryDirectory() as directory:  # that of pytest is closed to everybody else
        file = Path(directory, "observe.db")
        database = Database(f"sqlite:///{file}")
        remember(FindingHistory(database), tracked("a"))
        database.close()
        file.chmod(0o444)
        file.parent.chmod(0o555)
        with unprivileged():
            assert looked(f"sqlite:///{file}") == [tracked("a")]


def test_a_daemon_that_writes_is_waited_for_a_moment_and_then_told(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    remember(FindingHistory(database), tracked("a"))
    database.close()
    writer = sqlite3.connect(file_of(sqlite_url), isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StateError, match="database is locked"):
        looked(sqlite_url)
    writer.execute("ROLLBACK")
    writer.close()
    assert looked(sqlite_url) == [tracked("a")]
