"""The metrics of one account in one region, found by name or listed."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from ppbe_observe.model import Labels
from ppbe_observe.simulate.plane.series import Identity, Series
from ppbe_observe.simulate.plane.stored import StoredSeries

LISTED_FOR = 14 * 86400  # seconds after its last datapoint: ListMetrics, API reference


class Catalog:
    """Look-ups by identity and sorted listings. Not thread-safe: the server asks it from its one event loop."""

    def __init__(self, series: Iterable[Series] = ()) -> None:
        self._series: dict[tuple[str, str, Labels], Series] = {}
        self._listed: list[Series] | None = None
        for each in series:
            self.add(each)

    def __len__(self) -> int:
        return len(self._series)

    def add(self, series: Series) -> None:
        """Make a metric known."""
        identity = series.identity
        self._series[identity.namespace, identity.metric, identity.dimensions] = series
        self._listed = None

    def find(self, namespace: str, metric: str, dimensions: Labels) -> Series | None:
        """The metric with exactly these dimensions (sorted)."""
        return self._series.get((namespace, metric, dimensions))

    def published(self, identity: Identity, resolution: int) -> StoredSeries:
        """The metric to which a client publishes, made where it is new."""
        known = self.find(identity.namespace, identity.metric, identity.dimensions)
        if not isinstance(known, StoredSeries):
            known = StoredSeries(identity, resolution)
            self.add(known)
        return known

    def listing(self) -> Sequence[Series]:
        """All metrics, in the order in which they are listed: by namespace, name and dimensions."""
        if self._listed is None:
            self._listed = [self._series[key] for key in sorted(self._series)]
        return self._listed

    def begin(self, namespace: str) -> int:
        """Where in the listing the metrics of a namespace begin."""
        return bisect_left(self.listing(), namespace, key=lambda series: series.identity.namespace)
