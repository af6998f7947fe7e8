"""Puts the parts of the availability record together for the daemon. I/O only through them."""

from datetime import timedelta

from ppbe_observe.availability.keeper import Keeper
from ppbe_observe.exposition.availability import AvailabilityMetrics
from ppbe_observe.exposition.own import OwnMetrics
from ppbe_observe.model.availability_record import AvailabilityRecord
from ppbe_observe.peers.prometheus import Prometheus
from ppbe_observe.scheduler import Job
from ppbe_observe.settings import PrometheusSettings
from ppbe_observe.state.availability import AvailabilityStore
from ppbe_observe.state.database import Database

AVAILABILITY = "availability"
"""The exporter name under which Prometheus is asked."""
EVERY = timedelta(minutes=1)
"""Today is shown as it was then, and a minute is the smallest part of a record."""


class AvailabilityJobs:
    """The availability record, and the job that keeps it; there is none where the settings name no Prometheus."""

    def __init__(self, given: PrometheusSettings, database: Database, own: OwnMetrics) -> None:
        read = given.timeout.total_seconds()
        self._server = Prometheus(given.url, read=read, given_by="prometheus.url") if given.url else None
        self._keeper = Keeper(self._server, AvailabilityStore(database), AvailabilityMetrics(own.registry))

    @property
    def jobs(self) -> list[Job]:
        """Asks Prometheus, and records the days that are over."""
        return [Job(AVAILABILITY, AVAILABILITY, "prometheus", EVERY, self._keeper.run)] if self._server else []

    def record(self, shown: int) -> AvailabilityRecord:
        """The record of so many days and of today so far. Raises StateError where the database cannot be read."""
        return self._keeper.record(shown)

    def close(self) -> None:
        """Close the kept connections."""
        if self._server:
            self._server.close()
