"""Asks a neighbour for pages: rarely, in a thread of its own, and never for longer than a page may wait. I/O.

Invariants: at most one question is under way, whoever looks; what was answered is shown until it is too old, and says
from when it is; an error is told, and asked about again only after a while.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

import structlog

from ppbe_observe.errors import ObserveError

_NOT_YET = "it has not answered yet"
_ODD = "its answer cannot be understood; the log of ppbe-observe says why"

T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often it is asked, and for how long a page waits (seconds).

    Attributes:
        fresh: The age of an answer after which it is asked again.
        old: That after which a page waits for a newer one, as it does for the first.
        stale: That after which an answer is none.
        patience: How long a page waits.
    """

    fresh: float = 10.0
    old: float = 30.0
    stale: float = 120.0
    patience: float = 1.0


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
        pace: Pace = Pace(),
        elapsed: Callable[[], float] = monotonic,
    ) -> None:
        self._ask = ask
        self._clock = clock
        self._pace = pace
        self._elapsed = elapsed
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ask")
        self._told: Told[T] = Told()
        self._answered = self._tried = float("-inf")
        self._under_way: Future[None] | None = None

    def told(self) -> Told[T]:
        """The newest answer; waits where there is none yet, or an old one, and nothing bad was heard lately."""
        heard = self._told.error and self._elapsed() - self._tried < self._pace.old
        pending, late = self._begun(), ""
        if pending is not None and self._age >= self._pace.old and not heard:
            try:
                pending.result(self._pace.patience)
            except TimeoutError:
                late = _NOT_YET
        with self._lock:
            told, age = self._told, self._age
        error = told.error or late
        return replace(told, error=error) if age < self._pace.stale else Told(error=error)

    @property
    def _age(self) -> float:
        return self._elapsed() - self._answered

    def close(self) -> None:
        """Ask no more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _begun(self) -> Future[None] | None:
        with self._lock:
            ended = self._under_way is None or self._under_way.done()
            if ended and self._elapsed() - self._tried >= self._pace.fresh:
                self._tried = self._elapsed()
                self._under_way = self._pool.submit(self._renew)
            return self._under_way

    def _renew(self) -> None:
        try:
            told = Told(self._ask(), self._clock())
        except ObserveError as error:
            told = Told(self._told.answer, self._told.at, str(error))
        except Exception:  # whatever a neighbour says, pages show the rest
            log.exception("page.neighbour_misunderstood")
            told = Told(self._told.answer, self._told.at, _ODD)
        with self._lock:
            self._told, self._tried, self._under_way = told, self._elapsed(), None
            if not told.error:
                self._answered = self._tried
