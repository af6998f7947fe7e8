"""Finds incidents for who reads them: a part of a long list, and one by its id. I/O."""

import json
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy.engine import Connection

from ppbe_observe.model import Incident
from ppbe_observe.state.columns import AnyText
from ppbe_observe.state.database import Database
from ppbe_observe.state.incident_queries import NEWEST_FIRST, whole
from ppbe_observe.state.incident_rows import COLUMNS
from ppbe_observe.state.tables import incident


@dataclass(frozen=True, slots=True)
class Search:
    """Which incidents: those that are all of this; ``is_open`` None is both.

    ``resource`` is the whole value of one of the labels; ``text`` is looked for in the labels and the summary, in any
    case.
    """

    is_open: bool | None = None
    severity: str = ""
    alert: str = ""
    resource: str = ""
    text: str = ""
    limit: int = 100
    offset: int = 0


def find(database: Database, search: Search) -> tuple[list[Incident], int]:
    """A part of them, the newest first, and how many there are altogether.

    Raises:
        StateError: The database cannot be read.
    """
    conditions = _conditions(search)

    def read(connection: Connection) -> tuple[list[Incident], int]:
        total = connection.execute(select(func.count()).select_from(incident).where(*conditions)).scalar_one()
        part = select(*COLUMNS).where(*conditions).order_by(*NEWEST_FIRST).limit(search.limit).offset(search.offset)
        return whole(connection, connection.execute(part).all()), total

    return database.read(read)


def one(database: Database, identifier: str) -> Incident | None:
    """The incident of an id; None where there is none.

    Raises:
        StateError: The database cannot be read.
    """

    def read(connection: Connection) -> Incident | None:
        rows = connection.execute(select(*COLUMNS).where(incident.c.id == identifier)).all()
        return next(iter(whole(connection, rows)), None)

    return database.read(read)


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if search.is_open is not None:
        found.append(incident.c.resolved_at.is_(None) if search.is_open else incident.c.resolved_at.is_not(None))
    if search.severity:
        found.append(incident.c.severity == search.severity)
    if search.alert:
        found.append(incident.c.alertname == search.alert)
    if search.resource:
        found.append(_has_value(search.resource))
    if search.text:
        columns = incident.c.labels, incident.c.summary
        found.append(or_(*(column.icontains(search.text, autoescape=True) for column in columns)))
    return found


def _has_value(text: str) -> ColumnElement[bool]:
    """One of the labels is exactly this: the end of a pair, whose quotes cannot stand within a JSON text."""
    end = literal(f",{json.dumps(text, ensure_ascii=False)}]", AnyText)
    # not LIKE: SQLite's takes a letter for the same in another case
    return func.replace(incident.c.labels, end, "") != incident.c.labels
