"""Asks Prometheus how available the watched system was on a day. I/O."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol

from ppbe_observe.alerting.slo.daily import COUNTED, SEEN, Series, days_of
from ppbe_observe.model import AvailabilityDay
from ppbe_observe.model.availability import DAY_MINUTES
from ppbe_observe.peers.prometheus import Result

_MINUTE = timedelta(minutes=1)


class Recorder(Protocol):
    """Who has recorded the series of the objectives: ``peers.prometheus.Prometheus``."""

    url: str

    def query(self, expression: str, at: float | None = None) -> Sequence[Result]:
        """What an expression was at a time (seconds since the epoch)."""

    def query_range(self, expression: str, start: float, end: float, step: float) -> Sequence[Result]:
        """What an expression was from a time to another, each ``step`` seconds."""


def ask(server: Recorder, day: date, now: datetime) -> tuple[AvailabilityDay, ...]:
    """What Prometheus knows of a day (UTC), as far as it is over.

    Raises:
        PeerError: It does not answer, or refuses.
    """
    midnight = datetime.combine(day, time(), UTC)
    minutes = min(DAY_MINUTES, (now - midnight) // _MINUTE)
    if minutes <= 0:
        return ()
    begin, step = midnight.timestamp(), _MINUTE.total_seconds()
    end = begin + minutes * step
    seen = server.query_range(SEEN, begin + step, end, step)
    counted = server.query(COUNTED, end) if minutes == DAY_MINUTES else ()
    return days_of(day, begin, minutes, _series(seen), _series(counted))


def _series(found: Iterable[Result]) -> Iterator[Series]:
    return ((each.labels, each.points) for each in found)
