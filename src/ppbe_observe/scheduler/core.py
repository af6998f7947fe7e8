"""Runs every job at its times, on a pool of threads, until it is stopped.

A run that failed is tried again sooner than a long interval: what AWS throttled once would be missing for an hour.

Invariants: a job never overlaps itself, over reloads as well; a run that is due is run, counted as skipped or counted
as missed, never lost; no job keeps the process from ending.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from threading import RLock
from typing import Any

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES, EVENT_JOB_SUBMITTED
from apscheduler.jobstores.base import JobLookupError

from ppbe_observe.scheduler.beat import Beat, phases
from ppbe_observe.scheduler.job import Job, JobObserver
from ppbe_observe.scheduler.pool import WorkerPool
from ppbe_observe.scheduler.runner import Runner
from ppbe_observe.scheduler.timer import Timer

_JOB_DEFAULTS = {
    "coalesce": True,
    "max_instances": 1,
    # None: a run that waits for a worker is late, never dropped; APScheduler would drop it after a second.
    "misfire_grace_time": None,
}

RETRY_AFTER = timedelta(minutes=5)
"""How long after a failed run a job with a longer interval is due again."""

log = structlog.get_logger(__name__)


class Scheduler:
    """The jobs of the daemon and their times."""

    def __init__(
        self,
        *,
        workers: int,
        jitter: timedelta,
        deadline: timedelta,
        observer: JobObserver,
        retry_after: timedelta = RETRY_AFTER,
    ) -> None:
        self._jitter = jitter
        self._retry_after = retry_after
        self._observer = observer
        self._runner = Runner(observer, deadline)
        self._pool = WorkerPool(workers, self._work)
        self._timer = Timer(executors={"default": self._pool}, job_defaults=_JOB_DEFAULTS, timezone=UTC)
        self._timer.add_listener(self._submitted, EVENT_JOB_SUBMITTED)
        self._timer.add_listener(self._refused, EVENT_JOB_MAX_INSTANCES)
        self._jobs: dict[str, Job] = {}
        self._beats: dict[str, Beat] = {}
        self._last_due: dict[str, datetime] = {}
        self._since: datetime | None = None
        self._swapping = RLock()  # a job may replace the jobs
        self._stopped = False

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Every job there is at present."""
        with self._swapping:
            return tuple(self._jobs.values())

    @property
    def waiting(self) -> int:
        """Due runs that wait for a worker."""
        return self._pool.waiting

    def start(self) -> None:
        """Begin; the jobs there are run for the first time now, the targets spread over the jitter."""
        self._timer.start()

    def replace(self, jobs: Iterable[Job]) -> None:
        """Make these the jobs. Those with a known name and interval keep their times; what runs, runs on."""
        with self._swapping:
            if self._stopped:
                return
            now = datetime.now(UTC)
            self._since = self._since or now
            wanted = {job.name: job for job in jobs}
            for name in self._jobs.keys() - wanted.keys():
                self._remove(name)
            spread = phases(wanted.values(), self._jitter)
            firsts = {name: (self._since + phase, now + phase) for name, phase in spread.items()}
            self._jobs = wanted
            for job in wanted.values():
                self._place(job, *firsts[job.target_name])

    def stop(self, within: float) -> bool:
        """Start no more runs and wait for those that run, for at most so many seconds; whether all have ended."""
        with self._swapping:
            self._stopped = True
        if self._timer.running:
            self._timer.shutdown(wait=False)
        ended = self._pool.join(within)
        if not ended:
            log.warning("scheduler.jobs_abandoned", jobs=self._pool.running, within_seconds=within)
        return ended

    def _place(self, job: Job, first: datetime, soon: datetime) -> None:
        known = self._beats.get(job.name)
        if known is not None and (known.first, known.every) == (first, job.every):
            return
        beat = self._beats[job.name] = Beat(first, job.every)
        self._last_due.pop(job.name, None)
        # New ones run now. One with another interval waits for its next instant: it has just run.
        due = soon if known is None else beat.get_next_fire_time(None, datetime.now(UTC))
        self._timer.add_job(_nothing, trigger=beat, id=job.name, next_run_time=due, replace_existing=True)

    def _remove(self, name: str) -> None:
        self._beats.pop(name, None)
        self._last_due.pop(name, None)
        try:
            self._timer.remove_job(name)
        except JobLookupError:  # the timer was stopped meanwhile
            return

    def _work(self, name: str, due: datetime) -> None:
        job = self._jobs.get(name)
        if job is None:  # it was removed while it waited
            return
        if not self._runner.run(job, due).succeeded and job.every > self._retry_after:
            self._retry(job)

    def _retry(self, job: Job) -> None:
        """Make it due again soon, unless it is anyway; its later instants stay."""
        with self._swapping:
            if self._stopped or self._jobs.get(job.name) is not job:
                return
            soon, waits = datetime.now(UTC) + self._retry_after, self._timer.get_job(job.name)
            if waits is not None and waits.next_run_time > soon:
                self._timer.modify_job(job.name, next_run_time=soon)

    def _submitted(self, event: Any) -> None:
        self._count_missed(event.job_id, event.scheduled_run_times[-1])

    def _refused(self, event: Any) -> None:
        self._count_missed(event.job_id, event.scheduled_run_times[-1])
        if job := self._jobs.get(event.job_id):
            log.warning("collect.skipped", exporter=job.exporter, target=job.target_name)
            self._observer.skipped(job)

    def _count_missed(self, name: str, due: datetime) -> None:
        job, last = self._jobs.get(name), self._last_due.get(name)
        self._last_due[name] = due
        if job is None or last is None:
            return
        runs = round((due - last) / job.every) - 1
        if runs > 0:
            log.warning("collect.missed", exporter=job.exporter, target=job.target_name, runs=runs)
            self._observer.missed(job, runs)


def _nothing() -> None:
    """What APScheduler takes for the job's function: the pool knows jobs by their names."""
