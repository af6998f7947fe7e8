"""Which AWS operations exporters, alarms and checks declare that they call. Pure."""

from collections.abc import Iterable

from ppbe_observe.aws.gather.tags import GET_RESOURCES
from ppbe_observe.aws.services import GATHERERS, operations_of
from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm
from ppbe_observe.cloudwatch.definition import Exporter
from ppbe_observe.collect.alarms import KIND
from ppbe_observe.controls.check import Check


def calls_of_check(check: Check) -> tuple[str, ...]:
    """Every operation that a check depends on, as ``service:Operation``; those that only tell tags left out."""
    listed = (operation for kind in (check.on, *check.uses) for operation in operations_of(kind))
    return tuple(dict.fromkeys((*listed, *check.needs)))


def calls_of_exporter(exporter: Exporter) -> tuple[str, ...]:
    """Every operation that an exporter takes."""
    metrics = ["cloudwatch:GetMetricData"] if exporter.metrics else []
    metrics += ["cloudwatch:ListMetrics"] if exporter.metrics and not exporter.static else []
    listed = (operation for kind in exporter.kinds for operation in operations_of(kind))
    return tuple(dict.fromkeys((*metrics, *listed, *tags_of(exporter.kinds))))


def calls_of_alarm(alarm: CloudWatchAlarm) -> tuple[str, ...]:
    """Every operation that evaluating an alarm takes, and comparing it with CloudWatch's own."""
    return tuple(dict.fromkeys((*calls_of_exporter(alarm.watched), *operations_of(KIND))))


def tags_of(kinds: Iterable[str]) -> tuple[str, ...]:
    """The operation that tells the tags of these kinds, where their own listings do not."""
    wanted = set(kinds)
    tagged = any(each.tagged_as and not wanted.isdisjoint(each.kinds) for each in GATHERERS)
    return (GET_RESOURCES,) if tagged else ()
