"""Jobs, and an observer that remembers what it was told."""

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Condition

from ppbe_observe.scheduler import Job, Outcome


class Remembering:
    """A JobObserver for tests: everything it was told, by job name, and a way to wait for it."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.outcomes: list[Outcome] = []
        self._changed = Condition()

    def finished(self, job: Job, outcome: Outcome) -> None:
        self.outcomes.append(outcome)
        self._tell("finished", job)

    def late(self, job: Job, seconds: float) -> None:
        assert seconds > 0
        self._tell("late", job)

    def overrun(self, job: Job) -> None:
        self._tell("overrun", job)

    def skipped(self, job: Job) -> None:
        self._tell("skipped", job)

    def missed(self, job: Job, runs: int) -> None:
        for _ in range(runs):
            self._tell("missed", job)

    def count(self, what: str, name: str) -> int:
        """How often it was told this of this job."""
        return self.told.count((what, name))

    def wait_for(self, what: str, name: str, times: int = 1, within: float = 10.0) -> None:
        """Wait until it was told this of this job so many times."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.count(what, name) >= times, within), self.told

    def _tell(self, what: str, job: Job) -> None:
        with self._changed:
            self.told.append((what, job.name))
            self._changed.notify_all()


def job(
    name: str = "rds 1/r",
    *,
    every: float = 0.05,
    run: Callable[[float], Outcome] = lambda _deadline: Outcome(),
    exporter: str = "rds",
    target_name: str = "1/r",
) -> Job:
    """A job that succeeds at once, twenty times a second, unless told otherwise."""
    return Job(name, exporter, target_name, timedelta(seconds=every), run)


def eventually(condition: Callable[[], bool], within: float = 10.0) -> None:
    """Wait until something is so."""
    until = time.monotonic() + within
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.005)
