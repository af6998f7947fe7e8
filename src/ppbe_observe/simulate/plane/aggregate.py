"""What CloudWatch knows of one metric over one period: a statistic set, and how it merges. Pure."""

from collections.abc import Iterable
from typing import NamedTuple


class Aggregate(NamedTuple):
    """Sample count, sum, minimum and maximum; and the distinct values with their weights, where kept."""

    samples: float
    total: float
    low: float
    high: float
    values: tuple[tuple[float, float], ...] = ()


def single(value: float) -> Aggregate:
    """One sample."""
    return Aggregate(1.0, value, value, value)


def merge(parts: Iterable[Aggregate]) -> Aggregate | None:
    """The aggregate of all samples of the parts; None of nothing."""
    count = total = 0.0
    low = high = None
    values: list[tuple[float, float]] = []
    for part in parts:
        count += part.samples
        total += part.total
        low = part.low if low is None or part.low < low else low
        high = part.high if high is None or part.high > high else high
        values.extend(part.values)
    if low is None or high is None:
        return None
    return Aggregate(count, total, low, high, tuple(values))
