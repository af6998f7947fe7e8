"""What is stored of incidents, statement by statement, within a transaction of the caller's. I/O."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Table, and_, delete, func, or_, select, text
from sqlalchemy.engine import Connection

from ppbe_observe.model import Acknowledgement, Around, Incident, Sighting, Step
from ppbe_observe.state.incident_rows import COLUMNS, acknowledgement_rows, incidents_of, row_of, step_rows
from ppbe_observe.state.tables import incident, incident_acknowledgement, incident_step
from ppbe_observe.state.upsert import insert

BATCH = 500
"""Ids in one condition: SQLite knows at most 999 parameters before version 3.32."""

_LOCK = 0x70706263
"""Any number that all versions share, and that no other lock of ours has."""

NEWEST_FIRST = incident.c.fired_at.desc(), incident.c.id.desc()
"""The order of lists."""


def lock(connection: Connection) -> None:
    """Nobody else changes incidents before the transaction ends. SQLite's transactions begin so."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def around(connection: Connection, sighting: Sighting) -> Around:
    """What is known of an alert around a sighting of it."""
    key, starts = sighting.identity.key, sighting.starts
    of_key, steps = select(*COLUMNS).where(incident.c.key == key), incident_step.c
    had = and_(steps.key == key, steps.name == sighting.step, steps.first <= starts, steps.starts >= starts)
    own = of_key.where(incident.c.id.in_(select(steps.incident).where(had))).order_by(*NEWEST_FIRST)
    before = of_key.where(incident.c.fired_at <= starts).order_by(*NEWEST_FIRST)
    after = of_key.where(incident.c.fired_at > starts).order_by(incident.c.fired_at, incident.c.id)
    return Around(*(_first(connection, query) for query in (own, before, after)))


def current(connection: Connection, since: datetime | None) -> list[Incident]:
    """Those that are open, and those that were resolved since; the newest first."""
    is_open = incident.c.resolved_at.is_(None)
    wanted = is_open if since is None else or_(is_open, incident.c.resolved_at >= since)
    rows = connection.execute(select(*COLUMNS).where(wanted).order_by(*NEWEST_FIRST)).all()
    return whole(connection, rows)


def open_counts(connection: Connection) -> dict[tuple[str, str], int]:
    """How many are open, by alert and severity."""
    by = incident.c.alertname, incident.c.severity
    query = select(*by, func.count()).where(incident.c.resolved_at.is_(None)).group_by(*by)
    return {(alertname, severity): many for alertname, severity, many in connection.execute(query)}


def store(connection: Connection, changed: Sequence[Incident]) -> None:
    """Write incidents that are new or different, with all that belongs to them."""
    for each in changed:
        _upsert(connection, incident, [row_of(each)])
        _upsert(connection, incident_step, step_rows(each))
        _upsert(connection, incident_acknowledgement, acknowledgement_rows(each))


def forget(connection: Connection, before: datetime) -> int:
    """Delete the incidents that were resolved before; gives how many."""
    lock(connection)
    old = incident.c.resolved_at < before
    for part in (incident_step, incident_acknowledgement):
        connection.execute(delete(part).where(part.c.incident.in_(select(incident.c.id).where(old))))
    return connection.execute(delete(incident).where(old)).rowcount


def _first(connection: Connection, query: Select[Any]) -> Incident | None:
    found = whole(connection, connection.execute(query.limit(1)).all())
    return found[0] if found else None


def whole(connection: Connection, rows: Sequence[Row[Any]]) -> list[Incident]:
    """The incidents of rows that hold ``COLUMNS``, with all that belongs to them."""
    ids = [row.id for row in rows]
    steps: defaultdict[str, list[Step]] = defaultdict(list)
    for row in _parts(connection, incident_step, Step.__slots__, ids):
        steps[row.incident].append(Step(*tuple(row)[1:]))
    given: defaultdict[str, list[Acknowledgement]] = defaultdict(list)
    for row in _parts(connection, incident_acknowledgement, Acknowledgement.__slots__, ids):
        given[row.incident].append(Acknowledgement(*tuple(row)[1:]))
    return incidents_of(rows, steps, given)


def _parts(connection: Connection, table: Table, names: Sequence[str], ids: Sequence[str]) -> Iterator[Row[Any]]:
    """The rows of a table that belong to these incidents: the incident, then these columns."""
    for first in range(0, len(ids), BATCH):
        belongs: ColumnElement[bool] = table.c.incident.in_(ids[first : first + BATCH])
        yield from connection.execute(select(table.c.incident, *(table.c[name] for name in names)).where(belongs))


def _upsert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    statement, key = insert(connection, table), [column.name for column in table.primary_key]
    changed = {column.name: statement.excluded[column.name] for column in table.columns if column.name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), rows)
