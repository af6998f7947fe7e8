"""The dead man's switch: a Watchdog that arrives is written to CloudWatch, where an alarm waits for it. I/O.

Prometheus fires Watchdog at all times, Alertmanager sends it, the daemon writes it: where any of them dies, or
CloudWatch cannot be reached, datapoints are missing, which the alarm treats as breaching.

Invariants: the answer to Alertmanager does not wait for AWS; at most one heartbeat a minute; one that failed is tried
again at the next Watchdog.
"""

from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime, timedelta
from threading import Lock

import structlog

from ppbe_observe.errors import AwsError
from ppbe_observe.exposition.incidents import IncidentMetrics
from ppbe_observe.model import Reason

EVERY = timedelta(minutes=1)

_OK = "ok"

log = structlog.get_logger(__name__)


class Heartbeat:
    """Shows each Watchdog, and writes it where there is a ``write`` (``aws.cloudwatch.heartbeat``). Thread-safe."""

    def __init__(
        self, metrics: IncidentMetrics, executor: Executor, write: Callable[[datetime], None] | None = None
    ) -> None:
        self._metrics = metrics
        self._executor = executor
        self._write = write
        self._lock = Lock()
        self._last: datetime | None = None
        self._writing = False

    def beat(self, now: datetime) -> None:
        """The watchdog has arrived."""
        self._metrics.watchdog_came(now)
        if self._write is not None and self._is_due(now):
            self._executor.submit(self._written, self._write, now)

    def _is_due(self, now: datetime) -> bool:
        with self._lock:
            due = not self._writing and (self._last is None or now - self._last >= EVERY)
            self._writing = self._writing or due
            return due

    def _written(self, write: Callable[[datetime], None], now: datetime) -> None:
        outcome = Reason.INTERNAL.value
        try:
            write(now)
            outcome = _OK
        except AwsError as error:
            outcome = error.failure.reason.value
            log.warning("heartbeat.failed", reason=outcome, error=str(error))
        finally:
            self._metrics.heartbeat(outcome)
            with self._lock:
                self._writing = False
                self._last = now if outcome == _OK else self._last
