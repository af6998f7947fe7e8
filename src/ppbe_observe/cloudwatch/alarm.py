"""The vocabulary of CloudWatch alarms: one definition for CloudWatch, for the daemon and for Prometheus. Pure.

Invariant: what exists could be put into CloudWatch. Limits from the API reference, PutMetricAlarm.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from enum import StrEnum

from ppbe_observe.cloudwatch.definition import DAY, HOUR, MINUTE, Dimensions, Exporter, Metric
from ppbe_observe.errors import DefinitionError
from ppbe_observe.model import Labels

BREACHING_DATAPOINTS = "ppbe_alarm_breaching_datapoints"
REPORTED_DATAPOINTS = "ppbe_alarm_reported_datapoints"
BREACHING_REACH = "ppbe_alarm_breaching_reach_datapoints"
NEWEST = "ppbe_alarm_newest_datapoint"
STATE = "ppbe_alarm_state"
CLOUDWATCH_STATE = "ppbe_alarm_cloudwatch_state"

DISAGREEING = f"{STATE} != on (alarm_name, account_id, region, state) group_left () {CLOUDWATCH_STATE}"
"""Every state that CloudWatch and we see differently. Its own ``for:`` has to outlast late datapoints."""
RETAINED = "1d"
"""How long Prometheus remembers the state of an alarm that ignores missing data: CloudWatch remembers it for ever."""

_SHORT_PERIODS = frozenset({10, 20, 30})  # seconds; else multiples of 60
_WEEK = 7 * DAY
_LONGEST_NAME = 255
_FIELD = re.compile(r"\{([^{}]*)\}")
_TAG_KEY = re.compile(r"[\w .:/=+@-]{1,128}", re.ASCII)
# Printable ASCII without braces, which are fields, and what Terraform or CloudFormation would expand before them.
_NAME = re.compile(r"[ -#&-z|~]+")


class MissingData(StrEnum):
    """What an alarm makes of missing datapoints, in CloudWatch's words (TreatMissingData)."""

    MISSING = "missing"
    NOT_BREACHING = "notBreaching"
    BREACHING = "breaching"
    IGNORE = "ignore"


class Comparison(StrEnum):
    """How a datapoint is compared with the threshold, in CloudWatch's words (ComparisonOperator)."""

    GREATER = "GreaterThanThreshold"
    GREATER_OR_EQUAL = "GreaterThanOrEqualToThreshold"
    LESS = "LessThanThreshold"
    LESS_OR_EQUAL = "LessThanOrEqualToThreshold"


