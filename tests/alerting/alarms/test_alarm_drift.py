"""What PutMetricAlarm is told of an alarm, and how one that is there differs from it."""

from typing import Any

import pytest

from ppbe_observe.alerting.alarms.putting import Drift, Standing, arguments_of, drifts
from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm
from ppbe_observe.cloudwatch.selection import Labelling
from ppbe_observe.cloudwatch.watching import Watched, settled, watched
from ppbe_observe.model import Resource, Target
from support.alarms import alarm

TARGET = Target("123456789012", "us-gov-west-1", "aws-us-gov")
TOPIC = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:ppbe-production-alerts"
DECLARED = alarm(topic="ppbe-{Environment}-alerts")
NAME = "ppbe-production-db-cpu"
THERE: dict[str, Any] = {
    "AlarmName": NAME,
    "ActionsEnabled": True,
    "Namespace": "AWS/RDS",
    "MetricName": "CPUUtilization",
    "Statistic": "Average",
    "Dimensions": [{"Name": "DBInstanceIdentifier", "Value": "a"}],
    "Period": 60,
    "EvaluationPeriods": 2,
    "DatapointsToAlarm": 2,
    "Threshold": 80.0,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "missing",
    "AlarmActions": [TOPIC],
    "OKActions": [TOPIC],
}


def on(*names: str, declared: CloudWatchAlarm = DECLARED) -> tuple[Watched, ...]:
    """The alarm on databases of production."""
    resources = [
        Resource(f"arn:{name}", "rds:db", TARGET, (("DBInstanceIdentifier", name),), (("Environment", "production"),))
        for name in names
    ]
    return settled(watched(declared, TARGET, (), resources, Labelling()))


def drift(there: dict[str, Any] | None, declared: CloudWatchAlarm = DECLARED) -> Drift:
    (found,) = drifts(on("a", declared=declared), TARGET, {NAME: there} if there else {}, (declared,))
    return found


def test_what_cloudwatch_is_told() -> None:
    (one,) = on("a")
    assert arguments_of(one, TARGET) == THERE
    assert drift(None) == Drift(NAME, Standing.ABSENT, arguments=THERE)


def test_a_percentile_goes_by_another_name() -> None:
    (one,) = on("a", declared=alarm(statistic="p90"))
    told = arguments_of(one, TARGET)
    assert told["ExtendedStatistic"] == "p90"
    assert "Statistic" not in told
    assert "AlarmActions" not in told


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"StateValue": "ALARM", "AlarmDescription": "ours", "InsufficientDataActions": [TOPIC]},
        {"Metrics": [], "Unit": None},
    ],
)
def test_what_the_definition_does_not_speak_of_is_no_difference(more: dict[str, Any]) -> None:
    assert drift({**THERE, **more}) == Drift(NAME, Standing.SAME)


def test_what_cloudwatch_leaves_out_has_its_default() -> None:
    less = {name: value for name, value in THERE.items() if name not in {"TreatMissingData", "DatapointsToAlarm"}}
    assert drift(less).standing is Standing.SAME


@pytest.mark.parametrize(
    ("member", "found"),
    [
        ("ActionsEnabled", False),
        ("Namespace", "AWS/ECS"),
        ("MetricName", "FreeStorageSpace"),
        ("Statistic", "Maximum"),
        ("ExtendedStatistic", "p90"),
        ("Dimensions", [{"Name": "DBInstanceIdentifier", "Value": "b"}]),
        ("Dimensions", []),
        ("Period", 300),
        ("EvaluationPeriods", 3),
        ("DatapointsToAlarm", 1),
        ("Threshold", 0.0),
        ("ComparisonOperator", "LessThanThreshold"),
        ("TreatMissingData", "ignore"),
        ("AlarmActions", []),
        ("OKActions", [TOPIC, "arn:other"]),
        ("Unit", "Percent"),
        ("Metrics", [{"Id": "m1"}]),
    ],
)
def test_every_member_that_decides_is_compared(member: str, found: Any) -> None:
    drifted = drift({**THERE, member: found})
    assert drifted.standing is Standing.DIFFERENT
    assert [(each.member, each.found, each.wanted) for each in drifted.differences] == [
        (member, found, THERE.get(member))
    ]
    assert drifted.arguments == THERE


def test_what_is_written_anew_keeps_what_the_definition_does_not_speak_of() -> None:
    """PutMetricAlarm replaces all of an alarm."""
    kept = {"AlarmDescription": "ours", "InsufficientDataActions": [TOPIC]}
    assert drift({**THERE, "Period": 300, **kept}).arguments == THERE | kept
    silent = drift({**THERE, "Period": 300}, alarm())
    assert silent.arguments["AlarmActions"] == [TOPIC]
    assert [each.member for each in silent.differences] == ["Period"]


def test_a_name_that_two_resources_want_is_written_for_neither() -> None:
    (found,) = drifts(on("a", "b"), TARGET, {NAME: THERE}, (DECLARED,))
    assert found == Drift(NAME, Standing.CONTESTED)


def test_an_alarm_whose_resource_is_gone_is_left_over_and_others_are_not_ours() -> None:
    existing = dict.fromkeys((NAME, "ppbe-old-db-cpu", "ppbe--db-cpu", "RootUsage"), THERE)
    found = drifts(on("a"), TARGET, existing, (DECLARED,))
    assert [(each.name, each.standing) for each in found] == [
        ("ppbe-old-db-cpu", Standing.LEFT_OVER),
        (NAME, Standing.SAME),
    ]
