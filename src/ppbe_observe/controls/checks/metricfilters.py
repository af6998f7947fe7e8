"""Metric filters that watch the trail, and the alarms on them (CloudWatch Logs)."""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from ppbe_observe.controls.check import MEDIUM, Check, Subject, check, failed, not_applicable, passed
from ppbe_observe.controls.reading.filterpatterns import catches
from ppbe_observe.model import Verdict

_REGION = "aws:region"
_TRAIL = "cloudtrail:trail"
_METRIC_FILTER = "logs:metric-filter"
_ALARM = "cloudwatch:alarm"


class _LogGroup(NamedTuple):
    """The log group that a trail delivers to."""

    region: str
    account_id: str
    name: str


def _delivered_to(region: Subject) -> list[_LogGroup]:
    """The log groups of all trails; their ARN is ``arn:P:logs:REGION:ACCOUNT:log-group:NAME:*``."""
    found = []
    for trail in region.all(_TRAIL):
        if arn := trail.facts.get("CloudWatchLogsLogGroupArn"):
            _, _, _, place, account, _, name = arn.removesuffix(":*").split(":", 6)
            found.append(_LogGroup(place, account, name))
    return found


def _here(region: Subject, groups: Iterable[_LogGroup]) -> set[str]:
    target = region.resource.target
    return {each.name for each in groups if (each.region, each.account_id) == (target.region, target.account_id)}


def _elsewhere(groups: Iterable[_LogGroup]) -> Verdict:
    places = sorted({f"{each.name} of {each.account_id}/{each.region}" for each in groups})
    return not_applicable(f"the trails deliver to {', '.join(places)}: filter and alarm belong there")


def _filters(region: Subject, pattern: tuple[str, ...]) -> list[Subject]:
    """The metric filters that catch every term of the pattern."""
    return [
        each
        for each in region.all(_METRIC_FILTER)
        if pattern and all(catches(each.facts.get("filterPattern") or "", term) for term in pattern)
    ]


def _watched(region: Subject, filters: Collection[Subject], *, sns: bool) -> Verdict:
    """Pass where an alarm on a metric of one of the filters acts, else the nearest miss."""
    alarms = region.all(_ALARM)
    fed = [(each, alarm) for each in filters for alarm in _alarms_on(each, alarms)]
    for each, alarm in fed:
        if _acts(alarm, sns=sns):
            return passed(f"metric filter {_name(each)} feeds alarm {alarm.facts['AlarmName']}, which acts")
    for each, alarm in fed:
        lacks = "tells no SNS topic" if sns else "does nothing"
        return failed(f"metric filter {_name(each)} feeds alarm {alarm.facts['AlarmName']}, which {lacks}")
    return failed(f"no alarm watches the metric of metric filter {', '.join(sorted(map(_name, filters)))}")


def _name(metric_filter: Subject) -> str:
    return f"{metric_filter.facts['filterName']} of {metric_filter.facts['logGroupName']}"


def _alarms_on(metric_filter: Subject, alarms: Iterable[Subject]) -> Iterator[Subject]:
    """The alarms on a metric that the filter makes, also as a part of an expression."""
    made = {(each["metricNamespace"], each["metricName"]) for each in metric_filter.facts["metricTransformations"]}
    for alarm in alarms:
        facts = alarm.facts
        parts = [each["MetricStat"]["Metric"] for each in facts.get("Metrics") or () if each.get("MetricStat")]
        if any((each.get("Namespace"), each.get("MetricName")) in made for each in (facts, *parts)):
            yield alarm


def _acts(alarm: Subject, *, sns: bool) -> bool:
    actions = alarm.facts.get("AlarmActions") or ()
    return bool(alarm.facts["ActionsEnabled"]) and any(not sns or ":sns:" in each for each in actions)


_HOW = (
    "Create a metric filter with this pattern on the trail's log group (aws logs put-metric-filter, Terraform "
    "aws_cloudwatch_log_metric_filter), and an alarm on its metric that tells an SNS topic: {}"
)


@check(
    "cloudwatch_metric_filter_root_usage",
    on=_REGION,
    uses=(_TRAIL, _METRIC_FILTER, _ALARM),
    severity=MEDIUM,
    title="Use of the root user raises an alarm",
    controls=("au-6", "si-4"),
    remediation=_HOW.format(
        '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }'
    ),
    pattern=('$.userIdentity.type = "Root"',),
)
def root_usage(region: Subject, pattern: tuple[str, ...]) -> Verdict:
    """The root user can do anything, so somebody must be told whenever it is used.

    Looks in the region of the trail's log group for a metric filter on it that catches each term of pattern, and for
    an alarm on its metric that tells an SNS topic.
    """
    groups = _delivered_to(region)
    if not groups:
        return failed("no trail delivers its events to CloudWatch Logs")
    here = _here(region, groups)
    if not here:
        return _elsewhere(groups)
    filters = [each for each in _filters(region, pattern) if each.facts["logGroupName"] in here]
    if not filters:
        return failed(f"no metric filter of {', '.join(sorted(here))} catches {' and '.join(pattern)}")
    return _watched(region, filters, sns=True)


@check(
    "cloudwatch_metric_filter_unauthorized",
    on=_REGION,
    uses=(_TRAIL, _METRIC_FILTER, _ALARM),
    severity=MEDIUM,
    title="Refused API calls raise an alarm",
    controls=("au-6", "si-4"),
    remediation=_HOW.format(
        '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") && '
        '($.sourceIPAddress != "delivery.logs.amazonaws.com") && ($.eventName != "HeadBucket") }'
    ),
    pattern=('$.errorCode = "*UnauthorizedOperation"', '$.errorCode = "AccessDenied*"'),
)
def unauthorized(region: Subject, pattern: tuple[str, ...]) -> Verdict:
    """Many refused calls are how a stolen credential is tried out.

    Looks for a metric filter that catches each term of pattern, and for an alarm on its metric that acts; a region
    whose trails deliver to another place has none.
    """
    if filters := _filters(region, pattern):
        return _watched(region, filters, sns=False)
    groups = _delivered_to(region)
    if groups and not _here(region, groups):
        return _elsewhere(groups)
    return failed(f"no metric filter catches {' and '.join(pattern)}")


CHECKS: tuple[Check, ...] = (root_usage, unauthorized)
