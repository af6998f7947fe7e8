"""Alarms (CloudWatch). Pure."""

from typing import Any

from ppbe_observe.controls.plan.block import Block
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.telling import Description, Tell, Teller, given, optional, part, told

_METRIC, _COMPOSITE = "aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"
_ACTORS = ("aws_sns_topic", "aws_autoscaling_policy", "aws_appautoscaling_policy", "aws_lambda_function")


def _actions(alarm: Planned) -> list[str]:
    named = alarm.plan.all_named(alarm, "alarm_actions", *_ACTORS)
    return [each.pseudonym if isinstance(each, Planned) else each for each in named]


def _metrics(alarm: Planned) -> list[Any]:
    return [part(each, {"MetricStat": _stat}) for each in alarm.attributes.blocks("metric_query")]


def _stat(query: Block) -> Any:
    block = query.first("metric")
    tellers = {"Namespace": optional("namespace"), "MetricName": told("metric_name")}
    return {"Metric": part(block, tellers)} if block else {}


def _or_none(name: str) -> Tell:
    return lambda alarm: alarm[name]


_OF_BOTH: dict[str, Teller] = {
    "AlarmName": told("alarm_name"),
    "AlarmActions": _actions,
    "ActionsEnabled": given("actions_enabled", otherwise=True),
}

DESCRIPTIONS = (
    Description(
        (_METRIC,),
        "cloudwatch:alarm",
        _OF_BOTH | {"Namespace": _or_none("namespace"), "MetricName": _or_none("metric_name"), "Metrics": _metrics},
    ),
    Description(
        (_COMPOSITE,),
        "cloudwatch:alarm",
        _OF_BOTH | {"Namespace": lambda _: None, "MetricName": lambda _: None, "Metrics": lambda _: ()},
    ),
)
