"""Remembers findings from one evaluation to the next. I/O. Thread-safe.

Invariants: what changes on a target, and when its checks were evaluated, is written in one transaction, or not at all;
of several daemons on one database each decides on what the others wrote; what is in memory outlives a lost database.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Protocol, TypeVar

import structlog
from sqlalchemy.engine import Connection

from ppbe_observe.model import FindingKey, Target, Tracked
from ppbe_observe.state import findings
from ppbe_observe.state.daily import KEPT_DAYS
from ppbe_observe.state.database import Database
from ppbe_observe.state.findings import Findings, Place
from ppbe_observe.state.rows import tracked_of

PATIENCE = 20
"""Seconds to wait for another daemon that writes its findings: 100,000 new ones take several."""


log = structlog.get_logger(__name__)


class Change(Protocol):
    """Anything that carries a finding as it is from now on."""

    @property
    def tracked(self) -> Tracked:
        """The finding."""
        ...


C = TypeVar("C", bound=Change)


class FindingHistory:
    """What is known of every finding that has ever failed; kept in memory too, by target."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[Place, tuple[str, Findings]] = {}  # the version of a target, and its findings then

    def update(
        self, target: Target, decide: Callable[[Findings], Sequence[C]], evaluated: Mapping[str, datetime]
    ) -> Sequence[C]:
        """Change what is remembered of a target; gives what ``decide`` gave.

        Args:
            target: Whose findings they are.
            decide: Given all that is remembered of the target, what changes in it: findings that are new or different.
                Pure, as it may be asked twice; it must not use the database, which it holds up.
            evaluated: When each check could last judge everything it had to.

        Raises:
            StateError: The database cannot be read or written; nothing has changed.
        """
        place = Place.of(target)
        written: list[tuple[str, Findings]] = []

        def change(connection: Connection) -> Sequence[C]:
            version = findings.locked(connection, place)
            lost = self._lost(place) if version is None else {}
            current = lost or self._current(connection, place, version)
            changes = decide(MappingProxyType(current))
            changed = {each.tracked.key: each.tracked for each in changes}
            findings.store(connection, {} if lost else current, {**lost, **changed}.values())
            findings.note(connection, place, evaluated)
            if lost or changed:
                written.append((findings.renewed(connection, place), {**current, **changed}))
            return changes

        changes = self._database.write(change, PATIENCE)
        if written:
            self._known[place] = written[-1]
        return changes

    def tracked(self, target: Target | None = None) -> list[Tracked]:
        """All that is remembered of a target, or of all of them."""
        only = Place.of(target) if target else None

        def read(connection: Connection) -> list[Tracked]:
            known = findings.versions(connection)
            found = (self._current(connection, place, known[place]) for place in known if only in {None, place})
            return [each for current in found for each in current.values()]

        return self._database.read(read)

    def open_findings(self, target: Target | None = None) -> list[Tracked]:
        """Those that are open, of a target or of all of them."""
        return [each for each in self.tracked(target) if each.open]

    def one(self, key: FindingKey) -> Tracked | None:
        """What is remembered of one finding; None where it has never failed."""
        return self._database.read(lambda connection: findings.fetch_one(connection, key))

    def evaluations(self, target: Target) -> dict[str, datetime]:
        """When each check could last judge everything it had to on a target."""
        return self._database.read(lambda connection: findings.evaluations(connection, Place.of(target)))

    def prune(self, now: datetime, days: int = KEPT_DAYS) -> int:
        """Forget the findings that were resolved longer ago than this; gives how many."""
        before = now - timedelta(days=days)
        return self._database.write(lambda connection: findings.forget_resolved(connection, before), PATIENCE)

    def _current(self, connection: Connection, place: Place, version: str | None) -> Findings:
        """What is remembered of a target at a version; read only where it is not known, as another daemon wrote it."""
        known, current = self._known.get(place, (None, {}))
        if known is not None and known == version:
            return current
        read = findings.fetch(connection, place)
        if version is not None:
            self._known[place] = version, read
        return read

    def _lost(self, place: Place) -> Findings:
        """What is known of a target of which the database knows nothing any more, as after a corrupt one."""
        _, current = self._known.get(place, ("", {}))
        if current:
            log.warning("state.findings_restored", target=f"{place.account_id}/{place.region}", findings=len(current))
        return current


def open_findings_of(database: Database, accounts: Collection[str]) -> list[Tracked]:
    """The open findings of some accounts, for who only looks: what is remembered is held up no longer than needed.

    Raises:
        StateError: The database cannot be read.
    """
    rows = database.read(lambda connection: findings.fetch_open(connection, accounts))
    return list(tracked_of(rows))
