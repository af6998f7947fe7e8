"""The metrics of the availability record: whether it is kept. May be called from any thread."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry

from ppbe_observe.exposition.tables import Live, Table

LABELS: Mapping[str, tuple[str, ...]] = {
    "ppbe_observe_availability_recorded_timestamp_seconds": (),
    "ppbe_observe_availability_recorded_age_seconds": (),
    "ppbe_observe_availability_records_total": (),
}
"""The label names of each metric here, by the name on the page."""


class AvailabilityMetrics:
    """Declares the metrics of the availability record on the registry that is handed in, and records them."""

    def __init__(self, registry: CollectorRegistry, clock: Callable[[], float] = time.time) -> None:
        self._recorded = Table(
            registry,
            "gauge",
            "ppbe_observe_availability_recorded_timestamp_seconds",
            "When the availability record was last complete: Prometheus had told of every day that it still knows.",
        )
        Live(
            registry,
            self._recorded,
            "ppbe_observe_availability_recorded_age_seconds",
            "Time since the availability record was last complete.",
            lambda at: clock() - at,
        )
        self._days = Table(
            registry, "counter", "ppbe_observe_availability_records", "Days of objectives that were recorded."
        )
        self._days.add((), 0.0)

    def recorded(self, at: datetime) -> None:
        """The record is complete."""
        self._recorded.set((), at.timestamp())

    def added(self, days: int) -> None:
        """So many days of objectives were recorded."""
        self._days.add((), float(days))
