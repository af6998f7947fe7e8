"""What becomes a metric: samples, families, snapshots. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from ppbe_observe.model.resources import Failure, Labels, Resource, Target


class Kind(StrEnum):
    """The type of a metric family in Prometheus' text format."""

    GAUGE = "gauge"
    COUNTER = "counter"


class Sample(NamedTuple):
    """One value of one series."""

    labels: Labels
    value: float


@dataclass(frozen=True, slots=True)
class Family:
    """All samples of one metric name. The name of a counter includes ``_total``."""

    name: str
    kind: Kind
    help: str
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that one run of one exporter on one target saw.

    ``newest_datapoint`` is the end of the newest one, None where none was ever seen; ``metrics_requested`` is how
    many metrics were asked of GetMetricData, which is what AWS bills; ``stale_series`` how many series are withheld
    for their age.
    """

    exporter: str
    target: Target
    at: datetime
    families: tuple[Family, ...]
    resources: tuple[Resource, ...] = ()
    failures: tuple[Failure, ...] = ()
    newest_datapoint: datetime | None = None
    metrics_requested: int = 0
    stale_series: int = 0

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for was seen."""
        return not self.failures
