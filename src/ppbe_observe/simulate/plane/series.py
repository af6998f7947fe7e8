"""One CloudWatch metric: its identity, and its aggregate over any period as seen at a moment. Pure.

Invariants: the aggregate of a period is the merge of the cells that are visible in it, so the Sum over 300 s
is the sum of its five 60 s Sums; a cell that is complete never changes again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ppbe_observe.model import Labels
from ppbe_observe.simulate.plane.aggregate import Aggregate, merge
from ppbe_observe.simulate.plane.nature import Nature
from ppbe_observe.simulate.plane.shapes import Shape
from ppbe_observe.simulate.plane.signals import Signal

MINUTE = 60
DAY = 86400


@dataclass(frozen=True, slots=True)
class Identity:
    """What names a metric. Dimensions are sorted by name."""

    namespace: str
    metric: str
    dimensions: Labels
    unit: str


class Series(Protocol):
    """A metric that can be asked."""

    @property
    def identity(self) -> Identity:
        """Its name."""
        ...

    @property
    def shape(self) -> Shape:
        """How its samples are spread."""
        ...

    def aggregate(self, start: int, period: int, now: float, /) -> Aggregate | None:
        """What is visible at ``now`` of the period that begins at ``start``."""
        ...

    def active(self, start: float, end: float, /) -> bool:
        """Whether it may have datapoints in that time."""
        ...


class Disruption(Protocol):
    """Something that changes a metric for a while: an incident."""

    def apply(self, scope: str, series: Identity, second: int, cell: Aggregate | None) -> Aggregate | None:
        """The cell as the incidents of that time leave it."""
        ...

    @property
    def since(self) -> float:
        """Nothing is changed before this time."""
        ...


@dataclass(frozen=True, slots=True)
class Lateness:
    """When a cell becomes visible after its end, in seconds.

    Most appear between half and one and a half times ``lag``; every ``straggler``-th comes ``behind`` later. A
    cell that is revised is half filled until ``settle`` seconds after it appeared.
    """

    lag: float = 20.0
    settle: float = 60.0
    straggler: float = 0.03
    behind: float = 120.0

    @property
    def longest(self) -> float:
        """After this everything is there and final."""
        return 1.5 * self.lag + self.behind + self.settle


PUNCTUAL = Lateness(lag=0.0, settle=0.0, straggler=0.0, behind=0.0)


class SimulatedSeries:
    """A metric whose datapoints are functions of time."""

    __slots__ = (
        "_disruption",
        "_key",
        "_lateness",
        "_longest",
        "_nature",
        "_signal",
        "_step",
        "_until",
        "identity",
        "scope",
        "shape",
    )

    def __init__(
        self,
        identity: Identity,
        signal: Signal,
        nature: Nature,
        disruption: Disruption,
        *,
        lateness: Lateness = PUNCTUAL,
        key: object = None,
        scope: str = "",
        step: int = MINUTE,
        until: float | None = None,
    ) -> None:
        self.identity = identity
        self.shape = signal.shape
        self.scope = scope
        self._signal = signal
        self._nature = nature
        self._disruption = disruption
        self._lateness = lateness
        self._longest = lateness.longest
        self._key = nature.key_of(identity if key is None else key)
        self._step = step
        self._until = until

    def active(self, start: float, _end: float) -> bool:
        """Until it went quiet, if it ever did."""
        return self._until is None or self._until > start

    def aggregate(self, start: int, period: int, now: float) -> Aggregate | None:
        """The merge of the visible cells that begin in the period."""
        step = self._step
        if period == step and start % step == 0:
            return self._cell(start // step, now)
        first, end = -(-start // step), -(-(start + period) // step)
        cells = (self._cell(index, now) for index in range(first, end))
        return merge(cell for cell in cells if cell is not None)

    def _cell(self, index: int, now: float) -> Aggregate | None:
        step = self._step
        second = index * step
        if self._until is not None and second >= self._until:
            return None
        age = now - second - step
        nature = self._nature
        whole = 1.0
        if age < self._longest:
            whole = self._visible(index, age)
            if whole <= 0.0:
                return None
        noise = nature.noise(self._key, index)
        cell = self._signal.at(second, noise, nature.rhythm(second))
        if second + step > self._disruption.since:
            cell = self._disruption.apply(self.scope, self.identity, second, cell)
        return cell if whole >= 1.0 or cell is None else _part(cell, whole)

    def _visible(self, index: int, age: float) -> float:
        """The share of the cell that is visible so long after its end: 0, a part, or 1."""
        late = self._lateness
        draw = self._nature.draw(self._key, index)
        shown = late.lag * (0.5 + draw) + (late.behind if draw < late.straggler else 0.0)
        if age < shown:
            return 0.0
        if not self._signal.revised or age >= shown + late.settle * draw:
            return 1.0
        return 0.6 + 0.35 * draw


def _part(cell: Aggregate, share: float) -> Aggregate | None:
    """The aggregate of the samples that have arrived so far; None before the first."""
    count = float(int(cell.samples * share))
    if count == 0.0:
        return None
    return Aggregate(count, cell.total * count / cell.samples, cell.low, cell.high)


class MergedSeries:
    """A metric that sums others up: a load balancer over its availability zones."""

    __slots__ = ("_parts", "identity", "shape")

    def __init__(self, identity: Identity, parts: tuple[Series, ...]) -> None:
        self.identity = identity
        self.shape = parts[0].shape
        self._parts = parts

    def active(self, start: float, end: float) -> bool:
        """While any part is."""
        return any(part.active(start, end) for part in self._parts)

    def aggregate(self, start: int, period: int, now: float) -> Aggregate | None:
        """The merge of the parts."""
        found = (part.aggregate(start, period, now) for part in self._parts)
        return merge(each for each in found if each is not None)


def sorted_dimensions(dimensions: Mapping[str, str]) -> Labels:
    """Dimensions in the order in which they identify a metric."""
    return tuple(sorted(dimensions.items()))
