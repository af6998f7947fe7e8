"""Runs every job at its times: never overlapping, never lost, each timed, traced, logged and counted."""

from ppbe_observe.scheduler.core import Scheduler
from ppbe_observe.scheduler.job import Job, JobObserver, Outcome

__all__ = ["Job", "JobObserver", "Outcome", "Scheduler"]
