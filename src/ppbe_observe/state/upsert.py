"""``INSERT ... ON CONFLICT``, which SQLite and PostgreSQL both know and SQLAlchemy has once for each. Pure."""

from typing import TYPE_CHECKING

from sqlalchemy import Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql


def insert(connection: Connection, table: Table) -> "sqlite.Insert | postgresql.Insert":
    """An insert that can say what to do where the row exists: of several daemons that write it, none fails."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - 0.2 s that a command without PostgreSQL does not need

    return postgresql.insert(table)
