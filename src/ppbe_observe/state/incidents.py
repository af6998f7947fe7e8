"""Keeps incidents: open ones for ever, resolved ones as long as records are kept. I/O. Thread-safe.

Invariants: what is decided on is what is known at that moment, whoever else writes; all of one call is written, or
nothing; when a call has returned, what it wrote is on disk.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from sqlalchemy.engine import Connection

from ppbe_observe.model import Around, Incident, Sighting
from ppbe_observe.state import incident_queries as queries
from ppbe_observe.state.database import Database

PATIENCE = 2
"""Seconds to wait for another daemon that writes: Alertmanager sends again what is not kept."""


class Change(Protocol):
    """Anything that carries an incident as it is from now on."""

    @property
    def incident(self) -> Incident:
        """The incident."""
        ...


C = TypeVar("C", bound=Change)


class IncidentStore:
    """Every incident that was ever heard of, until its record may go."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(
        self, sightings: Sequence[Sighting], decide: Callable[[Around, Sighting], Iterable[C]]
    ) -> list[tuple[Sighting, C]]:
        """Change what is known by each sighting, in order; gives what ``decide`` gave, and for which.

        Args:
            sightings: What was told.
            decide: Given what is known around a sighting, the incidents that are new or different. Pure, as it may be
                asked twice; it must not use the database, which it holds up.

        Raises:
            StateError: The database cannot be read or written; nothing has changed.
        """

        def change(connection: Connection) -> list[tuple[Sighting, C]]:
            queries.lock(connection)
            changes: list[tuple[Sighting, C]] = []
            for sighting in sightings:
                decided = list(decide(queries.around(connection, sighting), sighting))
                queries.store(connection, [each.incident for each in decided])
                changes += ((sighting, each) for each in decided)
            return changes

        return self._database.write(change, PATIENCE)

    def revise(self, since: datetime, decide: Callable[[Sequence[Incident]], Iterable[C]]) -> list[C]:
        """Change incidents that are open, or were resolved since; gives what ``decide`` gave. See ``take``."""

        def change(connection: Connection) -> list[C]:
            queries.lock(connection)
            changes = list(decide(queries.current(connection, since)))
            queries.store(connection, [each.incident for each in changes])
            return changes

        return self._database.write(change, PATIENCE)

    def current(self, since: datetime | None = None) -> list[Incident]:
        """Those that are open, and those that were resolved since; the newest first."""
        return self._database.read(lambda connection: queries.current(connection, since))

    def open_counts(self) -> dict[tuple[str, str], int]:
        """How many are open, by alert and severity."""
        return self._database.read(queries.open_counts)

    def prune(self, now: datetime, days: int) -> int:
        """Forget the incidents that were resolved longer ago than this; gives how many."""
        return self._database.write(lambda connection: queries.forget(connection, now - timedelta(days=days)), PATIENCE)
