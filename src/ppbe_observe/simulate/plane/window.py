"""Which periods a question covers: rounding and retention as CloudWatch documents them. Pure.

Source: API reference, GetMetricData and GetMetricStatistics, StartTime; user guide, "Metrics retention".
"""

from dataclasses import dataclass

from ppbe_observe.simulate.plane.errors import ServiceError, validation

MINUTE = 60
HOUR = 3600
DAY = 86400
SUB_MINUTE = frozenset({1, 5, 10, 20, 30})


@dataclass(frozen=True, slots=True)
class Window:
    """The time asked for, in seconds since the epoch: ``start`` inclusive, ``end`` exclusive."""

    start: float
    end: float
    now: float

    def periods(self, length: int) -> range:
        """The starts of the periods, counted off from the rounded start, that are kept and not in the future."""
        begin = int(self._rounded(length))
        too_old = max(0, int(self.now) - kept_for(length) - begin)
        first = begin - -too_old // length * length
        return range(first, max(first, -int(-min(self.end, self.now) // 1)), length)

    def _rounded(self, length: int) -> float:
        age = self.now - self.start
        unit = MINUTE if age < 15 * DAY else 5 * MINUTE if age < 63 * DAY else HOUR
        if length in SUB_MINUTE and age < 3 * HOUR:
            unit = length
        return self.start // unit * unit


def kept_for(period: int) -> int:
    """How long datapoints of a period are kept, in seconds."""
    if period < MINUTE:
        return 3 * HOUR
    if period < 5 * MINUTE:
        return 15 * DAY
    return 63 * DAY if period < HOUR else 455 * DAY


def check_period(period: object) -> int:
    """The period, or what CloudWatch says of one that it does not take."""
    if isinstance(period, bool) or not isinstance(period, int) or period < 1:
        raise _bad_period(period)
    if period not in SUB_MINUTE and period % MINUTE:
        raise _bad_period(period)
    return period


def _bad_period(period: object) -> ServiceError:
    return validation(
        f"The value {period} for parameter Period is invalid: it must be 1, 5, 10, 20, 30 or a multiple of 60"
    )
