"""What asking CloudWatch costs, and what a monthly budget would cut. Pure.

GetMetricData is billed by the metric asked for, ListMetrics and the describe calls are free or cheap enough to
leave out (docs/reference/metrics.md has the source and the day the price was read).
"""

from collections.abc import Iterable
from dataclasses import dataclass

MONTH = 30 * 24 * 3600
"""Seconds of the month that an estimate speaks of."""


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars for a thousand metrics asked of GetMetricData."""

    per_thousand_metrics: float = 0.01

    def of(self, metrics: float) -> float:
        """Dollars for that many metrics."""
        return metrics * self.per_thousand_metrics / 1000


@dataclass(frozen=True, slots=True)
class Load:
    """What one exporter asks of one target in a month."""

    exporter: str
    target: str
    metrics: float
    calls: float
    dollars: float


def affordable(loads: Iterable[Load], monthly_dollars: float | None) -> frozenset[tuple[str, str]]:
    """The (exporter, target) pairs that fit into the budget, taken in the given order until it is used up.

    A pair that does not fit is left out, and a later, cheaper one may still fit. No budget affords everything.
    """
    kept: set[tuple[str, str]] = set()
    total = 0.0
    for load in loads:
        if monthly_dollars is None or total + load.dollars <= monthly_dollars:
            total += load.dollars
            kept.add((load.exporter, load.target))
    return frozenset(kept)
