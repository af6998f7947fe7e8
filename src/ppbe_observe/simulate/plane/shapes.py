"""How the samples of a period are spread between their minimum and maximum: what percentiles rest on. Pure.

Invariants: a quantile never decreases with its rank and never leaves [minimum, maximum]; so p50 <= p90 <= p99
<= Maximum holds for every metric, whatever its shape.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Protocol

from ppbe_observe.simulate.plane.aggregate import Aggregate

_NORMAL = NormalDist()
_STEPS = 64  # slices of the rank scale over which a trimmed mean is integrated


class Shape(Protocol):
    """A family of distributions, fitted to an aggregate."""

    def quantile(self, aggregate: Aggregate, rank: float) -> float:
        """The value below which the share ``rank`` (0 to 1) of the samples lies."""
        ...


@dataclass(frozen=True, slots=True)
class Even:
    """Samples spread evenly: gauges such as utilisation."""

    def quantile(self, aggregate: Aggregate, rank: float) -> float:
        """Linear between the extremes."""
        return min(aggregate.high, aggregate.low + (aggregate.high - aggregate.low) * rank)  # rounding


@dataclass(frozen=True, slots=True)
class LogNormal:
    """Samples with a long right tail: latencies. ``sigma`` is the spread of their logarithms."""

    sigma: float

    def quantile(self, aggregate: Aggregate, rank: float) -> float:
        """The log-normal with the aggregate's mean, cut at its extremes."""
        if rank <= 0.0:
            return aggregate.low
        if rank >= 1.0:
            return aggregate.high
        mean = aggregate.total / aggregate.samples
        value = mean * math.exp(self.sigma * _deviate(rank) - self.sigma * self.sigma / 2)
        return min(max(value, aggregate.low), aggregate.high)


@dataclass(frozen=True, slots=True)
class Observed:
    """Samples that were published one by one: the values themselves."""

    def quantile(self, aggregate: Aggregate, rank: float) -> float:
        """The smallest value that at least ``rank`` of the weight does not exceed.

        A statistic set hides its samples; they are taken to be spread evenly (AWS gives no percentile then).
        """
        values = sorted(aggregate.values)
        if not values:
            return Even().quantile(aggregate, rank)
        wanted = rank * sum(weight for _, weight in values)
        seen = 0.0
        for value, weight in values:
            seen += weight
            if seen >= wanted:
                return value
        return aggregate.high


def trimmed_mean(shape: Shape, aggregate: Aggregate, ranks: tuple[float, float]) -> float:
    """The mean of the samples between two ranks."""
    low, high = ranks
    width = (high - low) / _STEPS
    middles = (low + (step + 0.5) * width for step in range(_STEPS))
    return math.fsum(shape.quantile(aggregate, rank) for rank in middles) / _STEPS


def winsorized_mean(shape: Shape, aggregate: Aggregate, ranks: tuple[float, float]) -> float:
    """The mean when samples outside two ranks are moved to their values."""
    low, high = ranks
    inner = trimmed_mean(shape, aggregate, ranks) * (high - low)
    return inner + shape.quantile(aggregate, low) * low + shape.quantile(aggregate, high) * (1 - high)


def rank_of(shape: Shape, aggregate: Aggregate, value: float) -> float:
    """The share of the samples that do not exceed a value."""
    if isinstance(shape, Observed) and aggregate.values:
        return samples_up_to(shape, aggregate, value) / sum(weight for _, weight in aggregate.values)
    if value >= aggregate.high:
        return 1.0
    if value < aggregate.low:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(40):  # halvings: finer than a float of a percentage needs
        middle = (low + high) / 2
        if shape.quantile(aggregate, middle) <= value:
            low = middle
        else:
            high = middle
    return low


def samples_up_to(shape: Shape, aggregate: Aggregate, value: float) -> float:
    """How many samples do not exceed a value: a whole number, unless a fraction of a sample was published."""
    if isinstance(shape, Observed) and aggregate.values:
        return math.fsum(weight for sample, weight in aggregate.values if sample <= value)
    if value >= aggregate.high:
        return aggregate.samples
    return float(round(aggregate.samples * rank_of(shape, aggregate, value)))


@lru_cache(maxsize=1024)
def _deviate(rank: float) -> float:
    return _NORMAL.inv_cdf(rank)
