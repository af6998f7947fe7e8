"""Collectors for prometheus_client that hold one number for each label set.

An estate of 1,000 targets has 12,000 pairs of exporter and target. prometheus_client keeps an object with a lock
and a start time for each child, 1.5 kB; these keep a float.
"""

import threading
from collections.abc import Callable, Iterable, Sequence

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector, CollectorRegistry
from prometheus_client.samples import Sample

Values = tuple[str, ...]
"""The label values of one series, in the order of the table's label names."""


class Table(Collector):
    """A gauge or counter: a number for each label set; any thread may change it."""

    def __init__(
        self, registry: CollectorRegistry, kind: str, name: str, text: str, labels: Sequence[str] = ()
    ) -> None:
        self._kind = kind
        self._name = name
        self._text = text
        self.labels = tuple(labels)
        self._lock = threading.Lock()
        self._numbers: dict[Values, float] = {}
        registry.register(self)

    def set(self, values: Values, number: float) -> None:
        """Set one series."""
        with self._lock:
            self._numbers[values] = number

    def add(self, values: Values, amount: float = 1.0) -> None:
        """Add to one series."""
        with self._lock:
            self._numbers[values] = self._numbers.get(values, 0.0) + amount

    def replace(self, numbers: dict[Values, float]) -> None:
        """Set all series; those that are not named are gone."""
        with self._lock:
            self._numbers = dict(numbers)

    def forget(self, first: Values) -> None:
        """Drop every series whose label values begin with these."""
        size = len(first)
        with self._lock:
            for values in [each for each in self._numbers if each[:size] == first]:
                del self._numbers[values]

    def items(self) -> list[tuple[Values, float]]:
        """A copy of all series."""
        with self._lock:
            return list(self._numbers.items())

    def describe(self) -> list[Metric]:
        """The family without samples: the registry refuses a second one of that name."""
        return [Metric(self._name, self._text, self._kind)]

    def collect(self) -> Iterable[Metric]:
        """The family, for the registry."""
        return [self.family(self._name, self._text, self._kind, float)]

    def family(self, name: str, text: str, kind: str, shown: Callable[[float], float]) -> Metric:
        """The family under some name, each number as ``shown`` makes it."""
        sample_name = f"{name}_total" if kind == "counter" else name
        metric = Metric(name, text, kind)
        metric.samples = [
            Sample(sample_name, dict(zip(self.labels, values, strict=True)), shown(number))
            for values, number in self.items()
        ]
        return metric


class Live(Collector):
    """A gauge computed from a table of times whenever it is rendered: an age, or the time that is left."""

    def __init__(
        self, registry: CollectorRegistry, times: Table, name: str, text: str, shown: Callable[[float], float]
    ) -> None:
        self._times = times
        self._name = name
        self._text = text
        self._shown = shown
        registry.register(self)

    def describe(self) -> list[Metric]:
        """The family without samples."""
        return [Metric(self._name, self._text, "gauge")]

    def collect(self) -> Iterable[Metric]:
        """The family, for the registry."""
        return [self._times.family(self._name, self._text, "gauge", self._shown)]
