"""When jobs are due. Pure.

All jobs of a target count their intervals from the same instant, so that those that are due together run together
and their CloudWatch queries can share calls; the targets' instants are spread, so that not all start at once.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from apscheduler.triggers.base import BaseTrigger

from ppbe_observe.scheduler.job import Job

_STEPS = 1 << 64


def phase_of(target_name: str, spread: timedelta) -> timedelta:
    """How long after the common start a target begins: the same on every machine, 0 up to ``spread``."""
    digest = hashlib.sha256(target_name.encode()).digest()
    return spread * (int.from_bytes(digest[:8], "big") / _STEPS)


def phases(jobs: Iterable[Job], jitter: timedelta) -> Mapping[str, timedelta]:
    """The phase of every target; no longer than the shortest interval among its jobs."""
    shortest: dict[str, timedelta] = {}
    for job in jobs:
        shortest[job.target_name] = min(shortest.get(job.target_name, job.every), job.every)
    return {name: phase_of(name, min(jitter, every)) for name, every in shortest.items()}


class Beat(BaseTrigger):  # type: ignore[misc] # apscheduler has no types
    """Due at ``first`` and every ``every`` after it.

    Unlike APScheduler's IntervalTrigger it keeps to its instants whatever happened in between, takes intervals below a
    second, and after a suspension of a day finds the next instant without counting through the missed ones.
    """

    __slots__ = ("every", "first")

    def __init__(self, first: datetime, every: timedelta) -> None:
        self.first = first
        self.every = every

    def get_next_fire_time(self, previous_fire_time: Any, now: datetime) -> datetime:  # noqa: ARG002 - theirs
        """The first instant after ``now``; its name is APScheduler's."""
        return self.first + self.every * (math.floor((now - self.first) / self.every) + 1)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Beat) and (self.first, self.every) == (other.first, other.every)

    def __hash__(self) -> int:
        return hash((self.first, self.every))
