"""Alarms (CloudWatch). I/O.

Metric and composite alarms are asked for by name: without it AWS lists metric alarms only. Log alarms are too new to be
asked for everywhere, and an unknown type would fail the whole call.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ppbe_observe.aws.gather.context import GatherContext, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient

_ALARM = "cloudwatch:alarm"
_DESCRIBE = "cloudwatch:DescribeAlarms"
_PAGE = 100


def _alarms(context: GatherContext) -> Iterator[Resource]:
    cloudwatch: CloudWatchClient = context.client("cloudwatch")
    pages = cloudwatch.get_paginator("describe_alarms").paginate(
        AlarmTypes=["MetricAlarm", "CompositeAlarm"], PaginationConfig={"PageSize": _PAGE}
    )
    for page in context.pages(_DESCRIBE, pages):
        told = provenance(_DESCRIBE, page)
        # Either may be left out, but an answer with neither is none: it would read as an account without alarms.
        metric = page["MetricAlarms"] if "CompositeAlarms" not in page else page.get("MetricAlarms", ())
        for each in (*metric, *page.get("CompositeAlarms", ())):
            yield Resource(each["AlarmArn"], _ALARM, context.target, facts=each, source=told)


GATHERERS = (Gatherer("cloudwatch", (_ALARM,), (_DESCRIBE,), _alarms, tagged_as="cloudwatch"),)
DETAILS: tuple[Detail, ...] = ()
