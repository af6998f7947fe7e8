"""Metrics that clients publish with PutMetricData. In memory, bounded."""

from ppbe_observe.simulate.plane.aggregate import Aggregate, merge
from ppbe_observe.simulate.plane.series import MINUTE, Identity
from ppbe_observe.simulate.plane.shapes import Observed, Shape

_MOST_CELLS = 21_600  # 15 days of minutes, as long as CloudWatch keeps them


class StoredSeries:
    """The cells that were published, by the second at which they begin."""

    __slots__ = ("_cells", "_resolution", "identity", "shape")

    def __init__(self, identity: Identity, resolution: int = MINUTE) -> None:
        self.identity = identity
        self.shape: Shape = Observed()
        self._resolution = resolution
        self._cells: dict[int, Aggregate] = {}

    def add(self, second: float, sample: Aggregate) -> None:
        """Count a sample or a statistic set into its cell; the oldest cell makes room for a new one."""
        start = int(second) // self._resolution * self._resolution
        known = self._cells.get(start)
        if known is None:
            if len(self._cells) >= _MOST_CELLS:
                del self._cells[min(self._cells)]
            self._cells[start] = sample
        else:
            self._cells[start] = merge((known, sample)) or sample

    def active(self, start: float, end: float) -> bool:
        """Whether a cell begins in that time."""
        return any(start <= second < end for second in self._cells)

    def aggregate(self, start: int, period: int, _now: float) -> Aggregate | None:
        """The merge of the cells that begin in the period; a finer period than was stored has none."""
        if period < self._resolution:
            return None
        seconds = range(start, start + period, self._resolution)
        return merge(cell for second in seconds if (cell := self._cells.get(second)) is not None)