MISSING, NOT_BREACHING, BREACHING, IGNORE = MissingData
GREATER, GREATER_OR_EQUAL, LESS, LESS_OR_EQUAL = Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudWatchAlarm:
    """One alarm on each resource that has its dimensions and the tags that its name wants.

    Attributes:
        name: Its name in CloudWatch (``ppbe-{Environment}-db-cpu``): braces are tag keys of the resource.
        exporter: The exporter that finds the resources, and has the metric.
        metric: As CloudWatch spells it.
        statistic: Any that CloudWatch has; the exporter need not export it.
        comparison: Which side of the threshold breaches it.
        threshold: In CloudWatch's unit: the exporter's scale does not apply.
        period: Length of a datapoint.
        datapoints: M: so many breaching ones are ALARM.
        of: N: among so many.
        missing: What is made of missing ones.
        level: The names of its dimensions.
        topic: The SNS topic that is told of ALARM and OK, a template like the name; none where empty.
    """

    name: str
    exporter: Exporter
    metric: str
    statistic: str
    comparison: Comparison
    threshold: float
    period: timedelta
    datapoints: int
    of: int
    missing: MissingData
    level: Dimensions
    topic: str = ""

    def __post_init__(self) -> None:
        self._check_texts()
        self._check_time()
        self._check_metric()
        if not math.isfinite(self.threshold):
            raise self._wrong(f"the threshold is {self.threshold}; give a number")

    @property
    def key(self) -> str:
        """The name without its fields (``ppbe-db-cpu``): what the definition is called, in the label ``alarm``."""
        return re.sub(r"[-_. /]?\{[^{}]*\}", "", self.name).strip("-_. /")

    @property
    def seconds(self) -> int:
        """The period in seconds."""
        return int(self.period.total_seconds())

    @property
    def fields(self) -> tuple[str, ...]:
        """The tag keys that name and topic want, in their order."""
        return tuple(dict.fromkeys(_FIELD.findall(self.name + self.topic)))

    def named(self, tags: Labels) -> str | None:
        """The name of the alarm on a resource with these tags; None where one that is wanted is missing or empty."""
        known = {key: value for key, value in tags if value}
        return filled(self.name, known.__getitem__) if known.keys() >= set(self.fields) else None

    def breaches(self, value: float) -> bool:
        """Whether a datapoint breaches the threshold."""
        return {
            Comparison.GREATER: value > self.threshold,
            Comparison.GREATER_OR_EQUAL: value >= self.threshold,
            Comparison.LESS: value < self.threshold,
            Comparison.LESS_OR_EQUAL: value <= self.threshold,
        }[self.comparison]

    @property
    def watched(self) -> Exporter:
        """The exporter cut down to what the alarm asks: every resource that has its dimensions, with data or not."""
        metric = Metric(
            self.metric,
            self.statistic,
            help=f"Watched by the alarm {self.key}.",
            period=self.period,
            nil_to_zero=True,  # asked for before its first datapoint; nothing is made 0 of it
            counters=(),
            levels=(self.level,),
        )
        whole = self.exporter
        return Exporter(
            namespace=whole.namespace,
            metrics=(metric,),
            resources=whole.resources,
            dimensions=whole.dimensions,
            static=tuple(each for each in whole.static if {name for name, _ in each} == set(self.level)),
            name=whole.name,
        )

    @property
    def firing(self) -> str:
        """PromQL: the resources on which CloudWatch's verdict is ALARM. Its value is a number of datapoints.

        ``notBreaching`` counts what breaches; ``breaching`` adds what is missing; ``missing`` also fires for breaching
        datapoints that nothing has spoken against for M periods; ``ignore`` takes the last verdict that was decided:
        M breach, or one that was reported does not.
        """
        breaching, reported, reach = (
            f'{metric}{{alarm="{self.key}"}}' for metric in (BREACHING_DATAPOINTS, REPORTED_DATAPOINTS, BREACHING_REACH)
        )
        enough = f">= {self.datapoints}"
        return {
            MissingData.NOT_BREACHING: f"{breaching} {enough}",
            MissingData.BREACHING: f"{breaching} + ({self.of} - {reported}) {enough}",
            MissingData.MISSING: f"{breaching} {enough} or {reach} {enough}",
            MissingData.IGNORE: (
                f"last_over_time(({breaching} {enough} or {breaching} != {reported})[{RETAINED}:1m]) {enough}"
            ),
        }[self.missing]

    @property
    def paging(self) -> str:
        """PromQL: the same resources as ``firing``, with what a page tells: the newest datapoint, in CloudWatch's unit.

        NaN where there is none, as where missing data is what breaches.
        """
        newest = f'{NEWEST}{{alarm="{self.key}"}} and ({self.firing})'
        if self.missing is MissingData.NOT_BREACHING:
            return newest
        return f"{newest} or ({self.firing}) * NaN"

    @property
    def insufficient(self) -> str:
        """PromQL: the resources on which there is not enough data for a verdict."""
        return f'{STATE}{{alarm="{self.key}",state="insufficient_data"}} == 1'

    def _check_texts(self) -> None:
        for what, text in (("name", self.name), ("topic", self.topic)):
            for field in _FIELD.findall(text):
                if not _TAG_KEY.fullmatch(field):
                    raise self._wrong(f"its {what} wants the tag {field!r}; put a tag key into the braces")
            plain = _FIELD.sub("", text)
            if (plain and not _NAME.fullmatch(plain)) or len(text) > _LONGEST_NAME:
                told = f"at most {_LONGEST_NAME} characters of ASCII with {{tag keys}}, without $ and %"
                raise self._wrong(f"its {what} is not {told}")
        if not self.key:
            raise self._wrong("its name is made of tags only; put in what it is about")

    def _check_metric(self) -> None:
        metrics = {each.name: each for each in self.exporter.metrics}
        metric = metrics.get(self.metric)
        if metric is None:
            near = get_close_matches(self.metric, metrics, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise self._wrong(f"exporter of {self.exporter.namespace} has no metric {self.metric}{hint}")
        known = metric.levels or self.exporter.levels
        static = [tuple(name for name, _ in each) for each in self.exporter.static]
        if known and set(self.level) not in [set(each) for each in (*known, *static)]:
            raise self._wrong(f"{self.metric} has no level {self.level}; it has {', '.join(map(str, known))}")
        try:
            _ = self.watched
        except DefinitionError as error:
            raise self._wrong(str(error)) from error

    def _check_time(self) -> None:
        seconds = self.period.total_seconds()
        if seconds not in _SHORT_PERIODS and (seconds < MINUTE.total_seconds() or seconds % MINUTE.total_seconds()):
            raise self._wrong(f"a period of {seconds:g} s; an alarm takes 10, 20, 30 or a multiple of 60")
        if not 1 <= self.datapoints <= self.of:
            raise self._wrong(f"{self.datapoints} of {self.of} datapoints; M is at least 1 and at most N")
        longest = DAY if self.period < HOUR else _WEEK
        if self.of * self.period > longest:
            raise self._wrong(f"{self.of} periods of {seconds:g} s are longer than the {longest.days} days it may take")

    def _wrong(self, what: str) -> DefinitionError:
        return DefinitionError(f"alarm {self.name}: {what}")


def filled(template: str, value: Callable[[str], str]) -> str:
    """The template with every ``{key}`` replaced by what the function makes of the key."""
    return _FIELD.sub(lambda found: value(found[1]), template)
