"""Checks of the metric filters that watch the trail, on what moto holds."""

import json
from typing import Any

import pytest

from support.gathering import LocalSession, answer
from support.judging import only, unseen

ROOT, UNAUTHORIZED = "cloudwatch_metric_filter_root_usage", "cloudwatch_metric_filter_unauthorized"
GROUP = "trail"
GROUP_ARN = f"arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:{GROUP}:*"
TOPIC = "arn:aws-us-gov:sns:us-gov-west-1:123456789012:security"
OPS_ITEM = "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:opsitem:1"
ROOT_PATTERN = (
    '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }'
)
REFUSED_PATTERN = '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }'


def trail(session: LocalSession, group_arn: str | None = GROUP_ARN, name: str = "ppbe") -> None:
    session.client("s3").create_bucket(
        Bucket=f"{name}-logs", CreateBucketConfiguration={"LocationConstraint": "us-gov-west-1"}
    )
    told = {"CloudWatchLogsLogGroupArn": group_arn, "CloudWatchLogsRoleArn": "role"} if group_arn else {}
    session.client("cloudtrail").create_trail(Name=name, S3BucketName=f"{name}-logs", **told)


def metric_filter(session: LocalSession, pattern: str, group: str = GROUP, metric: str = "RootUsage") -> None:
    logs = session.client("logs")
    logs.create_log_group(logGroupName=group)
    made = {"metricName": metric, "metricNamespace": "Trail", "metricValue": "1"}
    logs.put_metric_filter(logGroupName=group, filterName="watch", filterPattern=pattern, metricTransformations=[made])


def alarm(session: LocalSession, name: str = "told", **changed: Any) -> None:
    watched = {"Namespace": "Trail", "MetricName": "RootUsage", "Statistic": "Sum", "Period": 300}
    if "Metrics" in changed:
        watched = {}
    session.client("cloudwatch").put_metric_alarm(
        **{
            "AlarmName": name,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "AlarmActions": [TOPIC],
            **watched,
            **changed,
        }
    )


@pytest.fixture
def watched(local_session: LocalSession) -> LocalSession:
    trail(local_session)
    metric_filter(local_session, ROOT_PATTERN)
    alarm(local_session)
    return local_session


def test_root_usage_is_told(watched: LocalSession) -> None:
    assert only(watched, ROOT) == ("pass", "metric filter watch of trail feeds alarm told, which acts")


def test_an_expression_on_the_metric_is_told(local_session: LocalSession) -> None:
    trail(local_session)
    metric_filter(local_session, ROOT_PATTERN)
    metric = {"Namespace": "Trail", "MetricName": "RootUsage"}
    alarm(
        local_session,
        Metrics=[
            {"Id": "m", "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Sum"}, "ReturnData": False},
            {"Id": "e", "Expression": "FILL(m, 0)", "ReturnData": True},
        ],
    )
    assert only(local_session, ROOT)[0] == "pass"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"ActionsEnabled": False}, "metric filter watch of trail feeds alarm told, which tells no SNS topic"),
        ({"AlarmActions": []}, "metric filter watch of trail feeds alarm told, which tells no SNS topic"),
        ({"AlarmActions": [OPS_ITEM]}, "metric filter watch of trail feeds alarm told, which tells no SNS topic"),
        ({"Namespace": "Other"}, "no alarm watches the metric of metric filter watch of trail"),
        ({"MetricName": "Other"}, "no alarm watches the metric of metric filter watch of trail"),
    ],
)
def test_root_usage_that_nobody_is_told(local_session: LocalSession, changed: dict[str, Any], reason: str) -> None:
    trail(local_session)
    metric_filter(local_session, ROOT_PATTERN)
    alarm(local_session, **changed)
    assert only(local_session, ROOT) == ("fail", reason)


def test_one_of_several_alarms_is_enough(watched: LocalSession) -> None:
    alarm(watched, "a-quiet-one", AlarmActions=[])
    assert only(watched, ROOT)[0] == "pass"


def test_no_filter_for_root_usage(local_session: LocalSession) -> None:
    trail(local_session)
    metric_filter(local_session, '{ $.eventName = "ConsoleLogin" }')
    alarm(local_session)
    assert only(local_session, ROOT) == ("fail", 'no metric filter of trail catches $.userIdentity.type = "Root"')


