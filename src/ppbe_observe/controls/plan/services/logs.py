"""Log groups and their metric filters (CloudWatch Logs). Pure."""

from typing import Any

from ppbe_observe.controls.plan.block import Block
from ppbe_observe.controls.plan.facts import ABSENT
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.telling import Description, key, part, told, unless_set, untold_answer

LOG_GROUP = "aws_cloudwatch_log_group"
_FILTER = "aws_cloudwatch_log_metric_filter"
_STREAMS = "logs:DescribeLogStreams"


def name_of(group: Planned) -> str:
    """A name that Terraform makes up is only known after apply; the address stands for it."""
    return str(told("name")(group)) if group.attributes.known("name") else group.address


def _retention(group: Planned) -> Any:
    return group["retention_in_days"] or ABSENT  # the provider writes 0 for: never expire


def _group_of(metric_filter: Planned) -> Any:
    found = metric_filter.plan.named(metric_filter, "log_group_name", LOG_GROUP)
    return name_of(found) if isinstance(found, Planned) else found


def _transformations(metric_filter: Planned) -> list[Any]:
    tellers = {"metricName": told("name"), "metricNamespace": told("namespace")}
    return [part(each, tellers) for each in _blocks(metric_filter)]


def _blocks(metric_filter: Planned) -> list[Block]:
    return metric_filter.attributes.blocks("metric_transformation")


DESCRIPTIONS = (
    Description(
        (LOG_GROUP,),
        "logs:log-group",
        {
            "logGroupName": told("name"),
            "retentionInDays": _retention,
            "kmsKeyId": key(),
            # API reference, CreateLogGroup: "If you omit this parameter, the default of STANDARD is used".
            "logGroupClass": unless_set("log_group_class", "STANDARD"),
        },
        {_STREAMS: untold_answer("whether log events arrive")},
    ),
    Description(
        (_FILTER,),
        "logs:metric-filter",
        {
            "filterName": told("name"),
            "filterPattern": told("pattern"),
            "logGroupName": _group_of,
            "metricTransformations": _transformations,
        },
    ),
)
