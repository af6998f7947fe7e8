"""The job that asks Alertmanager: what its webhook did not tell, and who has acknowledged what. I/O.

Alertmanager sends no notification of a silence, and none while the daemon is down. So its API is asked on schedule, and
what is learnt later is remembered with the times that Alertmanager gives.
"""

from collections.abc import Callable
from datetime import datetime

from ppbe_observe.clock import utc_now
from ppbe_observe.errors import AlertmanagerError
from ppbe_observe.exposition.incidents import IncidentMetrics
from ppbe_observe.incidents.alertmanager import Alertmanager
from ppbe_observe.incidents.ledger import Ledger
from ppbe_observe.incidents.told import Told
from ppbe_observe.model import Failure
from ppbe_observe.scheduler import Outcome


class Reconciler:
    """Asks Alertmanager, where the settings name one, and keeps the ledger in order."""

    def __init__(
        self,
        alertmanager: Alertmanager | None,
        ledger: Ledger,
        metrics: IncidentMetrics,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._alertmanager = alertmanager
        self._ledger = ledger
        self._metrics = metrics
        self._clock = clock

    def run(self, _deadline: float) -> Outcome:
        """Ask once; a question has a time limit of its own.

        Raises:
            StateError: The database cannot be used.
        """
        now = self._clock()
        failures = self._asked(self._alertmanager, now) if self._alertmanager else ()
        self._ledger.keep(now)
        return Outcome(failures)

    def _asked(self, alertmanager: Alertmanager, now: datetime) -> tuple[Failure, ...]:
        try:
            # What fires is asked after the time was read: it is not older than this.
            told = Told(now, alertmanager.started(), alertmanager.alerts(), alertmanager.silences())
        except AlertmanagerError as error:
            return (error.failure,)
        self._ledger.reconcile(told)
        self._metrics.reconciled(now)
        return ()
