"""How a metric behaves: the aggregate of one cell (its native period) from time, noise and rhythm. Pure."""

import math
from dataclasses import dataclass, field
from functools import lru_cache
from statistics import NormalDist
from typing import Protocol

from ppbe_observe.simulate.plane.aggregate import Aggregate
from ppbe_observe.simulate.plane.shapes import Even, LogNormal, Shape

_NORMAL = NormalDist()


class Signal(Protocol):
    """The behaviour of a metric. ``noise`` is in [-1, 1], ``rhythm`` in [0, 1]."""

    @property
    def shape(self) -> Shape:
        """How its samples are spread."""
        ...

    @property
    def revised(self) -> bool:
        """Whether a fresh cell is first seen half filled, as counts are."""
        ...

    def at(self, second: int, noise: float, rhythm: float, /) -> Aggregate | None:
        """The cell that starts at that second; None where AWS reports no datapoint."""
        ...


@dataclass(frozen=True, slots=True)
class Level:
    """A gauge: base, plus swing with the rhythm, plus noise, within bounds.

    ``spread`` is how far the samples of one cell lie from their mean, as a share of it.
    """

    base: float
    swing: float = 0.0
    jitter: float = 0.0
    floor: float = 0.0
    ceiling: float = math.inf
    spread: float = 0.0
    samples: int = 1
    whole: bool = False
    shape: Shape = field(default_factory=Even)
    revised: bool = False

    def at(self, _second: int, noise: float, rhythm: float) -> Aggregate:
        """Always there."""
        value = self.base + self.swing * rhythm + self.jitter * noise
        value = self.floor if value < self.floor else min(value, self.ceiling)
        if self.whole:
            value = float(round(value))
        if not self.spread:
            return Aggregate(self.samples, value * self.samples, value, value)
        reach = min(value * self.spread, self.ceiling - value)
        return Aggregate(self.samples, value * self.samples, value - reach, value + reach)


@dataclass(frozen=True, slots=True)
class Drift:
    """A gauge that moves steadily and starts over: free storage, transaction identifiers."""

    start: float
    per_day: float
    days: int = 30
    shape: Shape = field(default_factory=Even)
    revised: bool = False

    def at(self, second: int, _noise: float, _rhythm: float) -> Aggregate:
        """Always there."""
        value = self.start + self.per_day * ((second / 86400) % self.days)
        return Aggregate(1.0, value, value, value)


@dataclass(frozen=True, slots=True)
class Countdown:
    """Whole days until a moment: certificate expiry."""

    until: int
    shape: Shape = field(default_factory=Even)
    revised: bool = False

    def at(self, second: int, _noise: float, _rhythm: float) -> Aggregate:
        """Always there; never below 0."""
        days = float(max(0, (self.until - second) // 86400))
        return Aggregate(1.0, days, days, days)


@dataclass(frozen=True, slots=True)
class Events:
    """A count of events: whole numbers, each event one sample of value 1 where ``each`` holds.

    Attributes:
        per_minute: At the busiest time.
        idle: The share of it that remains at night.
        sparse: Whether a cell without events is not reported (status codes) or reported as 0 (requests).
        share: The part of the events that this metric counts; so status codes follow the requests.
        each: Whether every event is a sample, or the cell is one sample of the count.
        size: What one event adds.
    """

    per_minute: float
    idle: float = 0.1
    sparse: bool = True
    share: float = 1.0
    each: bool = True
    size: float = 1.0
    shape: Shape = field(default_factory=Even)
    revised: bool = True

    def at(self, _second: int, noise: float, rhythm: float) -> Aggregate | None:
        """None for no events where sparse."""
        rate = self.per_minute * (self.idle + (1.0 - self.idle) * rhythm) * (1.0 + 0.3 * noise) * self.share
        count = float(int(rate))
        if noise * 8191.0 % 1.0 < rate - count:  # the digits of the noise below its leading ones
            count += 1.0
        if count == 0.0:
            return None if self.sparse else Aggregate(1.0, 0.0, 0.0, 0.0)
        total = count * self.size
        return Aggregate(count, total, self.size, self.size) if self.each else Aggregate(1.0, total, total, total)


@dataclass(frozen=True, slots=True)
class Volume:
    """An amount that adds up: bytes, capacity units, time used."""

    per_minute: float
    idle: float = 0.1
    samples: int = 10
    shape: Shape = field(default_factory=Even)
    revised: bool = True

    def at(self, _second: int, noise: float, rhythm: float) -> Aggregate:
        """Always there."""
        total = self.per_minute * (self.idle + (1.0 - self.idle) * rhythm) * (1.0 + 0.2 * noise)
        mean = total / self.samples
        return Aggregate(self.samples, total, mean * 0.5, mean * 1.5)


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds per request: log-normal, one sample for each event of the traffic."""

    median: float
    sigma: float
    traffic: Events
    swing: float = 0.4
    revised: bool = True

    @property
    def shape(self) -> Shape:
        """Log-normal."""
        return LogNormal(self.sigma)

    def at(self, second: int, noise: float, rhythm: float) -> Aggregate | None:
        """None without requests."""
        traffic = self.traffic.at(second, noise, rhythm)
        if traffic is None or traffic.total == 0.0:
            return None
        median = self.median * (1.0 + self.swing * rhythm) * (1.0 + 0.1 * noise)
        reach = math.exp(self.sigma * _extreme(int(traffic.samples)))
        mean = min(median * math.exp(self.sigma * self.sigma / 2), median * reach)
        return Aggregate(traffic.samples, mean * traffic.samples, median / reach, median * reach)


@lru_cache(maxsize=4096)
def _extreme(count: int) -> float:
    """How many deviations the largest of so many samples typically lies from the median."""
    return -_NORMAL.inv_cdf(1.0 / (count + 1))
