"""Keeps the dollars estimated for each calendar month (UTC) over restarts. I/O."""

from datetime import datetime

from sqlalchemy import insert, select, update

from ppbe_observe.state.database import Database, spending


class SpendingState:
    """The month-to-date estimate of what asking CloudWatch costs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def spent(self, now: datetime) -> float:
        """Dollars estimated in the month of ``now``."""
        with self._database.begin() as connection:
            query = select(spending.c.dollars).where(spending.c.month == f"{now:%Y-%m}")
            return float(connection.execute(query).scalar_one_or_none() or 0.0)

    def add(self, dollars: float, now: datetime) -> None:
        """Count dollars to the month of ``now``."""
        month = f"{now:%Y-%m}"
        with self._database.begin() as connection:
            change = update(spending).where(spending.c.month == month)
            if not connection.execute(change.values(dollars=spending.c.dollars + dollars)).rowcount:
                connection.execute(insert(spending).values(month=month, dollars=dollars))
