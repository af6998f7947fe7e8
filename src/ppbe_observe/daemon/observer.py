"""Records what became of the jobs: in the daemon's own metrics and for readiness."""

from collections.abc import Callable

from ppbe_observe.daemon.successes import Pair, Successes
from ppbe_observe.exposition.own import JobOutcome, OwnMetrics
from ppbe_observe.model import Reason
from ppbe_observe.scheduler import Job, Outcome


class JobLedger:
    """Is told by the scheduler what became of each due run (``scheduler.JobObserver``).

    ``pair_of`` says which exporter and target a job is of.
    """

    def __init__(self, own: OwnMetrics, successes: Successes, pair_of: Callable[[Job], Pair | None]) -> None:
        self._own = own
        self._successes = successes
        self._pair_of = pair_of

    def finished(self, job: Job, outcome: Outcome) -> None:
        """A run has ended, well or not."""
        self._own.job_ended(job.exporter, JobOutcome.COMPLETED if outcome.succeeded else JobOutcome.FAILED)
        pair = self._pair_of(job)
        if pair is None:
            return
        self._successes.ran(*pair, outcome.failures)
        if any(failure.reason is Reason.INTERNAL for failure in outcome.failures):
            self._own.run_failed(*pair, Reason.INTERNAL)

    def late(self, job: Job, seconds: float) -> None:  # noqa: ARG002 - how late is in the log
        """A run had to wait for a worker."""
        self._own.job_was_late(job.exporter)

    def overrun(self, job: Job) -> None:
        """A run took longer than its deadline."""
        self._own.job_overran(job.exporter)

    def skipped(self, job: Job) -> None:
        """A run was due while the one before was not done."""
        self._own.job_ended(job.exporter, JobOutcome.SKIPPED)

    def missed(self, job: Job, runs: int) -> None:
        """So many runs were due while the process could not look."""
        self._own.job_ended(job.exporter, JobOutcome.MISSED, runs)
