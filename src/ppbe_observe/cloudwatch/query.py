"""What is asked of CloudWatch and what it answers, as values. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

from ppbe_observe.model import Failure, Labels


@dataclass(frozen=True, slots=True)
class MetricStat:
    """One statistic of one metric: an entry of GetMetricData's MetricDataQueries. ``period`` is in seconds."""

    namespace: str
    metric: str
    dimensions: Labels
    statistic: str
    period: int


class Datapoint(NamedTuple):
    """The statistic over one period; ``at`` is the period's start, in seconds since the epoch."""

    at: int
    value: float


class Answer(NamedTuple):
    """The datapoints of one MetricStat, oldest first; with a failure they may be incomplete."""

    datapoints: tuple[Datapoint, ...] = ()
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class ListedMetric:
    """One entry of ListMetrics."""

    name: str
    dimensions: Labels
