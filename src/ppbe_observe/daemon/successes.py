"""Who has lately succeeded, and why not: what readiness is made of. Thread-safe, no I/O."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from threading import Lock

from ppbe_observe.clock import utc_now
from ppbe_observe.model import Failure, Target
from ppbe_observe.web.readiness import Check, Readiness

LATE_AFTER = 3
"""Intervals without a success after which an exporter is no longer ready, and its series are dropped."""
NOT_YET = "has not run yet"

Pair = tuple[str, Target]


@dataclass(frozen=True, slots=True)
class _Expected:
    every: timedelta
    last_success: datetime | None = None
    reason: str = NOT_YET

    def late(self, now: datetime) -> bool:
        return self.last_success is None or now - self.last_success > LATE_AFTER * self.every


class Successes:
    """Follows the runs of each exporter on each target."""

    def __init__(self, clock: Callable[[], datetime] = utc_now) -> None:
        self._clock = clock
        self._lock = Lock()
        self._expected: dict[Pair, _Expected] = {}

    def expect(self, pairs: Iterable[tuple[str, Target, timedelta]]) -> None:
        """From now on exactly these are expected to succeed at their intervals."""
        with self._lock:
            self._expected = {
                (exporter, target): replace(self._expected.get((exporter, target), _Expected(every)), every=every)
                for exporter, target, every in pairs
            }

    def expects(self, exporter: str, target: Target) -> bool:
        """Whether this exporter is expected to succeed on this target."""
        with self._lock:
            return (exporter, target) in self._expected

    def follows(self, target: Target) -> bool:
        """Whether any exporter is expected to succeed on this target."""
        with self._lock:
            return any(expected == target for _, expected in self._expected)

    def targets(self, *exporters: str) -> frozenset[Target]:
        """Every target on which one of these exporters is expected to succeed."""
        with self._lock:
            return frozenset(target for exporter, target in self._expected if exporter in exporters)

    def ran(self, exporter: str, target: Target, failures: Iterable[Failure]) -> None:
        """A run has ended, with these failures."""
        reason = "; ".join(sorted({str(failure) for failure in failures}))
        with self._lock:
            known = self._expected.get((exporter, target))
            if known is not None:
                last = known.last_success if reason else self._clock()
                self._expected[exporter, target] = replace(known, last_success=last, reason=reason)

    def readiness(self) -> Readiness:
        """Whether everything that is expected has succeeded within three intervals."""
        now = self._clock()
        with self._lock:
            expected = list(self._expected.items())
        return Readiness(
            tuple(
                Check(
                    exporter,
                    target,
                    ready=not each.late(now),
                    reason=(each.reason or "has not run for too long") if each.late(now) else each.reason,
                    last_success=each.last_success,
                )
                for (exporter, target), each in expected
            )
        )
