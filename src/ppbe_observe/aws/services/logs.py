"""Log groups and their metric filters (CloudWatch Logs). I/O."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_LOG_GROUP = "logs:log-group"
_METRIC_FILTER = "logs:metric-filter"
_DESCRIBE = "logs:DescribeLogGroups"
_DESCRIBE_FILTERS = "logs:DescribeMetricFilters"

_STREAMS = 10
"""The newest by event: AWS cannot order them by ingestion, and an event may be dated two hours ahead."""


def _log_groups(context: GatherContext) -> Iterator[Resource]:
    logs: CloudWatchLogsClient = context.client("logs")
    for page in context.pages(_DESCRIBE, logs.get_paginator("describe_log_groups").paginate()):
        told = provenance(_DESCRIBE, page)
        for each in page["logGroups"]:
            # `arn` ends in `:*`, for policies; the tagging API and other tools name the group without it.
            arn = each["arn"].removesuffix(":*")
            dimensions = (("LogGroupName", each["logGroupName"]),)
            yield Resource(arn, _LOG_GROUP, context.target, dimensions, facts=each, source=told)


def _metric_filters(context: GatherContext) -> Iterator[Resource]:
    logs: CloudWatchLogsClient = context.client("logs")
    for page in context.pages(_DESCRIBE_FILTERS, logs.get_paginator("describe_metric_filters").paginate()):
        told = provenance(_DESCRIBE_FILTERS, page)
        for each in page["metricFilters"]:
            # A filter has no ARN of its own.
            arn = context.arn("logs", f"log-group:{each['logGroupName']}:metric-filter:{each['filterName']}")
            yield Resource(arn, _METRIC_FILTER, context.target, facts=each, source=told)


def _newest_streams(group: Resource) -> Mapping[str, Any] | None:
    if group.facts.get("logGroupClass") == "DELIVERY":
        return None  # its events are handed on at once
    return {
        "logGroupName": group.facts["logGroupName"],
        "orderBy": "LastEventTime",
        "descending": True,
        "limit": _STREAMS,
    }


GATHERERS = (
    Gatherer("logs", (_LOG_GROUP,), (_DESCRIBE,), _log_groups, tagged_as="logs"),
    Gatherer("logs", (_METRIC_FILTER,), (_DESCRIBE_FILTERS,), _metric_filters),
)
DETAILS = (
    Detail(
        "logs",
        _LOG_GROUP,
        "logs:DescribeLogStreams",
        _newest_streams,
        gone=("ResourceNotFoundException",),
        tells="logStreams",
        first_page=True,
    ),
)
