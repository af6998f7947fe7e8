"""What is stored of findings, statement by statement, within a transaction of the caller's. I/O."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import ColumnElement, Executable, Row, Table, and_, bindparam, delete, select, update
from sqlalchemy.engine import Connection

from ppbe_observe.model import FindingKey, Target, Tracked
from ppbe_observe.state.rows import COLUMNS, key_of, row_of, state_of, tracked_of
from ppbe_observe.state.tables import evaluation, finding, finding_version
from ppbe_observe.state.upsert import insert

BATCH = 2000
"""Rows that are written at once."""

# A parameter in a condition must not be called like a column.
_UPDATE = update(finding).where(*(column == bindparam(f"of_{column.name}") for column in finding.primary_key))

Findings = Mapping[FindingKey, Tracked]


class Place(NamedTuple):
    """What of a target is stored: which account, and where in it."""

    account_id: str
    region: str

    @classmethod
    def of(cls, target: Target) -> "Place":
        """That of a target, whoever looks at it."""
        return cls(target.account_id, target.region)


def versions(connection: Connection) -> dict[Place, str]:
    """Of every target that has findings."""
    rows = connection.execute(select(finding_version))
    return {Place(account_id, region): version for account_id, region, version in rows}


def locked(connection: Connection, place: Place) -> str | None:
    """The version of a target, whose findings nobody else changes before the transaction ends.

    None where nothing was ever stored of it; it has a version from now on.
    """
    query = select(finding_version.c.version).where(_at(finding_version, place)).with_for_update()
    found: str | None = connection.execute(query).scalar()
    if found is None:
        mine = uuid4().hex
        first = insert(connection, finding_version).on_conflict_do_nothing()
        connection.execute(first, {**place._asdict(), "version": mine})
        found = connection.execute(query).scalar_one()
        return None if found == mine else found
    return found


def renewed(connection: Connection, place: Place) -> str:
    """The next version of a locked target."""
    version = uuid4().hex
    connection.execute(update(finding_version).where(_at(finding_version, place)).values(version=version))
    return version


def fetch(connection: Connection, place: Place) -> dict[FindingKey, Tracked]:
    """All findings of a target."""
    rows = connection.execute(select(*COLUMNS).where(_at(finding, place)))
    return {each.key: each for each in tracked_of(rows)}


def fetch_one(connection: Connection, key: FindingKey) -> Tracked | None:
    """One finding; None where nothing is stored of it."""
    digest = key_of(key)["id"]
    wanted = and_(_at(finding, Place(key.account_id, key.region)), finding.c.id == digest)
    return next(tracked_of(connection.execute(select(*COLUMNS).where(wanted)).all()), None)


def fetch_open(connection: Connection, accounts: Collection[str]) -> Sequence[Row[Any]]:
    """The rows of all open findings of some accounts, wherever in them; the rest is for after the transaction."""
    wanted = and_(finding.c.account_id.in_(accounts), finding.c.open.is_(True))
    return connection.execute(select(*COLUMNS).where(wanted)).all()


def store(connection: Connection, current: Findings, changed: Collection[Tracked]) -> None:
    """Write new and changed findings of a locked target."""
    _write(connection, insert(connection, finding), (row_of(each) for each in changed if each.key not in current))
    known = (each for each in changed if each.key in current)
    _write(connection, _UPDATE, (_keyed(each.key) | state_of(each) for each in known))


def _keyed(key: FindingKey) -> dict[str, object]:
    return {f"of_{name}": value for name, value in key_of(key).items()}


def _write(connection: Connection, statement: Executable, rows: Iterator[dict[str, object]]) -> None:
    """A batch at a time: all of them at once would take much memory."""
    while batch := list(islice(rows, BATCH)):
        connection.execute(statement, batch)


def forget_resolved(connection: Connection, before: datetime) -> int:
    """Delete the findings that were resolved before; gives how many."""
    old = and_(finding.c.open.is_(False), finding.c.resolved_at < before)
    places = connection.execute(select(finding.c.account_id, finding.c.region).where(old).distinct())
    for place in sorted(Place(*row) for row in places):
        locked(connection, place)
        renewed(connection, place)
    return connection.execute(delete(finding).where(old)).rowcount


def note(connection: Connection, place: Place, evaluated: Mapping[str, datetime]) -> None:
    """Set down when checks were evaluated; an older time never replaces a newer one."""
    if not evaluated:
        return
    statement = insert(connection, evaluation)
    newer = statement.excluded.evaluated_at
    upsert = statement.on_conflict_do_update(
        index_elements=["account_id", "region", "check"],
        set_={"evaluated_at": newer},
        where=evaluation.c.evaluated_at < newer,
    )
    rows = [{**place._asdict(), "check": check, "evaluated_at": at} for check, at in sorted(evaluated.items())]
    connection.execute(upsert, rows)


def evaluations(connection: Connection, place: Place) -> dict[str, datetime]:
    """When checks were evaluated on a target."""
    query = select(evaluation.c.check, evaluation.c.evaluated_at).where(_at(evaluation, place))
    return {row.check: row.evaluated_at for row in connection.execute(query)}


def _at(table: Table, place: Place) -> ColumnElement[bool]:
    return and_(table.c.account_id == place.account_id, table.c.region == place.region)
