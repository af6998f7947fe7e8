"""Checks of alarms, on what moto holds."""

import json
from typing import Any

import pytest

from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

CHECK = "cloudwatch_alarm_actions"
TOPIC = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:ppbe-production-alerts"
ARN = "arn:aws-us-gov:cloudwatch:us-gov-west-1:123456789012:alarm:"
EVERY = "arn:aws-us-gov:cloudwatch:us-gov-west-1:123456789012:*"


def alarm(session: LocalSession, name: str = "ppbe-production-db-cpu", **changed: Any) -> None:
    given = {
        "AlarmName": name,
        "Namespace": "AWS/RDS",
        "MetricName": "CPUUtilization",
        "Statistic": "Average",
        "Period": 300,
        "EvaluationPeriods": 2,
        "Threshold": 80,
        "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": [TOPIC],
        **changed,
    }
    session.client("cloudwatch").put_metric_alarm(**given)


@pytest.mark.parametrize(
    ("changed", "outcome", "reason"),
    [
        ({}, "pass", "its actions are switched on, 1 for the alarm state"),
        ({"AlarmActions": [TOPIC, TOPIC + "2"]}, "pass", "its actions are switched on, 2 for the alarm state"),
        ({"ActionsEnabled": False}, "fail", "its actions are switched off (1 for the alarm state)"),
        (
            {"AlarmActions": [], "OKActions": [TOPIC]},
            "fail",
            "its actions are switched on, but none is named for the alarm state",
        ),
    ],
)
def test_alarm_actions(local_session: LocalSession, changed: dict[str, Any], outcome: str, reason: str) -> None:
    alarm(local_session, **changed)
    assert only(local_session, CHECK) == (outcome, reason)


def test_a_composite_alarm_is_judged_too(local_session: LocalSession) -> None:
    """moto makes no composite alarms: the answer is as AWS documents it."""
    composite = {
        "AlarmName": "ppbe-down",
        "AlarmArn": ARN + "ppbe-down",
        "AlarmRule": "ALARM(db)",
        "ActionsEnabled": True,
    }
    body = json.dumps({"MetricAlarms": [], "CompositeAlarms": [composite]})
    local_session.faults["cloudwatch:DescribeAlarms"] = lambda: answer(200, body)
    assert only(local_session, CHECK) == ("fail", "its actions are switched on, but none is named for the alarm state")


def test_only_required_alarms_are_judged(local_session: LocalSession) -> None:
    alarm(local_session)
    alarm(local_session, "scratch", AlarmActions=[])
    found = judge(local_session, CHECK, required_alarms=["*-db-cpu", "ppbe-*"])
    assert {arn: (each.outcome.value, each.verdict.reason) for arn, each in found.items()} == {
        ARN + "ppbe-production-db-cpu": ("pass", "its actions are switched on, 1 for the alarm state"),
        ARN + "scratch": ("not_applicable", "the alarm is not a required one"),
        EVERY: ("pass", "every required alarm exists: *-db-cpu"),
    }


def test_a_required_alarm_that_does_not_exist(local_session: LocalSession) -> None:
    alarm(local_session)
    found = judge(local_session, CHECK, required_alarms=["*-db-cpu", "*-api-memory", "ppbe-down"])
    assert (found[EVERY].outcome, found[EVERY].verdict.reason) == (
        "fail",
        "there is no alarm called *-api-memory, ppbe-down: it is required",
    )


def test_no_alarm_at_all(local_session: LocalSession) -> None:
    assert only(local_session, CHECK) == ("not_applicable", "there is no cloudwatch:alarm here")
    assert only(local_session, CHECK, required_alarms=["ppbe-down"])[0] == "fail"


def test_alarms_that_cannot_be_seen(local_session: LocalSession) -> None:
    alarm(local_session)
    unseen(local_session, CHECK, "cloudwatch:DescribeAlarms")


def test_an_answer_that_says_nothing_is_not_an_account_without_alarms(local_session: LocalSession) -> None:
    local_session.faults["cloudwatch:DescribeAlarms"] = lambda: answer(200, "{}")
    assert only(local_session, CHECK) == (
        "unknown",
        "malformed: cloudwatch:DescribeAlarms: the answer is not as documented: KeyError: 'MetricAlarms'",
    )


@pytest.mark.parametrize("body", ['{"MetricAlarms": []}', '{"CompositeAlarms": []}'])
def test_an_account_without_alarms(local_session: LocalSession, body: str) -> None:
    local_session.faults["cloudwatch:DescribeAlarms"] = lambda: answer(200, body)
    assert only(local_session, CHECK) == ("not_applicable", "there is no cloudwatch:alarm here")
