"""Log groups (CloudWatch Logs). I/O."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.aws.gather.gatherer import Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

_LOG_GROUP = "logs:log-group"
_DESCRIBE = "logs:DescribeLogGroups"


def _log_groups(context: GatherContext) -> Iterator[Resource]:
    logs: CloudWatchLogsClient = context.client("logs")
    for page in context.pages(_DESCRIBE, logs.get_paginator("describe_log_groups").paginate()):
        for each in page["logGroups"]:
            # `arn` ends in `:*`, for policies; the tagging API and other tools name the group without it.
            arn = each["arn"].removesuffix(":*")
            dimensions = (("LogGroupName", each["logGroupName"]),)
            yield Resource(arn, _LOG_GROUP, context.target, dimensions, facts=each)


LOG_GROUPS = Gatherer("logs", (_LOG_GROUP,), (_DESCRIBE,), _log_groups, tagged_as="logs")
