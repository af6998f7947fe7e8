"""Whatever becomes of the daemon, its neighbour or the database: a change is whole or was never there."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import create_engine, delete

from ppbe_observe.errors import StateError
from ppbe_observe.state.database import Database
from ppbe_observe.state.findings import Findings
from ppbe_observe.state.history import FindingHistory
from ppbe_observe.state.spending import SpendingState
from ppbe_observe.state.tables import finding, finding_version
from support.histories import (
    NOW,
    SPAWN,
    TARGET,
    Changed,
    finish,
    process,
    remember,
    reopen_all,
    reopen_often,
    spend,
    tracked,
    write_and_hang,
)
from support.loglines import log_lines
from support.postgres import Postgres

MANY = [tracked(f"{number:05}") for number in range(3000)]
TIMES = 25


@pytest.fixture
def history(database: Database) -> FindingHistory:
    return FindingHistory(database)


@pytest.fixture
def postgres_url(server: Postgres) -> Iterator[str]:
    with server.database() as url:
        yield url


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def test_a_daemon_that_is_killed_while_it_writes_has_written_nothing(url: str, history: FindingHistory) -> None:
    remember(history, MANY[0])
    written = SPAWN.Event()
    daemon = process(write_and_hang, url, MANY[1:], written)
    assert written.wait(60)
    daemon.kill()
    daemon.join()
    if url.startswith("sqlite"):  # it had begun to write to the file itself
        assert file_of(f"{url}-journal").stat().st_size > 0
    assert history.tracked() == [MANY[0]]
    remember(history, *MANY[1:])
    assert len(history.tracked()) == len(MANY)


def test_no_update_of_two_daemons_is_lost_or_doubled(url: str, history: FindingHistory) -> None:
    remember(history, *MANY[:20])
    gate = SPAWN.Barrier(3)
    daemons = [process(reopen_often, url, TIMES, gate) for _ in range(2)]
    gate.wait(60)
    for _ in range(TIMES):
        history.update(TARGET, reopen_all, {})
    finish(daemons)
    assert {each.opened for each in history.tracked()} == {1 + 3 * TIMES}


def test_no_update_of_two_threads_is_lost_or_doubled(history: FindingHistory) -> None:
    """Here they also share what is in memory."""
    remember(history, *MANY[:20])

    def work() -> None:
        for _ in range(TIMES):
            history.update(TARGET, reopen_all, {})

    threads = [Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert {each.opened for each in history.tracked()} == {1 + 4 * TIMES}


def test_the_first_dollars_of_a_month_may_come_from_several_daemons(url: str, database: Database) -> None:
    """Nobody fails because the other one was first."""
    opened, gate = SPAWN.Barrier(3), SPAWN.Barrier(3)
    daemons = [process(spend, url, opened, gate) for _ in range(2)]
    opened.wait(60)
    gate.wait(60)
    finish(daemons)
    assert SpendingState(database).spent(NOW) == 2.0


def test_a_full_disk_changes_nothing_and_is_told(sqlite_url: str) -> None:
    """SQLite's own limit on pages stands for the disk; it fails in the same way."""
    database = Database(sqlite_url)
    history = FindingHistory(database)
    remember(history, MANY[0])
    pages = database.read(lambda connection: connection.exec_driver_sql("PRAGMA page_count").scalar_one())
    database.read(lambda connection: connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 5}").scalar())
    with pytest.raises(StateError, match="full"):
        remember(history, *MANY)
    assert history.tracked() == [MANY[0]]
    database.read(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 100000").scalar())
    remember(history, *MANY[1:])
    assert len(history.tracked()) == len(MANY)
    assert database.quarantined == ()
    database.close()


def test_findings_outlive_a_database_that_becomes_corrupt_under_the_daemon(sqlite_url: str) -> None:
    """Deadlines count from when they were opened, so they must not begin again."""
    database = Database(sqlite_url)
    history = FindingHistory(database)
    remember(history, MANY[0], replace(MANY[1], flaps=1))
    file_of(sqlite_url).write_bytes(b"not a database at all" * 1000)
    with log_lines() as lines:
        remember(history, MANY[2])
        remember(history, MANY[3])
    other = Database(sqlite_url)
    found = sorted(FindingHistory(other).tracked(), key=lambda each: each.key)
    assert found == [MANY[0], replace(MANY[1], flaps=1), MANY[2], MANY[3]]
    assert [line["findings"] for line in lines.of("state.findings_restored")] == [2]
    for each in (database, other):
        each.close()


def test_a_change_of_what_was_lost_is_a_change_of_what_was_known(url: str, history: FindingHistory) -> None:
    remember(history, MANY[0], MANY[1])
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(delete(finding))
        connection.execute(delete(finding_version))
    history.update(TARGET, reopen_all, {})
    engine.dispose()
    assert sorted(each.opened for each in history.tracked()) == [2, 2]


def test_a_reader_that_does_not_let_go_costs_one_update_and_no_more(sqlite_url: str) -> None:
    """SQLite can write while others read, and then cannot commit."""
    database = Database(sqlite_url)
    spending = SpendingState(database)
    spending.add(1.0, NOW)
    reader = sqlite3.connect(file_of(sqlite_url), isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM spending").fetchall()
    with pytest.raises(StateError, match="database is locked"):
        spending.add(1.0, NOW)
    reader.execute("ROLLBACK")
    reader.close()
    spending.add(1.0, NOW)
    assert spending.spent(NOW) == 2.0
    database.close()


def test_a_server_that_is_gone_is_told_and_used_again_when_it_is_back(server: Postgres, postgres_url: str) -> None:
    database = Database(postgres_url)
    history = FindingHistory(database)
    remember(history, MANY[0])
    server.stop()
    for _ in range(2):
        with pytest.raises(StateError, match="connection") as told:
            history.tracked()
    assert "observe-test" not in str(told.value)
    server.start()
    assert history.tracked() == [MANY[0]]
    remember(history, *MANY[1:])
    database.close()


def test_a_server_that_goes_during_an_update_has_kept_nothing_of_it(server: Postgres, postgres_url: str) -> None:
    database = Database(postgres_url)
    history = FindingHistory(database)
    remember(history, MANY[0])

    def decide(current: Findings) -> Sequence[Changed]:
        server.stop()
        return reopen_all(current)

    with pytest.raises(StateError):
        history.update(TARGET, decide, {"a": NOW})
    server.start()
    assert history.tracked() == [MANY[0]]
    assert history.evaluations(TARGET) == {}
    database.close()
