"""CloudWatch's calls per second, per account and region.

Source: CloudWatch user guide, "CloudWatch service quotas" (the default quotas).
"""

from collections.abc import Mapping
from types import MappingProxyType

from ppbe_observe.simulate.plane.errors import throttled

PER_SECOND: Mapping[str, int] = MappingProxyType(
    {"GetMetricData": 50, "GetMetricStatistics": 400, "ListMetrics": 25, "PutMetricData": 500}
)


class Rates:
    """One bucket for each operation of an account in a region; it holds one second's calls."""

    def __init__(self, per_second: Mapping[str, int] = PER_SECOND) -> None:
        self._per_second = per_second
        self._buckets: dict[tuple[str, str, str], tuple[float, float]] = {}

    def take(self, account: str, region: str, operation: str, now: float) -> None:
        """Take one call.

        Raises:
            ServiceError: Throttling, where none is left.
        """
        rate = float(self._per_second[operation])
        key = (account, region, operation)
        left, at = self._buckets.get(key, (rate, now))
        left = min(rate, left + max(0.0, now - at) * rate)
        if left < 1.0:
            self._buckets[key] = (left, now)
            raise throttled()
        self._buckets[key] = (left - 1.0, now)
