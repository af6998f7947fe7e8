"""Keeps the dollars estimated for each calendar month (UTC) over restarts. I/O."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from ppbe_observe.state.database import Database
from ppbe_observe.state.tables import spending
from ppbe_observe.state.upsert import insert


class SpendingState:
    """The month-to-date estimate of what asking CloudWatch costs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spent(self, now: datetime) -> float:
        """Dollars estimated in the month of ``now``."""
        query = select(spending.c.dollars).where(spending.c.month == f"{now:%Y-%m}")
        return float(self._database.read(lambda connection: connection.execute(query).scalar()) or 0.0)

    def add(self, dollars: float, now: datetime) -> None:
        """Count dollars to the month of ``now``."""

        def add(connection: Connection) -> None:
            statement = insert(connection, spending)
            more = {"dollars": spending.c.dollars + statement.excluded.dollars}
            row = {"month": f"{now:%Y-%m}", "dollars": dollars}
            connection.execute(statement.on_conflict_do_update(index_elements=["month"], set_=more), row)

        self._database.write(add)
