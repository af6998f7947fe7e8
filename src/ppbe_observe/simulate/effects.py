"""What each incident does to the metrics of its environment. Pure.

An effect takes the cell of a healthy minute and the seconds since the incident began.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ppbe_observe.simulate.plane.aggregate import Aggregate

Effect = Callable[[Aggregate | None, float], Aggregate | None]
Touched = Mapping[tuple[str, str], Effect]

_ALB, _RDS, _ECS, _INSIGHTS = "AWS/ApplicationELB", "AWS/RDS", "AWS/ECS", "ECS/ContainerInsights"
_GIB = float(1 << 30)
_DRAIN = 600.0  # seconds until the storage is nearly full
_FAILED_PER_MINUTE = 15.0  # of each availability zone: 225 in five minutes, where the alarm wants more than 10


def become(value: float) -> Effect:
    """A gauge takes a value; its samples stay as many."""

    def effect(cell: Aggregate | None, _elapsed: float) -> Aggregate:
        return _flat(value, cell)

    return effect


def at_least(value: float) -> Effect:
    """A gauge rises to a value, moving a little with its own load."""

    def effect(cell: Aggregate | None, _elapsed: float) -> Aggregate:
        own = cell.total / cell.samples if cell is not None else 0.0
        return _flat(value + min(own, 100.0) * 0.04, cell)

    return effect


def grow(factor: float) -> Effect:
    """A gauge or latency is multiplied."""

    def effect(cell: Aggregate | None, _elapsed: float) -> Aggregate | None:
        if cell is None:
            return None
        return Aggregate(cell.samples, cell.total * factor, cell.low * factor, cell.high * factor)

    return effect


def more_events(count: float) -> Effect:
    """So many events more in the minute."""

    def effect(cell: Aggregate | None, _elapsed: float) -> Aggregate:
        total = count + (cell.total if cell is not None else 0.0)
        return Aggregate(total, total, 1.0, 1.0)

    return effect


def gone(_cell: Aggregate | None, _elapsed: float) -> None:
    """No datapoint: nothing runs that could report."""


def drain(cell: Aggregate | None, elapsed: float) -> Aggregate | None:
    """Free space falls to 1 GiB within ten minutes and stays there."""
    if cell is None:
        return None
    left = max(0.0, 1.0 - elapsed / _DRAIN)
    return _flat(_GIB + (cell.low - _GIB) * left, cell)


def _flat(value: float, cell: Aggregate | None) -> Aggregate:
    samples = cell.samples if cell is not None else 1.0
    return Aggregate(samples, value * samples, value, value)


EFFECTS: Mapping[str, Touched] = MappingProxyType(
    {
        "db-cpu": {
            (_RDS, "CPUUtilization"): at_least(94.0),
            (_RDS, "DBLoad"): grow(6.0),
            (_RDS, "DBLoadCPU"): grow(9.0),
            (_RDS, "DBLoadRelativeToNumVCPUs"): grow(6.0),
            (_ALB, "TargetResponseTime"): grow(4.0),
        },
        "api-5xx": {
            (_ALB, "HTTPCode_Target_5XX_Count"): more_events(_FAILED_PER_MINUTE),
            (_ALB, "HTTPCode_ELB_5XX_Count"): more_events(_FAILED_PER_MINUTE / 5),
            (_ALB, "HTTPCode_ELB_502_Count"): more_events(_FAILED_PER_MINUTE / 5),
        },
        "api-memory": {
            (_ECS, "MemoryUtilization"): at_least(91.0),
            (_INSIGHTS, "MemoryUtilized"): grow(1.7),
        },
        "db-storage": {(_RDS, "FreeStorageSpace"): drain},
        "api-down": {
            (_ALB, "HealthyHostCount"): become(0.0),
            (_ALB, "UnHealthyHostCount"): become(1.0),
            (_ALB, "TargetResponseTime"): gone,
            (_ALB, "HTTPCode_Target_2XX_Count"): gone,
            (_ALB, "HTTPCode_Target_3XX_Count"): gone,
            (_ALB, "HTTPCode_Target_4XX_Count"): gone,
            (_ALB, "HTTPCode_Target_5XX_Count"): gone,
            (_ALB, "HTTPCode_ELB_5XX_Count"): more_events(_FAILED_PER_MINUTE),
            (_ALB, "HTTPCode_ELB_503_Count"): more_events(_FAILED_PER_MINUTE),
            (_ECS, "CPUUtilization"): gone,
            (_ECS, "MemoryUtilization"): gone,
            (_INSIGHTS, "RunningTaskCount"): become(0.0),
            (_INSIGHTS, "TaskCount"): become(0.0),
            (_INSIGHTS, "CpuUtilized"): gone,
            (_INSIGHTS, "MemoryUtilized"): gone,
        },
    }
)
