"""Alarms as CloudWatch takes them (PutMetricAlarm), and how they differ from those that are there. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm, filled
from ppbe_observe.cloudwatch.definition import AVERAGE, MAXIMUM, MINIMUM, SAMPLE_COUNT, SUM
from ppbe_observe.cloudwatch.watching import Watched
from ppbe_observe.model import Facts, Target

Arguments = dict[str, Any]

_BASIC = frozenset({AVERAGE, MAXIMUM, MINIMUM, SAMPLE_COUNT, SUM})
_KEPT = ("AlarmDescription", "InsufficientDataActions", "EvaluateLowSampleCountPercentile")
"""What a definition says nothing about: PutMetricAlarm would forget it."""
_ACTIONS = ("AlarmActions", "OKActions")


class Standing(StrEnum):
    """How an alarm in CloudWatch stands to its definition."""

    SAME = "same"
    DIFFERENT = "different"
    ABSENT = "absent"
    LEFT_OVER = "left over"
    CONTESTED = "contested"


@dataclass(frozen=True, slots=True)
class Difference:
    """A member of the alarm: what it is, and what the definition wants."""

    member: str
    found: Any
    wanted: Any


@dataclass(frozen=True, slots=True)
class Drift:
    """One name of an alarm on a target.

    ``arguments`` are those of the PutMetricAlarm that mends it; empty where nothing is to be done, or nobody can tell
    what.
    """

    name: str
    standing: Standing
    differences: tuple[Difference, ...] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict)


def statistic_of(alarm: CloudWatchAlarm) -> dict[str, str]:
    """The member under which CloudWatch takes the statistic."""
    return {"Statistic" if alarm.statistic in _BASIC else "ExtendedStatistic": alarm.statistic}


def arguments_of(watched: Watched, target: Target) -> Arguments:
    """The arguments of PutMetricAlarm."""
    alarm = watched.alarm
    told: Arguments = {
        "AlarmName": watched.wanted,
        "ActionsEnabled": True,
        "Namespace": watched.stat.namespace,
        "MetricName": alarm.metric,
        **statistic_of(alarm),
        "Dimensions": [{"Name": name, "Value": value} for name, value in sorted(watched.stat.dimensions)],
        "Period": alarm.seconds,
        "EvaluationPeriods": alarm.of,
        "DatapointsToAlarm": alarm.datapoints,
        "Threshold": float(alarm.threshold),
        "ComparisonOperator": alarm.comparison.value,
        "TreatMissingData": alarm.missing.value,
    }
    if alarm.topic:
        topic = filled(alarm.topic, dict(watched.tags).__getitem__)
        arn = f"arn:{target.partition}:sns:{target.region}:{target.account_id}:{topic}"
        told |= {member: [arn] for member in _ACTIONS}
    return told


def drifts(
    wanted: Iterable[Watched], target: Target, existing: Mapping[str, Facts], alarms: Sequence[CloudWatchAlarm]
) -> tuple[Drift, ...]:
    """Every alarm that is wanted or was, by name; ``existing`` are CloudWatch's own, as DescribeAlarms tells them."""
    found = {each.wanted: _drift(each, target, existing.get(each.wanted)) for each in wanted}
    for name in sorted(existing.keys() - found.keys()):
        if any(_pattern(alarm).fullmatch(name) for alarm in alarms):
            found[name] = Drift(name, Standing.LEFT_OVER)
    return tuple(found[name] for name in sorted(found))


def _drift(watched: Watched, target: Target, there: Facts | None) -> Drift:
    if watched.contested:
        return Drift(watched.wanted, Standing.CONTESTED)
    arguments = arguments_of(watched, target)
    if there is None:
        return Drift(watched.wanted, Standing.ABSENT, arguments=arguments)
    differences = tuple(_differences(arguments, there))
    if not differences:
        return Drift(watched.wanted, Standing.SAME)
    kept = {member: there[member] for member in (*_KEPT, *_ACTIONS) if there.get(member)}
    return Drift(watched.wanted, Standing.DIFFERENT, differences, kept | arguments)


def _differences(arguments: Arguments, there: Facts) -> Iterator[Difference]:
    """What CloudWatch leaves out has its default; a unit or a formula that nobody wants is a difference too."""
    unwanted = {"Statistic": None, "ExtendedStatistic": None, "Unit": None, "Metrics": None, "AlarmRule": None}
    defaults = {"TreatMissingData": "missing", "DatapointsToAlarm": there.get("EvaluationPeriods")}
    for member, wanted in {**unwanted, **arguments}.items():
        found = there.get(member, defaults.get(member))
        if _comparable(found) != _comparable(wanted):
            yield Difference(member, found, wanted)


def _comparable(value: Any) -> Any:
    """Lists are sets to CloudWatch; an empty one is none."""
    if isinstance(value, list | tuple):
        return frozenset(tuple(sorted(each.items())) if isinstance(each, Mapping) else each for each in value) or None
    return value


def _pattern(alarm: CloudWatchAlarm) -> re.Pattern[str]:
    """The names that a definition gives; one without fields gives one."""
    return re.compile("(.+)".join(re.escape(part) for part in re.split(r"\{[^{}]*\}", alarm.name)))