def test_a_filter_on_another_group_sees_no_root_usage(local_session: LocalSession) -> None:
    trail(local_session)
    metric_filter(local_session, ROOT_PATTERN, group="other")
    alarm(local_session)
    assert only(local_session, ROOT)[0] == "fail"


def test_another_pattern_may_be_required(watched: LocalSession) -> None:
    required = ['$.userIdentity.type = "Root"', '$.eventName = "ConsoleLogin"']
    assert only(watched, ROOT, pattern=required) == (
        "fail",
        'no metric filter of trail catches $.userIdentity.type = "Root" and $.eventName = "ConsoleLogin"',
    )


def test_without_a_required_pattern_no_filter_is_the_right_one(watched: LocalSession) -> None:
    assert only(watched, ROOT, pattern=[])[0] == "fail"


@pytest.mark.parametrize("trails", [0, 1])
def test_no_trail_in_the_logs(local_session: LocalSession, trails: int) -> None:
    if trails:
        trail(local_session, group_arn=None)
    assert only(local_session, ROOT) == ("fail", "no trail delivers its events to CloudWatch Logs")


@pytest.mark.parametrize("check", [ROOT, UNAUTHORIZED])
@pytest.mark.parametrize(
    "place", ["us-gov-east-1:123456789012", "us-gov-west-1:210987654321"], ids=["region", "account"]
)
def test_a_trail_that_delivers_elsewhere(local_session: LocalSession, check: str, place: str) -> None:
    region, account = place.split(":")
    trail(local_session, f"arn:aws-us-gov:logs:{place}:log-group:trail:*")
    assert only(local_session, check) == (
        "not_applicable",
        f"the trails deliver to trail of {account}/{region}: filter and alarm belong there",
    )


def test_one_trail_here_is_judged_whatever_others_do(watched: LocalSession) -> None:
    trail(watched, "arn:aws-us-gov:logs:us-gov-east-1:123456789012:log-group:trail:*", name="other")
    assert only(watched, ROOT)[0] == "pass"


def test_refused_calls_are_told(local_session: LocalSession) -> None:
    metric_filter(local_session, REFUSED_PATTERN)
    alarm(local_session, AlarmActions=[OPS_ITEM])
    assert only(local_session, UNAUTHORIZED) == ("pass", "metric filter watch of trail feeds alarm told, which acts")


@pytest.mark.parametrize("pattern", ['{ $.errorCode = "AccessDenied*" }', ROOT_PATTERN, ""])
def test_no_filter_for_refused_calls(local_session: LocalSession, pattern: str) -> None:
    trail(local_session)
    metric_filter(local_session, pattern)
    alarm(local_session)
    assert only(local_session, UNAUTHORIZED) == (
        "fail",
        'no metric filter catches $.errorCode = "*UnauthorizedOperation" and $.errorCode = "AccessDenied*"',
    )


def test_refused_calls_that_nobody_is_told(local_session: LocalSession) -> None:
    metric_filter(local_session, REFUSED_PATTERN)
    assert only(local_session, UNAUTHORIZED) == ("fail", "no alarm watches the metric of metric filter watch of trail")
    alarm(local_session, AlarmActions=[])
    assert only(local_session, UNAUTHORIZED) == (
        "fail",
        "metric filter watch of trail feeds alarm told, which does nothing",
    )


@pytest.mark.parametrize("check", [ROOT, UNAUTHORIZED])
@pytest.mark.parametrize(
    "operation", ["cloudtrail:DescribeTrails", "logs:DescribeMetricFilters", "cloudwatch:DescribeAlarms"]
)
def test_what_cannot_be_seen(watched: LocalSession, check: str, operation: str) -> None:
    unseen(watched, check, operation)


def test_filters_of_all_pages_are_seen(local_session: LocalSession) -> None:
    """moto does not page metric filters: the answers are as AWS documents them."""
    trail(local_session)
    alarm(local_session)

    def page(name: str, pattern: str, **more: str) -> str:
        made = {"metricName": "RootUsage", "metricNamespace": "Trail", "metricValue": "1"}
        told = {"filterName": name, "logGroupName": GROUP, "filterPattern": pattern, "metricTransformations": [made]}
        return json.dumps({"metricFilters": [told], **more})

    pages = iter([page("a", "ERROR", nextToken="more"), page("b", ROOT_PATTERN)])
    local_session.faults["logs:DescribeMetricFilters"] = lambda: answer(200, next(pages))
    assert only(local_session, ROOT) == ("pass", "metric filter b of trail feeds alarm told, which acts")
