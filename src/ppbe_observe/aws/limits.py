"""How fast AWS may be asked: one token bucket per account, region and API, shared by all who ask.

Pure arithmetic on an immutable bucket; the clock and the sleep are handed in. Invariants: over any time t at
most ``burst + ceiling * t`` calls go out; callers are served in the order in which they came; nobody sleeps
past a deadline. When AWS throttles, the rate is halved; it climbs back in a straight line within a minute.
"""

import math
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Reason, Target
from ppbe_observe.settings.sections import DEFAULT_RATES

_OTHERS = "*"
_BACKOFF = 0.5  # factor on the rate for each throttled answer
_FLOOR = 1 / 64  # of the ceiling: the slowest rate
_RECOVERY = 60.0  # seconds from a standstill to the full rate
_BURST = 2.0  # seconds of the full rate that may go out at once


@dataclass(frozen=True, slots=True)
class Bucket:
    """Tokens of one API: below zero, calls are waiting. ``rate`` and ``ceiling`` are tokens a second."""

    ceiling: float
    burst: float
    rate: float
    tokens: float
    at: float

    def refilled(self, now: float) -> "Bucket":
        """The bucket as it stands at ``now``; a clock that goes back changes nothing."""
        passed = max(0.0, now - self.at)
        rate = min(self.ceiling, self.rate + self.ceiling * passed / _RECOVERY)
        tokens = min(self.burst, self.tokens + self.rate * passed)
        return replace(self, rate=rate, tokens=tokens, at=max(now, self.at))

    def taken(self) -> "Bucket":
        """One token less."""
        return replace(self, tokens=self.tokens - 1)

    def slowed(self) -> "Bucket":
        """Half the rate and nothing saved up: AWS has throttled."""
        rate = max(self.ceiling * _FLOOR, self.rate * _BACKOFF)
        return replace(self, rate=rate, tokens=min(0.0, self.tokens))

    @property
    def wait(self) -> float:
        """Seconds until the last taken token is there."""
        return max(0.0, -self.tokens / self.rate)


def full_bucket(rate: float, now: float) -> Bucket:
    """A bucket that nobody has asked yet."""
    burst = max(1.0, rate * _BURST)
    return Bucket(ceiling=rate, burst=burst, rate=rate, tokens=burst, at=now)


class RateLimiter:
    """Thread-safe.

    Args:
        rates: Calls a second by ``service:Operation``; ``*`` is every other operation.
        clock: Seconds, monotonic; deadlines are of the same clock.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        rates: Mapping[str, float] = DEFAULT_RATES,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._rates = {**DEFAULT_RATES, **rates}
        self._clock = clock
        self._sleep = sleep
        self._buckets: dict[tuple[str, str, str], Bucket] = {}
        self._lock = threading.Lock()

    def acquire(self, target: Target, operation: str, deadline: float = math.inf) -> None:
        """Wait for the turn of one call.

        Raises:
            AwsError: The turn would come after the deadline (reason ``timeout``).
        """
        wait = self._reserve(target, operation, deadline)
        if wait > 0:
            self._sleep(wait)

    def throttled(self, target: Target, operation: str) -> None:
        """AWS has throttled this API of this account and region: slow down."""
        with self._lock:
            self._put(target, operation, self._bucket(target, operation).slowed())

    def rate(self, target: Target, operation: str) -> float:
        """Calls a second that go out at present."""
        with self._lock:
            return self._bucket(target, operation).rate

    def _reserve(self, target: Target, operation: str, deadline: float) -> float:
        with self._lock:
            bucket = self._bucket(target, operation).taken()
            if bucket.at + bucket.wait < deadline:
                self._put(target, operation, bucket)
                return bucket.wait
        waiting = f"the rate limiter's turn would come in {bucket.wait:.1f} s, after the deadline"
        raise AwsError(Failure(Reason.TIMEOUT, operation, waiting))

    def _bucket(self, target: Target, operation: str) -> Bucket:
        now = self._clock()
        found = self._buckets.get(_key(target, operation))
        return found.refilled(now) if found else full_bucket(self._rates.get(operation, self._rates[_OTHERS]), now)

    def _put(self, target: Target, operation: str, bucket: Bucket) -> None:
        self._buckets[_key(target, operation)] = bucket


def _key(target: Target, operation: str) -> tuple[str, str, str]:
    return target.account_id, target.region, operation
