"""An answer kept for a while: however many ask, and at once, the question is put once. Thread-safe.

Invariants: one asking at a time; a good answer is not asked for again before ``max_age``, a failed one not before
``retry``; a failure is told for as long as it lasts, beside the last good answer until that is too old.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

from ppbe_observe.model import Failure, Reason

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ages:
    """How long an answer is kept, when a failed question is put again, and how old an answer may be shown."""

    max_age: timedelta
    retry: timedelta
    stale: timedelta


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """What was seen, and what could not be; without ``value`` nothing was. ``missed`` names parts of it, by ARN."""

    value: T | None = None
    failures: tuple[Failure, ...] = ()
    missed: Mapping[str, Failure] = field(default_factory=dict)


@dataclass(slots=True)
class Memo(Generic[T]):
    """One question to AWS and its last answers.

    ``ask`` is given the last good answer that may still be shown, the monotonic deadline, and the time.
    """

    operation: str
    ages: Ages
    ask: Callable[[T | None, float, datetime], Seen[T]]
    _lock: Lock = field(default_factory=Lock)
    _last: Seen[T] = field(default_factory=Seen)
    _asked_at: datetime | None = None
    _good: T | None = None
    _good_at: datetime | None = None

    def get(self, now: datetime, deadline: float) -> Seen[T]:
        """The answer, asked for where it is due; whoever comes meanwhile waits for it until the deadline."""
        if not self._lock.acquire(timeout=max(0.0, deadline - monotonic())):
            return Seen(self._showable(now), (Failure(Reason.TIMEOUT, self.operation, "still being asked"),))
        try:
            keep = self.ages.retry if self._last.failures or self._last.missed else self.ages.max_age
            if not _within(keep, self._asked_at, now):
                self._refresh(now, deadline)
            return Seen(self._showable(now), self._last.failures, self._last.missed)
        finally:
            self._lock.release()

    def _refresh(self, now: datetime, deadline: float) -> None:
        self._last = self.ask(self._showable(now), deadline, now)
        self._asked_at = now
        if self._last.value is not None:
            self._good, self._good_at = self._last.value, now

    def _showable(self, now: datetime) -> T | None:
        return self._good if _within(self.ages.stale, self._good_at, now) else None


def _within(age: timedelta, at: datetime | None, now: datetime) -> bool:
    """Whether ``at`` is less than ``age`` away from ``now``: on either side, since the clock may be set back."""
    return at is not None and abs(now - at) < age
