"""The job that keeps the availability record. I/O through what is handed in.

Invariants: a day is recorded when it is over, once; what Prometheus still knows and is not recorded is asked for again
and again until it is; what is not recorded is told as unknown, with the reason; what was told of a day is told until
it is recorded.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from time import monotonic

import structlog

from ppbe_observe.availability.asking import Recorder, ask
from ppbe_observe.clock import utc_now
from ppbe_observe.errors import PeerError
from ppbe_observe.exposition.availability import AvailabilityMetrics
from ppbe_observe.model import Failure, Reason
from ppbe_observe.model.availability_record import AvailabilityRecord, Look, first_needed, record_of
from ppbe_observe.scheduler import Outcome
from ppbe_observe.state.availability import AvailabilityStore

REACHES = 35
"""Days that Prometheus is asked for: what it keeps for the error budgets."""
SETTLED = timedelta(minutes=5)
"""After midnight, until the rules of a day have been evaluated: they are every two minutes."""
EMPTY_FOR = timedelta(hours=1)
"""A day of which Prometheus knew nothing is not asked for again so soon: only who fills in the past changes that."""
NO_PROMETHEUS = "prometheus.url is not set, so that nothing is recorded"
NOT_YET = "Prometheus has not been asked yet"
_OPERATION = "prometheus:query"

log = structlog.get_logger(__name__)


def look_at(server: Recorder, now: datetime) -> Look:
    """Today so far, and yesterday where it is not settled yet.

    Raises:
        PeerError: Prometheus does not answer, or refuses.
    """
    days = sorted({now.date(), (now - SETTLED).date()})
    return Look(now, tuple(each for day in days for each in ask(server, day, now)))


class Keeper:
    """The availability record, and what keeps it. The record may be had from any thread, while the job runs in one."""

    def __init__(
        self,
        server: Recorder | None,
        store: AvailabilityStore,
        metrics: AvailabilityMetrics,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._server = server
        self._store = store
        self._metrics = metrics
        self._clock = clock
        self._look = Look(problem=NOT_YET if server else NO_PROMETHEUS)
        self._empty: dict[date, datetime] = {}  # days of which Prometheus knew nothing, and when
        self._pruned: date | None = None

    def run(self, deadline: float) -> Outcome:
        """Look at today, and record every day that is over and not recorded yet, the newest first.

        Raises:
            StateError: The database cannot be used.
        """
        if self._server is None:
            return Outcome()
        now = self._clock()
        try:
            look = look_at(self._server, now)
            missing = [day for day in self._missing(now) if not self._recorded(self._server, day, now, deadline)]
            self._look = look
        except PeerError as error:
            self._look = Look(self._look.at, self._look.days, str(error))
            return Outcome((Failure(Reason.UNREACHABLE, _OPERATION, str(error)),))
        self._prune(now.date())
        if missing:
            detail = f"{len(missing)} days are not recorded yet; the next run goes on"
            return Outcome((Failure(Reason.TIMEOUT, _OPERATION, detail),))
        self._metrics.recorded(now)
        return Outcome()

    def record(self, shown: int) -> AvailabilityRecord:
        """The record of so many days and of today so far.

        Raises:
            StateError: The database cannot be read.
        """
        now, look = self._clock(), self._look
        source = self._server.url if self._server else ""
        return record_of(self._store.since(first_needed(now.date(), shown)), look, now, shown=shown, source=source)

    def _missing(self, now: datetime) -> Iterator[date]:
        last = (now - SETTLED).date()
        days = [last - timedelta(days=ago) for ago in range(1, REACHES + 1)]
        empty = {day for day, asked in self._empty.items() if timedelta() <= now - asked < EMPTY_FOR}
        known = self._store.days(days[-1]) | empty
        return (day for day in days if day not in known)

    def _recorded(self, server: Recorder, day: date, now: datetime, deadline: float) -> bool:
        """Whether all that can be known of a day is recorded now; not where the time is over."""
        if monotonic() >= deadline:
            return False
        found = ask(server, day, now)
        if not found:
            self._empty[day] = now
            return True
        added = self._store.put(found, now)
        self._metrics.added(added)
        log.info("availability.recorded", day=day.isoformat(), objectives=added)
        return True

    def _prune(self, today: date) -> None:
        if self._pruned != today:
            self._store.prune(today)
            self._pruned = today
