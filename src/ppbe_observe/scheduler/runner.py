"""The one place that times, traces, logs and counts every job, and that survives whatever a job raises."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import structlog
from opentelemetry.trace import Span

from ppbe_observe.clock import utc_now
from ppbe_observe.errors import AwsError, StateError
from ppbe_observe.model import Failure, Reason
from ppbe_observe.scheduler.job import Job, JobObserver, Outcome
from ppbe_observe.telemetry import fail, span

LATE_AFTER = 1.0
"""Seconds after which a start is late; less is the dispatching of a thousand jobs that are due together."""

_SPAN = "collect"

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs jobs one at a time for whoever calls, and tells the observer."""

    observer: JobObserver
    deadline: timedelta
    clock: Callable[[], datetime] = utc_now

    def run(self, job: Job, due: datetime) -> Outcome:
        """Run a job that was due then. Raises nothing that is an ``Exception`` of the job."""
        labels = {"exporter": job.exporter, "target": job.target_name}
        with structlog.contextvars.bound_contextvars(**labels), span(_SPAN, **labels) as opened:
            waited = self._wait_of(job, due)
            allowed = min(job.deadline or self.deadline, job.every).total_seconds()
            started = monotonic()
            outcome = _outcome_of(job, started + allowed)
            seconds = monotonic() - started
            _tell(opened, outcome, seconds, waited)
            if seconds > allowed:
                log.warning("collect.overrun", seconds=round(seconds, 3), allowed_seconds=allowed)
                self.observer.overrun(job)
            self.observer.finished(job, outcome)
            return outcome

    def _wait_of(self, job: Job, due: datetime) -> float:
        """How long it waited for a worker; the line of its end tells it, no line of its own floods the log."""
        waited = max(0.0, (self.clock() - due).total_seconds())
        if waited > LATE_AFTER:
            self.observer.late(job, waited)
        return waited


def _outcome_of(job: Job, deadline: float) -> Outcome:
    try:
        return job.run(deadline)
    except AwsError as error:
        return Outcome((error.failure,))
    except StateError as error:
        return Outcome((Failure(Reason.STATE, job.name, str(error)),))
    except Exception as error:  # the daemon's job boundary: one failing job never stops another
        log.exception("collect.broken")
        return Outcome((Failure(Reason.INTERNAL, job.name, f"{type(error).__name__}: {error}"),))


def _tell(opened: Span, outcome: Outcome, seconds: float, waited: float) -> None:
    timed = {"seconds": round(seconds, 3), "waited_seconds": round(waited, 3)}
    if outcome.succeeded:
        log.info("collect.finished", **timed)
        return
    first = outcome.failures[0]
    reasons = sorted({failure.reason.value for failure in outcome.failures})
    fail(opened, first.reason.value, str(first))
    log.warning("collect.failed", **timed, reasons=reasons, failures=len(outcome.failures), first=str(first))
