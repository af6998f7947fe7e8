"""Basic and extended statistics, by the names of GetMetricData. Pure.

Source: CloudWatch user guide, "CloudWatch statistics definitions".
"""

import re
from collections.abc import Callable
from functools import lru_cache

from ppbe_observe.simulate.plane.aggregate import Aggregate
from ppbe_observe.simulate.plane.shapes import Shape, rank_of, samples_up_to, trimmed_mean, winsorized_mean

Statistic = Callable[[Aggregate, Shape], float]

_BASIC: dict[str, Statistic] = {
    "Average": lambda aggregate, _: aggregate.total / aggregate.samples,
    "Sum": lambda aggregate, _: aggregate.total,
    "Minimum": lambda aggregate, _: aggregate.low,
    "Maximum": lambda aggregate, _: aggregate.high,
    "SampleCount": lambda aggregate, _: aggregate.samples,
}
_PERCENTILE = re.compile(r"p(\d{1,3}(?:\.\d{1,10})?)")
_SHORT = re.compile(r"(tm|wm|tc|ts)(\d{1,2}(?:\.\d{1,10})?)")
_LONG = re.compile(r"(TM|WM|TC|TS)\((?:(\d*\.?\d*)%)?:(?:(\d*\.?\d*)%)?\)")
_ABSOLUTE = re.compile(r"(TM|WM|TC|TS|PR)\((\d*\.?\d*):(\d*\.?\d*)\)")


@lru_cache(maxsize=1024)
def statistic_named(name: str) -> Statistic | None:
    """The function for a statistic; None where CloudWatch has no statistic of that name."""
    if basic := _BASIC.get(name):
        return basic
    if name == "IQM":
        return _between("TM", 0.25, 0.75)
    if match := _PERCENTILE.fullmatch(name):
        return _percentile(float(match[1]))
    return _trimmed(name)


def _trimmed(name: str) -> Statistic | None:
    """Trimmed and winsorized statistics, between ranks or between values."""
    if match := _SHORT.fullmatch(name):
        return _between(match[1].upper(), 0.0, float(match[2]) / 100)
    if (match := _LONG.fullmatch(name)) and (match[2] or match[3]):
        return _between(match[1], float(match[2] or 0) / 100, float(match[3] or 100) / 100)
    if (match := _ABSOLUTE.fullmatch(name)) and (match[2] or match[3]):
        return _within(match[1], float(match[2] or "-inf"), float(match[3] or "inf"))
    return None


def _percentile(rank: float) -> Statistic | None:
    if rank > 100:  # noqa: PLR2004 - percent
        return None
    return lambda aggregate, shape: shape.quantile(aggregate, rank / 100)


def _between(kind: str, low: float, high: float) -> Statistic | None:
    """A trimmed mean, winsorized mean, trimmed count or trimmed sum between two ranks."""
    if not 0 <= low < high <= 1:
        return None
    ranks = (low, high)
    return {
        "TM": lambda aggregate, shape: trimmed_mean(shape, aggregate, ranks),
        "WM": lambda aggregate, shape: winsorized_mean(shape, aggregate, ranks),
        "TC": lambda aggregate, _: aggregate.samples * (high - low),
        "TS": lambda aggregate, shape: trimmed_mean(shape, aggregate, ranks) * aggregate.samples * (high - low),
    }[kind]


def _within(kind: str, low: float, high: float) -> Statistic | None:
    """The same between two values, the lower one excluded; PR is the percentage of samples between them."""
    if low >= high:
        return None
    if kind == "TC":
        return lambda aggregate, shape: samples_up_to(shape, aggregate, high) - samples_up_to(shape, aggregate, low)

    def value(aggregate: Aggregate, shape: Shape) -> float:
        first = rank_of(shape, aggregate, low) if low >= aggregate.low else 0.0
        last = rank_of(shape, aggregate, high)
        if kind == "PR":
            return 100.0 * (last - first)
        if last <= first:
            return 0.0
        inner = _between(kind, first, last)
        return inner(aggregate, shape) if inner is not None else 0.0

    return value
