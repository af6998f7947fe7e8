"""Alarms for the tools that deploy them: a Terraform module and a CloudFormation template for one environment. Pure.

Both take what they cannot know as variables: the tags that names want, and the dimensions of the resources. An alarm is
left out where one of its dimensions is not given. Neither names a partition, an account or a region.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import orjson
import yaml

from ppbe_observe.alerting.alarms.putting import statistic_of
from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm, filled
from ppbe_observe.cloudwatch.naming import label_name

_MADE_BY = "Written by `ppbe-observe alarms render`: write it again after a change of alerts/."
_PLACE = "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:"


def as_terraform(alarms: Sequence[CloudWatchAlarm]) -> str:
    """A module in Terraform's JSON syntax."""
    topics = {each.topic for each in alarms if each.topic}
    module: dict[str, Any] = {"//": _MADE_BY, "variable": dict(_variables(alarms))}
    if topics:
        named = {_identifier(topic): {"name": _interpolated(topic)} for topic in sorted(topics)}
        module["data"] = {"aws_sns_topic": named}
    resources = {_identifier(each.key): _terraform_alarm(each) for each in alarms}
    module["resource"] = {"aws_cloudwatch_metric_alarm": resources}
    return orjson.dumps(module, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def as_cloudformation(alarms: Sequence[CloudWatchAlarm]) -> str:
    """A template in YAML."""
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": _MADE_BY,
        "Parameters": dict(_parameters(alarms)),
        "Conditions": {_condition(each): _given(each) for each in alarms if each.level},
        "Resources": {_logical(each.key): _cloudformation_alarm(each) for each in alarms},
    }
    return yaml.safe_dump({name: part for name, part in template.items() if part}, sort_keys=False, width=120)


def _fields(alarms: Iterable[CloudWatchAlarm]) -> dict[str, None]:
    return dict.fromkeys(field for alarm in alarms for field in alarm.fields)


def _dimensions(alarms: Iterable[CloudWatchAlarm]) -> dict[str, None]:
    return dict.fromkeys(name for alarm in alarms for name in alarm.level)


def _variables(alarms: Sequence[CloudWatchAlarm]) -> Iterator[tuple[str, dict[str, Any]]]:
    for field in _fields(alarms):
        yield label_name("tag", field, snake=True), {"type": "string", "description": f"The tag {field}, in names."}
    for name in _dimensions(alarms):
        told = f"The dimension {name}; null leaves out the alarms that have it."
        yield label_name("dimension", name, snake=True), {"type": "string", "default": None, "description": told}


def _terraform_alarm(alarm: CloudWatchAlarm) -> dict[str, Any]:
    given = [f"var.{label_name('dimension', name, snake=True)}" for name in alarm.level]
    wanted = " && ".join(f"{each} != null" for each in given) or "true"
    ((kind, statistic),) = statistic_of(alarm).items()
    actions = [f"${{data.aws_sns_topic.{_identifier(alarm.topic)}.arn}}"] if alarm.topic else []
    told: dict[str, Any] = {
        "count": f"${{{wanted} ? 1 : 0}}",
        "alarm_name": _interpolated(alarm.name),
        "namespace": alarm.exporter.namespace,
        "metric_name": alarm.metric,
        "statistic" if kind == "Statistic" else "extended_statistic": statistic,
        "dimensions": {name: f"${{{each}}}" for name, each in zip(alarm.level, given, strict=True)},
        "period": alarm.seconds,
        "evaluation_periods": alarm.of,
        "datapoints_to_alarm": alarm.datapoints,
        "comparison_operator": alarm.comparison.value,
        "threshold": alarm.threshold,
        "treat_missing_data": alarm.missing.value,
    }
    return told | ({"alarm_actions": actions, "ok_actions": actions} if actions else {})


def _interpolated(template: str) -> str:
    return filled(template, lambda field: f"${{var.{label_name('tag', field, snake=True)}}}")


def _identifier(text: str) -> str:
    """``ppbe_db_cpu``; fields are left out."""
    plain = re.sub(r"[^A-Za-z0-9]+", "_", filled(text, lambda _: "")).strip("_").lower()
    return plain if plain[:1].isalpha() else f"_{plain}"


def _parameters(alarms: Sequence[CloudWatchAlarm]) -> Iterator[tuple[str, dict[str, Any]]]:
    for field in _fields(alarms):
        yield _logical("Tag", field), {"Type": "String", "Description": f"The tag {field}, in names."}
    for name in _dimensions(alarms):
        told = f"The dimension {name}; without it, alarms that have it are left out."
        yield _logical("Dimension", name), {"Type": "String", "Default": "", "Description": told}


def _condition(alarm: CloudWatchAlarm) -> str:
    return f"{_logical(alarm.key)}Wanted"


def _given(alarm: CloudWatchAlarm) -> dict[str, Any]:
    """Whether every dimension has a value."""
    each = [{"Fn::Not": [{"Fn::Equals": [{"Ref": _logical("Dimension", name)}, ""]}]} for name in alarm.level]
    return each[0] if len(each) == 1 else {"Fn::And": each}


def _cloudformation_alarm(alarm: CloudWatchAlarm) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "AlarmName": _substituted(alarm.name),
        "Namespace": alarm.exporter.namespace,
        "MetricName": alarm.metric,
        **statistic_of(alarm),
        "Dimensions": [{"Name": name, "Value": {"Ref": _logical("Dimension", name)}} for name in alarm.level],
        "Period": alarm.seconds,
        "EvaluationPeriods": alarm.of,
        "DatapointsToAlarm": alarm.datapoints,
        "ComparisonOperator": alarm.comparison.value,
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.missing.value,
    }
    if alarm.topic:
        # Each its own object: YAML would make an alias of a second mention, which CloudFormation refuses.
        topic = _PLACE + filled(alarm.topic, _parameter)
        properties |= {"AlarmActions": [{"Fn::Sub": topic}], "OKActions": [{"Fn::Sub": topic}]}
    wanted = {"Condition": _condition(alarm)} if alarm.level else {}
    return {"Type": "AWS::CloudWatch::Alarm", **wanted, "Properties": properties}


def _substituted(template: str) -> Any:
    """The text with its tags as parameters; plain where there is nothing to fill in."""
    text = filled(template, _parameter)
    return text if text == template else {"Fn::Sub": text}


def _parameter(field: str) -> str:
    return f"${{{_logical('Tag', field)}}}"


def _logical(*words: str) -> str:
    """``PpbeDbCpu`` for ``ppbe-db-cpu``: logical ids have letters and digits only."""
    parts = (part for word in words for part in re.split(r"[^A-Za-z0-9]+", word))
    return "".join(part[:1].upper() + part[1:] for part in parts)
