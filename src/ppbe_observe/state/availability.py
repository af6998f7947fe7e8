"""Remembers how available the watched system was on each day. I/O. Thread-safe.

Invariant: a day is written once; what is known of it does not change afterwards, whoever else writes it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import Row, delete, select
from sqlalchemy.engine import Connection

from ppbe_observe.model import AvailabilityDay, ObjectiveKey, Span
from ppbe_observe.state.daily import KEPT_DAYS
from ppbe_observe.state.database import Database
from ppbe_observe.state.tables import availability_day
from ppbe_observe.state.upsert import insert

_TABLE = availability_day.c


class AvailabilityStore:
    """The days of each objective, as long as records are kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, days: Iterable[AvailabilityDay], now: datetime) -> int:
        """Remember days that are over; gives how many were not known yet.

        Raises:
            StateError: The database cannot be written; nothing has changed.
        """
        rows = sorted((_row(each, now) for each in days), key=lambda row: (row["day"], row["id"]))

        def write(connection: Connection) -> int:
            statement = insert(connection, availability_day).on_conflict_do_nothing(index_elements=["day", "id"])
            return connection.execute(statement.execution_options(preserve_rowcount=True), rows).rowcount

        return self._database.write(write) if rows else 0

    def days(self, since: date) -> frozenset[date]:
        """The days from this one on of which anything is known."""
        query = select(_TABLE.day).where(_TABLE.day >= since).distinct()
        return self._database.read(lambda connection: frozenset(connection.execute(query).scalars()))

    def since(self, day: date) -> list[AvailabilityDay]:
        """What is known of that day and all later ones, oldest first."""
        query = select(availability_day).where(_TABLE.day >= day)
        found = self._database.read(lambda connection: [_day(row) for row in connection.execute(query)])
        return sorted(found, key=lambda each: (each.day, each.key))

    def prune(self, today: date, days: int = KEPT_DAYS) -> int:
        """Forget the days that are longer ago than this; gives the number of rows."""
        old = delete(availability_day).where(_TABLE.day < today - timedelta(days=days))
        return self._database.write(lambda connection: connection.execute(old).rowcount)


def _row(day: AvailabilityDay, now: datetime) -> dict[str, Any]:
    key = orjson.dumps(tuple(day.key))
    return {
        "day": day.day,
        "id": sha256(key).digest(),
        "slo": day.key.slo,
        "service": day.service,
        "labels": orjson.dumps(day.key.labels).decode(),
        "objective": day.objective,
        "events": day.events,
        "bad": day.bad,
        "minutes": day.minutes,
        "idle_minutes": day.idle_minutes,
        "unknown_minutes": day.unknown_minutes,
        "outages": orjson.dumps([tuple(each) for each in day.outages]).decode(),
        "recorded_at": now,
    }


def _day(row: Row[Any]) -> AvailabilityDay:
    return AvailabilityDay(
        day=row.day,
        key=ObjectiveKey(row.slo, tuple((name, value) for name, value in orjson.loads(row.labels))),
        service=row.service,
        objective=row.objective,
        events=row.events,
        bad=row.bad,
        minutes=row.minutes,
        idle_minutes=row.idle_minutes,
        unknown_minutes=row.unknown_minutes,
        outages=tuple(Span(*each) for each in orjson.loads(row.outages)),
    )
