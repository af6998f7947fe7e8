"""The availability record for who only looks: out of the daemon's state database, today from Prometheus. I/O."""

from datetime import datetime

from ppbe_observe.availability.keeper import NO_PROMETHEUS, look_at
from ppbe_observe.errors import PeerError
from ppbe_observe.model import AvailabilityDay
from ppbe_observe.model.availability_record import AvailabilityRecord, Look, first_needed, record_of
from ppbe_observe.peers.prometheus import Prometheus
from ppbe_observe.settings import PrometheusSettings, Settings
from ppbe_observe.state.availability import AvailabilityStore
from ppbe_observe.state.database import guest_of


def read_record(settings: Settings, now: datetime, shown: int) -> AvailabilityRecord:
    """The record of so many days and of today so far.

    Raises:
        StateError: The database cannot be read.
    """
    known, look = _known(settings, now, shown), _look(settings.prometheus, now)
    return record_of(known, look, now, shown=shown, source=settings.prometheus.url or "")


def _known(settings: Settings, now: datetime, shown: int) -> list[AvailabilityDay]:
    database = guest_of(settings.state.url.get_secret_value())
    if database is None:
        return []
    try:
        return AvailabilityStore(database).since(first_needed(now.date(), shown))
    finally:
        database.close()


def _look(given: PrometheusSettings, now: datetime) -> Look:
    if given.url is None:
        return Look(problem=NO_PROMETHEUS)
    server = Prometheus(given.url, read=given.timeout.total_seconds(), given_by="prometheus.url")
    try:
        return look_at(server, now)
    except PeerError as error:
        return Look(problem=str(error))
    finally:
        server.close()
