"""Time windows of questions to CloudWatch. Pure: the time is handed in.

Invariants: both ends of a window are multiples of the period (GetMetricData answers aligned windows faster and
never with a partial datapoint at an end); the end is never later than ``now - delay``.
"""

from dataclasses import dataclass

from ppbe_observe.cloudwatch.query import MetricStat

CATCH_UP = 24 * 3600
"""How far back, in seconds, an accumulated counter asks for what it missed while nobody was collecting."""


@dataclass(frozen=True, slots=True)
class Window:
    """Datapoints that start at ``start`` or later and before ``end``; seconds since the epoch."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """One MetricStat over one window."""

    stat: MetricStat
    window: Window

    @property
    def datapoints(self) -> int:
        """How many datapoints the answer can hold."""
        return (self.window.end - self.window.start) // self.stat.period


def window_at(now: float, *, period: int, delay: int, lookback: int) -> Window:
    """The window whose last datapoint ended at least ``delay`` seconds ago; all lengths in seconds."""
    end = int(now - delay) // period * period
    return Window(start=(end - lookback) // period * period, end=end)


def since(window: Window, covered: int, period: int) -> Window:
    """The same window, begun early enough to join on to what was ``covered`` before, up to CATCH_UP."""
    if covered <= 0 or covered >= window.start:
        return window
    earliest = (window.end - CATCH_UP) // period * period
    return Window(start=max(covered // period * period, min(earliest, window.start)), end=window.end)
