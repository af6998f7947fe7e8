"""Remembers what each control and indicator was on each day. I/O."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import ColumnElement, case, delete, or_, select
from sqlalchemy.engine import Connection

from ppbe_observe.model import DailyState
from ppbe_observe.state.database import Database
from ppbe_observe.state.tables import daily_state
from ppbe_observe.state.upsert import insert

KEPT_DAYS = 2555
"""Seven years: how long the estate keeps its records."""


class DailyStates:
    """The last and the worst state of each day (UTC), by subject (``control``, ``indicator``) and id."""

    def __init__(self, database: Database, rank: Mapping[str, int]) -> None:
        """``rank`` tells which state is worse: 0 is the worst."""
        self._database = database
        self._rank = dict(rank)

    def record(self, day: date, states: Mapping[tuple[str, str], str]) -> int:
        """Take the states of a day, by subject and id; gives how many rows were written, as only changes are."""
        rows = [
            {"day": day, "subject": subject, "id": identifier, "state": state, "worst": state}
            for (subject, identifier), state in sorted(states.items())  # one order, or two daemons wait for each other
        ]
        return self._database.write(lambda connection: self._record(connection, rows)) if rows else 0

    def since(self, day: date) -> list[DailyState]:
        """What is known of that day and all later ones, in order."""
        table = daily_state.c
        query = select(daily_state).where(table.day >= day).order_by(table.day, table.subject, table.id)
        return self._database.read(lambda connection: [DailyState(*row) for row in connection.execute(query)])

    def of(self, subject: str, identifier: str, since: date) -> list[DailyState]:
        """What is known of one control or indicator since a day, in order."""
        table = daily_state.c
        wanted = table.subject == subject, table.id == identifier, table.day >= since
        query = select(daily_state).where(*wanted).order_by(table.day)
        return self._database.read(lambda connection: [DailyState(*row) for row in connection.execute(query)])

    def prune(self, today: date, days: int = KEPT_DAYS) -> int:
        """Forget the days that are longer ago than this; gives the number of rows."""
        old = delete(daily_state).where(daily_state.c.day < today - timedelta(days=days))
        return self._database.write(lambda connection: connection.execute(old).rowcount)

    def _record(self, connection: Connection, rows: list[dict[str, object]]) -> int:
        statement = insert(connection, daily_state)
        known, new = daily_state.c, statement.excluded
        worse = self._ranked(new.worst) < self._ranked(known.worst)
        upsert = statement.on_conflict_do_update(
            index_elements=["day", "subject", "id"],
            set_={"state": new.state, "worst": case((worse, new.worst), else_=known.worst)},
            where=or_(known.state != new.state, worse),
        )
        return connection.execute(upsert.execution_options(preserve_rowcount=True), rows).rowcount

    def _ranked(self, state: ColumnElement[str]) -> ColumnElement[int]:
        """A state that has no rank (any more) is the least bad."""
        return case(self._rank, value=state, else_=len(self._rank))
