"""Counters and spending outlive the process, and a database that cannot be used says so."""

import os
from array import array
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from ppbe_observe.cloudwatch.counters import Tally
from ppbe_observe.cloudwatch.query import MetricStat
from ppbe_observe.errors import StateError
from ppbe_observe.model import Target
from ppbe_observe.state.counters import CounterState
from ppbe_observe.state.database import Database
from ppbe_observe.state.spending import SpendingState
from ppbe_observe.state.tables import counter_state

TARGET = Target("123456789012", "us-gov-west-1", "aws-us-gov")
STAT = MetricStat("AWS/RDS", "M", (("DBInstanceIdentifier", "größe-✓"),), "Sum", 60)
TALLY = Tally(settled=5.5, horizon=600, covered=1200, recent=array("d", [600, 1.5, 660, 2.0]), shown=9.0)


def test_what_was_saved_is_what_the_next_process_loads(url: str, database: Database) -> None:
    CounterState(database).save("rds", TARGET, {STAT: TALLY})
    again = Database(url)
    assert CounterState(again).load("rds", TARGET) == {STAT: TALLY}
    assert CounterState(again).load("alb", TARGET) == {}
    again.close()


def test_saving_replaces(database: Database) -> None:
    state = CounterState(database)
    state.save("rds", TARGET, {STAT: TALLY})
    state.save("rds", TARGET, {})
    assert state.load("rds", TARGET) == {}


def test_spending_adds_up_within_a_month(database: Database) -> None:
    spending = SpendingState(database)
    november = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    assert spending.spent(november) == 0.0
    spending.add(1.25, november)
    spending.add(0.25, november)
    assert spending.spent(november) == 1.5
    assert spending.spent(datetime(2026, 12, 1, tzinfo=UTC)) == 0.0


def test_sqlite_is_durable_and_without_wal(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    told = [
        database.read(lambda connection: connection.exec_driver_sql("PRAGMA journal_mode").scalar()),
        database.read(lambda connection: connection.exec_driver_sql("PRAGMA synchronous").scalar()),
    ]
    assert told == ["delete", 2]
    database.close()


def test_a_damaged_row_is_an_error_that_says_what_to_do(database: Database) -> None:
    state = CounterState(database)
    state.save("rds", TARGET, {STAT: TALLY})
    database.write(lambda connection: connection.execute(update(counter_state).values(payload=b"junk")))
    with pytest.raises(StateError, match="delete it from table counter_state"):
        state.load("rds", TARGET)


def test_a_database_without_room_is_an_error_and_keeps_what_it_had(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    state = CounterState(database)
    state.save("rds", TARGET, {STAT: TALLY})
    database.read(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 1").scalar())
    random = {MetricStat("N", os.urandom(200).hex(), (), "Sum", 60): TALLY for _ in range(500)}
    with pytest.raises(StateError, match="full"):
        state.save("rds", TARGET, random)
    assert state.load("rds", TARGET) == {STAT: TALLY}
    assert database.quarantined == ()
    database.close()


@pytest.mark.parametrize("bad", ["no url", "oracle:///x", "sqlite:////proc/none/x.db"])
def test_a_url_that_cannot_be_used_is_an_error(bad: str) -> None:
    with pytest.raises(StateError, match=r"state\.url"):
        Database(bad)
