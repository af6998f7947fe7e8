"""The threads that run jobs: an APScheduler executor.

APScheduler's own thread pool is not used: its threads keep the process from ending while one job hangs, it does not
tell a job when it was due, and it logs every run. What waits here is never dropped for being late.
"""

from collections.abc import Callable
from datetime import datetime
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any

import structlog
from apscheduler.executors.base import BaseExecutor

log = structlog.get_logger(__name__)

Work = Callable[[str, datetime], None]
"""Runs the job of this name, which was due then."""


class WorkerPool(BaseExecutor):  # type: ignore[misc] # apscheduler has no types
    """A fixed number of daemon threads, first come, first served. Never two runs of one job at once."""

    def __init__(self, workers: int, work: Work) -> None:
        super().__init__()
        self._work = work
        self._queue: SimpleQueue[tuple[str, datetime] | None] = SimpleQueue()
        self._running: set[str] = set()
        self._workers = workers
        self._threads: set[Thread] = set()
        self._guard = Lock()
        self._stopping = False

    @property
    def waiting(self) -> int:
        """Due runs that no worker has taken yet."""
        return self._queue.qsize()

    @property
    def running(self) -> tuple[str, ...]:
        """The names of the jobs that run now."""
        with self._guard:
            return tuple(sorted(self._running))

    def start(self, scheduler: Any, alias: str) -> None:
        """Called by APScheduler."""
        super().start(scheduler, alias)
        for _ in range(self._workers):
            self._hire()

    def shutdown(self, wait: bool = True) -> None:  # noqa: ARG002, FBT001, FBT002 - the signature is APScheduler's
        """Called by APScheduler: what waits is given up, what runs goes on; see ``join``."""
        with self._guard:
            self._stopping = True
            workers = len(self._threads)
        self._give_up_waiting()
        for _ in range(workers):
            self._queue.put(None)

    def join(self, within: float) -> bool:
        """Wait for what runs, for at most so many seconds; whether all of it has ended."""
        until = monotonic() + within
        with self._guard:
            threads = tuple(self._threads)
        for thread in threads:
            thread.join(max(0.0, until - monotonic()))
        return not any(thread.is_alive() for thread in threads)

    def _do_submit_job(self, job: Any, run_times: list[datetime]) -> None:
        self._queue.put((job.id, run_times[-1]))

    def _give_up_waiting(self) -> None:
        try:
            while True:
                self._queue.get_nowait()
        except Empty:
            return

    def _hire(self) -> None:
        thread = Thread(target=self._serve, name="job-worker", daemon=True)
        with self._guard:
            self._threads.add(thread)
        thread.start()

    def _serve(self) -> None:
        try:
            while (due := self._queue.get()) is not None:
                self._do(*due)
        except BaseException:
            # Not an error of a job, which the work itself tells of: a SystemExit, or a fault in the telling.
            log.critical("scheduler.worker_died", exc_info=True)
            if not self._stopping:
                self._hire()
            raise

    def _do(self, name: str, due: datetime) -> None:
        with self._guard:
            self._running.add(name)
        try:
            self._work(name, due)
        finally:
            with self._guard:
                self._running.discard(name)
            self._run_job_success(name, [])  # frees the job for its next run
