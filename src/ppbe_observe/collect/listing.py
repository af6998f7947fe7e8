"""Which metrics a target has: ListMetrics, asked once per namespace and age. I/O, thread-safe."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from sys import intern
from threading import Lock
from time import monotonic
from typing import Protocol

from ppbe_observe.cloudwatch.query import ListedMetric
from ppbe_observe.errors import AwsError
from ppbe_observe.model import Failure, Labels


class ListsMetrics(Protocol):
    """The part of the CloudWatch API that is needed here."""

    def list_metrics(self, namespace: str, deadline: float) -> Iterable[ListedMetric]:
        """Every metric of the namespace; raises AwsError."""
        ...


@dataclass(frozen=True, slots=True)
class Listed:
    """The metrics of a namespace; with a failure, those of the last time that it could be listed."""

    metrics: tuple[ListedMetric, ...] = ()
    failure: Failure | None = None


@dataclass(slots=True)
class _Entry:
    lock: Lock = field(default_factory=Lock)
    metrics: tuple[ListedMetric, ...] = ()
    listed_at: float | None = None


class Listing:
    """The listings of one target, each kept for ``max_age`` seconds.

    A failed refresh keeps the old listing: metrics come and go slowly, and the failure is told each time.
    """

    def __init__(self, api: ListsMetrics, max_age: float, clock: Callable[[], float] = monotonic) -> None:
        self._api = api
        self._max_age = max_age
        self._clock = clock
        self._lock = Lock()
        self._entries: dict[str, _Entry] = {}

    def of(self, namespace: str, names: frozenset[str], deadline: float) -> Listed:
        """The listed metrics of the namespace that have one of the names."""
        with self._lock:
            entry = self._entries.setdefault(namespace, _Entry())
        with entry.lock:
            if entry.listed_at is not None and self._clock() - entry.listed_at < self._max_age:
                return Listed(entry.metrics)
            try:
                found = self._api.list_metrics(namespace, deadline)
                entry.metrics = tuple(_shared(each for each in found if each.name in names))
            except AwsError as error:
                return Listed(entry.metrics, error.failure)
            entry.listed_at = self._clock()
            return Listed(entry.metrics)


def _shared(metrics: Iterable[ListedMetric]) -> Iterator[ListedMetric]:
    """The same metrics, equal names and dimensions being one object: a listing can be very long."""
    dimensions: dict[Labels, Labels] = {}
    for each in metrics:
        yield ListedMetric(intern(each.name), dimensions.setdefault(each.dimensions, each.dimensions))
