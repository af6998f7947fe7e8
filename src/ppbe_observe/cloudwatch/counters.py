"""True counters out of CloudWatch's datapoints of what adds up: sums, and numbers of samples. Pure.

Invariants, whatever arrives late, twice, revised or not at all, and across restarts:
- each datapoint counts exactly once, keyed by its timestamp, with the newest value that CloudWatch gave it;
- what is shown never falls: a downward revision is held back until later datapoints have made up for it;
- a datapoint older than the horizon is settled and never counts again.
"""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from math import fsum

from ppbe_observe.cloudwatch.query import Datapoint


@dataclass(frozen=True, slots=True)
class Tally:
    """The state of one accumulated counter.

    Attributes:
        settled: Sum of all datapoints before the horizon.
        horizon: Seconds since the epoch; datapoints that start before it can no longer change.
        covered: End of the last window that was answered completely, seconds since the epoch.
        recent: The datapoints from the horizon on, oldest first: start and value in turn. An array takes an eighth
            of the memory of tuples, and an estate has tens of thousands of counters. Never changed in place.
        shown: The value of the counter: the highest sum there ever was.
    """

    settled: float = 0.0
    horizon: int = 0
    covered: int = 0
    recent: "array[float]" = field(default_factory=lambda: array("d"))
    shown: float = 0.0

    def add(self, datapoints: Iterable[Datapoint], *, end: int, lookback: int, complete: bool) -> "Tally":
        """The state after an answer to a window that ended at ``end``; an incomplete one settles nothing."""
        values = dict(zip(self.recent[::2], self.recent[1::2], strict=True))
        values.update((float(point.at), point.value) for point in datapoints if point.at >= self.horizon)
        covered = max(self.covered, end) if complete else self.covered
        horizon = max(self.horizon, covered - lookback)
        settled = fsum([self.settled, *(value for at, value in values.items() if at < horizon)])
        recent = array("d", chain.from_iterable((at, values[at]) for at in sorted(values) if at >= horizon))
        total = fsum([settled, *recent[1::2]])
        return Tally(settled, horizon, covered, recent, max(self.shown, total))
