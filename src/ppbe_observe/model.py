"""The words of the design, as immutable values. Pure: no I/O, no clock.

Invariants: a value never changes after it was built; every time is aware and in UTC; a failure is part
of what was seen, so that a snapshot with failures is never mistaken for a whole one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

Labels = tuple[tuple[str, str], ...]
"""Label names with their values, not yet escaped. The exposition sorts them by name and leaves out empty values."""

Facts = Mapping[str, Any]
"""What an AWS describe call returned for one resource, under AWS's own names."""


@dataclass(frozen=True, slots=True)
class Role:
    """An IAM role to assume (STS AssumeRole)."""

    arn: str
    external_id: str | None = None
    session_name: str = "ppbe-observe"


@dataclass(frozen=True, slots=True)
class Target:
    """One AWS account in one region, with the role to assume there."""

    account_id: str
    region: str
    partition: str = "aws"
    role: Role | None = None
    profile: str | None = None
    fips: bool = False

    @property
    def name(self) -> str:
        """``account/region``: how logs, spans and the command line name the target."""
        return f"{self.account_id}/{self.region}"


@dataclass(frozen=True, slots=True)
class Resource:
    """One AWS thing, with its facts as AWS returned them.

    ``kind`` is ``service:type`` as in its ARN (``rds:db``). ``dimensions`` are those under which CloudWatch
    files its metrics, ``aliases`` further ones, of parts that may not be resources of their own (the nodes of a
    replication group).
    """

    arn: str
    kind: str
    target: Target
    dimensions: Labels = ()
    tags: Labels = ()
    aliases: tuple[Labels, ...] = ()
    facts: Facts = field(default_factory=dict, hash=False)


class Reason(StrEnum):
    """Why something could not be seen. These words are label values: they do not change."""

    THROTTLED = "throttled"
    DENIED = "denied"
    EXPIRED = "expired"
    SKEWED = "skewed"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    SERVER = "server"
    PARTIAL = "partial"
    MALFORMED = "malformed"
    UNSUPPORTED = "unsupported"
    REJECTED = "rejected"
    BUDGET = "budget"
    STATE = "state"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that could not be seen: the reason, the AWS operation, and what AWS said."""

    reason: Reason
    operation: str
    detail: str

    def __str__(self) -> str:
        return f"{self.operation}: {self.reason}: {self.detail}"


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
