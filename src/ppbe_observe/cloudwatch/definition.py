"""The vocabulary of ``exporters/``: what to gather, declared. Pure.

An exporter says which CloudWatch namespace it reads, how its resources are found, under which dimensions
the metrics are filed and which statistics of each metric are wanted. Everything else follows.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from ppbe_observe.cloudwatch.naming import counter_name, gauge_name, info_name, namespace_prefix
from ppbe_observe.errors import DefinitionError
from ppbe_observe.model import Labels

MINUTE = timedelta(minutes=1)
FIVE_MINUTES = timedelta(minutes=5)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

AVERAGE = "Average"
MAXIMUM = "Maximum"
MINIMUM = "Minimum"
SUM = "Sum"
SAMPLE_COUNT = "SampleCount"

_BASIC = frozenset({AVERAGE, MAXIMUM, MINIMUM, SUM, SAMPLE_COUNT})
# Percentiles, and the trimmed, winsorized and rank statistics with their short and long forms: the CloudWatch
# user guide, "CloudWatch statistics definitions".
_EXTENDED = re.compile(
    r"p(?:100(?:\.0+)?|\d{1,2}(?:\.\d{1,10})?)|IQM|(?:tm|wm|tc|ts)\d{1,2}(?:\.\d{1,10})?|(?:TM|WM|TC|TS|PR)\([0-9.%]*:[0-9.%]*\)"
)
# What adds up over periods: a sum, and the number of datapoints, of all or of those between two values. Between two
# percentages it does not, nor does a mean.
_ADDS_UP = re.compile(r"Sum|SampleCount|TC\([0-9.]*:[0-9.]*\)")
_SUB_MINUTE_PERIODS = frozenset({1, 5, 10, 20, 30})  # seconds; GetMetricData takes these or multiples of 60

Dimensions = tuple[str, ...]


def percentiles(*ranks: float) -> tuple[str, ...]:
    """``percentiles(50, 99.9)`` is ``("p50", "p99.9")``."""
    return tuple(f"p{rank:g}" for rank in ranks)


@dataclass(frozen=True, slots=True, init=False)
class Metric:
    """One CloudWatch metric and the statistics wanted of it.

    Attributes:
        name: As CloudWatch spells it (``CPUUtilization``).
        statistics: Basic or extended ones (``Average``, ``p99.9``, ``TM(10%:90%)``).
        help: What it means and in which unit, for people: the HELP line.
        period: Length of a datapoint; the exporter's where None.
        delay: How long after its end a datapoint is first asked for; the exporter's where None.
        nil_to_zero: No datapoint means 0 (counts of events that CloudWatch does not report when there are none).
            Only ever applied to a successful, complete answer.
        scale: Factor from CloudWatch's unit to the base unit (milliseconds to seconds: 0.001).
        counters: The statistics that are also accumulated as ``_total``: sums and numbers of datapoints
            (``SampleCount``, ``TC(:0.5)``). By default the Sum.
        levels: The dimension sets at which this metric exists; the exporter's where empty.
    """

    name: str
    statistics: tuple[str, ...]
    help: str
    period: timedelta | None
    delay: timedelta | None
    nil_to_zero: bool
    scale: float
    counters: tuple[str, ...]
    levels: tuple[Dimensions, ...]

    def __init__(
        self,
        name: str,
        *statistics: str,
        help: str,  # noqa: A002 - the word of the text format
        period: timedelta | None = None,
        delay: timedelta | None = None,
        nil_to_zero: bool = False,
        scale: float = 1.0,
        counters: tuple[str, ...] | None = None,
        levels: tuple[Dimensions, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, "name", name)
        put(self, "statistics", statistics)
        put(self, "help", help)
        put(self, "period", period)
        put(self, "delay", delay)
        put(self, "nil_to_zero", nil_to_zero)
        put(self, "scale", scale)
        put(self, "counters", tuple({SUM} & {*statistics}) if counters is None else counters)
        put(self, "levels", levels)
        self._check()

    def _check(self) -> None:
        if not self.statistics:
            raise DefinitionError(f"metric {self.name}: name at least one statistic, such as AVERAGE or 'p99'")
        for statistic in self.statistics:
            if statistic not in _BASIC and not _EXTENDED.fullmatch(statistic):
                raise DefinitionError(f"metric {self.name}: CloudWatch has no statistic {statistic!r}")
        if len(set(self.statistics)) != len(self.statistics):
            raise DefinitionError(f"metric {self.name}: a statistic is named twice")
        for statistic in self.counters:
            if statistic not in self.statistics:
                raise DefinitionError(f"metric {self.name}: a counter of {statistic}, not among its statistics")
            if not _ADDS_UP.fullmatch(statistic):
                raise DefinitionError(
                    f"metric {self.name}: {statistic} does not add up over periods; accumulate SUM, SAMPLE_COUNT or a "
                    "count between two values, such as 'TC(:0.5)'"
                )
        if not self.help.strip():
            raise DefinitionError(f"metric {self.name}: help is missing; say what it means and in which unit")
        if self.period is not None:
            check_period(f"metric {self.name}", self.period)


@dataclass(frozen=True, slots=True)
class Fact:
    """A number taken from what a describe call returned, exported as ``aws_<namespace>_<name>``.

    Attributes:
        key: Path into the facts, dots between the steps (``Endpoint.Port``). A number is taken as it is, a
            boolean as 0 or 1, a time as seconds since the epoch, a list as its length; anything else, or nothing,
            is absent.
        name: The end of the metric name, with its base unit (``allocated_storage_bytes``).
        help: The HELP line.
        scale: Factor to the base unit.
        kind: The kind of resource that has it; every kind of the exporter where None.
    """

    key: str
    name: str
    help: str
    scale: float = 1.0
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """One subject: a CloudWatch namespace, its resources and its metrics.

    Attributes:
        namespace: ``AWS/RDS``.
        metrics: What is wanted of it. A metric may be there twice, with different statistics at different levels.
        resources: The kinds of resource it is about (``rds:db``), found by describe calls; the first kind that
            matches a metric's dimensions gives its ``name`` label. Without kinds, ListMetrics alone tells what
            there is, and every series is called after the exporter.
        dimensions: The sets of dimension names that are exported: one set, or several. ``((),)`` is the metric
            without dimensions. Where empty, all that ListMetrics shows.
        static: Dimension sets with their values, for metrics that are asked for without looking: no discovery.
        period: Length of a datapoint.
        interval: How often it is collected; the shortest period among its metrics where None, never under 60 s.
        delay: How long after its end a datapoint is first asked for.
        lookback: How far back each question reaches, so that late and revised datapoints are seen, and how old
            the newest datapoint may be before its series is dropped; see ``lookback_of``.
        info: Labels of ``aws_<namespace>_info`` and the facts they carry (``{"engine": "Engine"}``).
        facts: Numbers of the facts that become gauges.
        name: The subject; the loader takes it from the file's name where it is empty.
    """

    namespace: str
    metrics: tuple[Metric, ...]
    resources: tuple[str, ...] | str = ()
    dimensions: Dimensions | tuple[Dimensions, ...] = ()
    static: tuple[Labels, ...] = ()
    period: timedelta = MINUTE
    interval: timedelta | None = None
    delay: timedelta = MINUTE
    lookback: timedelta | None = None
    info: Mapping[str, str] = field(default_factory=dict, hash=False)
    facts: tuple[Fact, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        check_period(f"exporter of {self.namespace}", self.period)
        names = [f"{metric.name} ({each})" for metric in self.metrics for each in metric.statistics]
        if repeated := {name for name in names if names.count(name) > 1}:
            raise DefinitionError(f"exporter of {self.namespace}: {', '.join(sorted(repeated))} is declared twice")
        if self.static and self.resources:
            raise DefinitionError(f"exporter of {self.namespace}: give static dimensions or resources, not both")

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of resource, as a tuple."""
        return (self.resources,) if isinstance(self.resources, str) else self.resources

    @property
    def levels(self) -> tuple[Dimensions, ...]:
        """The sets of dimension names that are exported; none means all."""
        names = tuple(each for each in self.dimensions if isinstance(each, str))
        return (names,) if names else tuple(each for each in self.dimensions if isinstance(each, tuple))

    def period_of(self, metric: Metric) -> timedelta:
        """The length of one datapoint."""
        return metric.period or self.period

    def delay_of(self, metric: Metric) -> timedelta:
        """How long after its end a datapoint is first asked for."""
        return self.delay if metric.delay is None else metric.delay

    def lookback_of(self, metric: Metric) -> timedelta:
        """Ten minutes or four periods, whichever is longer, unless declared."""
        return self.lookback or max(10 * MINUTE, 4 * self.period_of(metric))

    @property
    def every(self) -> timedelta:
        """How often it is collected."""
        shortest = min((self.period_of(metric) for metric in self.metrics), default=FIVE_MINUTES)
        return self.interval or max(MINUTE, shortest)

    def series_name(self, metric: str, statistic: str) -> str:
        """The name under which a statistic is exported; rules and panels take it from here.

        Raises:
            DefinitionError: This exporter does not export that statistic.
        """
        if not any(statistic in each.statistics for each in self._declared(metric)):
            raise DefinitionError(f"exporter {self.name or self.namespace}: {metric} is not exported with {statistic}")
        return gauge_name(self.namespace, metric, statistic)

    def counter_name(self, metric: str, statistic: str = SUM) -> str:
        """The name of the accumulated counter of a statistic.

        Raises:
            DefinitionError: This exporter does not accumulate that.
        """
        if not any(statistic in each.counters for each in self._declared(metric)):
            raise DefinitionError(
                f"exporter {self.name or self.namespace}: {metric} has no accumulated counter of {statistic}"
            )
        return counter_name(self.namespace, metric, statistic)

    def fact_name(self, fact: Fact) -> str:
        """The name under which a fact is exported."""
        return f"{namespace_prefix(self.namespace)}_{fact.name}"

    def family_names(self) -> Iterator[str]:
        """Every metric name that this exporter can emit."""
        for metric in self.metrics:
            yield from (gauge_name(self.namespace, metric.name, each) for each in metric.statistics)
            yield from (counter_name(self.namespace, metric.name, each) for each in metric.counters)
        yield from (self.fact_name(fact) for fact in self.facts)
        if self.kinds:
            yield info_name(self.namespace)

    def _declared(self, name: str) -> tuple[Metric, ...]:
        found = tuple(metric for metric in self.metrics if metric.name == name)
        if not found:
            raise DefinitionError(f"exporter {self.name or self.namespace}: no metric {name}; add it to its file")
        return found


def check_period(what: str, period: timedelta) -> None:
    """GetMetricData takes 1, 5, 10, 20, 30 seconds or a multiple of 60 (API reference, MetricStat.Period).

    Raises:
        DefinitionError: The period is none of these.
    """
    seconds = period.total_seconds()
    if seconds not in _SUB_MINUTE_PERIODS and (seconds < 60 or seconds % 60):  # noqa: PLR2004 - said above
        raise DefinitionError(f"{what}: a period of {seconds:g} s; CloudWatch takes 1, 5, 10, 20, 30 or n x 60 s")
