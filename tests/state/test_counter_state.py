"""Counters and spending outlive the process, and a database that cannot be used says so."""

import os
import sqlite3
from array import array
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ppbe_observe.cloudwatch.counters import Tally
from ppbe_observe.cloudwatch.query import MetricStat
from ppbe_observe.errors import StateError
from ppbe_observe.model import Target
from ppbe_observe.state.counters import CounterState
from ppbe_observe.state.database import Database
from ppbe_observe.state.spending import SpendingState

TARGET = Target("123456789012", "us-gov-west-1", "aws-us-gov")
STAT = MetricStat("AWS/RDS", "M", (("DBInstanceIdentifier", "größe-✓"),), "Sum", 60)
TALLY = Tally(settled=5.5, horizon=600, covered=1200, recent=array("d", [600, 1.5, 660, 2.0]), shown=9.0)


def url(path: Path) -> str:
    return f"sqlite:///{path / 'state' / 'observe.db'}"


def test_what_was_saved_is_what_the_next_process_loads(tmp_path: Path) -> None:
    CounterState(Database(url(tmp_path))).save("rds", TARGET, {STAT: TALLY})
    again = CounterState(Database(url(tmp_path)))
    assert again.load("rds", TARGET) == {STAT: TALLY}
    assert again.load("alb", TARGET) == {}


def test_saving_replaces(tmp_path: Path) -> None:
    state = CounterState(Database(url(tmp_path)))
    state.save("rds", TARGET, {STAT: TALLY})
    state.save("rds", TARGET, {})
    assert state.load("rds", TARGET) == {}


def test_spending_adds_up_within_a_month(tmp_path: Path) -> None:
    spending = SpendingState(Database(url(tmp_path)))
    november = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    assert spending.spent(november) == 0.0
    spending.add(1.25, november)
    spending.add(0.25, november)
    assert spending.spent(november) == 1.5
    assert spending.spent(datetime(2026, 12, 1, tzinfo=UTC)) == 0.0


def test_sqlite_is_durable_and_without_wal(tmp_path: Path) -> None:
    database = Database(url(tmp_path))
    with database.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_a_damaged_row_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    state = CounterState(Database(url(tmp_path)))
    state.save("rds", TARGET, {STAT: TALLY})
    with sqlite3.connect(tmp_path / "state" / "observe.db") as raw:
        raw.execute("UPDATE counter_state SET payload = ?", (b"junk",))
    raw.close()
    with pytest.raises(StateError, match="delete it from table counter_state"):
        state.load("rds", TARGET)


def test_a_file_that_is_no_database_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "observe.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StateError, match="file is not a database"):
        CounterState(Database(url(tmp_path))).load("rds", TARGET)


def test_a_database_without_room_is_an_error_and_keeps_what_it_had(tmp_path: Path) -> None:
    database = Database(url(tmp_path))
    state = CounterState(database)
    state.save("rds", TARGET, {STAT: TALLY})
    with database.begin() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
    random = {MetricStat("N", os.urandom(200).hex(), (), "Sum", 60): TALLY for _ in range(500)}
    with pytest.raises(StateError, match="full"):
        state.save("rds", TARGET, random)
    assert state.load("rds", TARGET) == {STAT: TALLY}


@pytest.mark.parametrize("bad", ["no url", "oracle:///x", "sqlite:////proc/none/x.db"])
def test_a_url_that_cannot_be_used_is_an_error(bad: str) -> None:
    with pytest.raises(StateError, match=r"state\.url"):
        Database(bad)
