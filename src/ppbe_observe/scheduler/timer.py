"""APScheduler's thread that wakes up when jobs are due, made safe against a clock that is set back."""

from collections.abc import Callable
from datetime import datetime
from time import monotonic, time
from typing import Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

LONGEST_SLEEP = 5.0
"""Seconds between two looks at the clock."""
_SET_BACK = 1.0  # seconds; less is the slewing of NTP

log = structlog.get_logger(__name__)


def wall_offset() -> float:
    """How far the wall clock is ahead of the monotonic one, in seconds: it changes when the clock is set."""
    return time() - monotonic()


class Timer(BackgroundScheduler):  # type: ignore[misc] # apscheduler has no types
    """Wakes up at wall-clock times; when the clock is set back, it does not sleep until that time comes again."""

    def __init__(self, offset: Callable[[], float] = wall_offset, **options: Any) -> None:
        super().__init__(**options)
        self._offset = offset
        self._ahead = offset()

    def _process_jobs(self) -> float:
        ahead = self._offset()
        if ahead < self._ahead - _SET_BACK:
            log.warning("scheduler.clock_set_back", seconds=round(self._ahead - ahead, 3))
            self.realign()
        self._ahead = ahead
        wait = super()._process_jobs()
        return LONGEST_SLEEP if wait is None else min(wait, LONGEST_SLEEP)

    def realign(self) -> None:
        """Move every job to its next instant by the clock as it is now."""
        now = datetime.now(self.timezone)
        for job in self.get_jobs():
            job.modify(next_run_time=job.trigger.get_next_fire_time(None, now))
