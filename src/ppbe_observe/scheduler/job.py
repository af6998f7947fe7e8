"""What is scheduled, how a run ends, and who is told. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from ppbe_observe.model import Failure


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one run ended: what could not be seen. None of it is success."""

    failures: tuple[Failure, ...] = ()

    @property
    def succeeded(self) -> bool:
        """Whether everything that was asked for was seen."""
        return not self.failures


@dataclass(frozen=True, slots=True)
class Job:
    """One exporter on one target, again and again.

    Attributes:
        name: Unique among all jobs; a job keeps its times over a reload by it.
        exporter: For logs, spans and counts.
        target_name: Jobs of one target are due at the same times, so that their questions share calls.
        every: From one start to the next.
        run: Does the work, not later than the ``time.monotonic()`` it is given.
        deadline: Its longest run, where it is not that of all jobs; never more than ``every``.
    """

    name: str
    exporter: str
    target_name: str
    every: timedelta
    run: Callable[[float], Outcome]
    deadline: timedelta | None = None


class JobObserver(Protocol):
    """Is told what became of each due run. Called from many threads; must be quick and must not raise."""

    def finished(self, job: Job, outcome: Outcome) -> None:
        """A run has ended, well or not; told for every run that began."""

    def late(self, job: Job, seconds: float) -> None:
        """A run began this long after it was due, because all workers were busy."""

    def overrun(self, job: Job) -> None:
        """A run took longer than its deadline, which is never more than its interval."""

    def skipped(self, job: Job) -> None:
        """A run was due while the one before was still waiting or running; it did not take place."""

    def missed(self, job: Job, runs: int) -> None:
        """So many runs were due while the process could not look (suspended, stalled); they did not take place."""
