"""Asks a neighbour for pages: rarely, in a thread of its own, and never for longer than a page may wait. I/O.

Invariants: at most one question is under way, whoever looks; what was answered is shown until it is too old, and says
from when it is; an error is told, and asked about again only after a while.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

from ppbe_observe.errors import ObserveError

FRESH = 10.0
"""Seconds after which it is asked again."""
STALE = 120.0
"""Seconds after which an old answer is none."""
PATIENCE = 1.0
"""Seconds that a page waits for the first answer."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """The newest answer, if there is one that is not too old, when it came, and why there is no newer one."""

    answer: T | None = None
    at: datetime | None = None
    error: str = ""


class Asked(Generic[T]):
    """Remembers what ``ask`` gave, which may raise ObserveError; ``clock`` tells the time of the answer."""

    def __init__(
        self,
        ask: Callable[[], T],
        clock: Callable[[], datetime],
        *,
        patience: float = PATIENCE,
        elapsed: Callable[[], float] = monotonic,
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._patience = patience
        self._elapsed = elapsed
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ask")
        self._told: Told[T] = Told()
        self._answered = self._tried = float("-inf")
        self._under_way: Future[None] | None = None

    def told(self) -> Told[T]:
        """The newest answer; waits only where there is none yet."""
        pending = self._begun()
        if pending is not None and self._told.answer is None and not self._told.error:
            try:
                pending.result(self._patience)
            except TimeoutError:
                return Told(error="it has not answered yet")
        return self._told if self._elapsed() - self._answered < STALE else Told(error=self._told.error)

    def close(self) -> None:
        """Ask no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _begun(self) -> Future[None] | None:
        with self._lock:
            ended = self._under_way is None or self._under_way.done()
            if ended and self._elapsed() - self._tried >= FRESH:
                self._tried = self._elapsed()
                self._under_way = self._pool.submit(self._renew)
            return self._under_way

    def _renew(self) -> None:
        try:
            told = Told(self._ask(), self._clock())
        except ObserveError as error:
            told = Told(self._told.answer, self._told.at, str(error))
        with self._lock:
            self._told, self._tried, self._under_way = told, self._elapsed(), None
            if not told.error:
                self._answered = self._tried
