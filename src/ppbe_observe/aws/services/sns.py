"""Topics (SNS). I/O."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_TOPIC = "sns:topic"
_LIST = "sns:ListTopics"


def _topics(context: GatherContext) -> Iterator[Resource]:
    sns: SNSClient = context.client("sns")
    for page in context.pages(_LIST, sns.get_paginator("list_topics").paginate()):
        told = provenance(_LIST, page)
        for each in page["Topics"]:
            arn = each["TopicArn"]
            yield Resource(
                arn, _TOPIC, context.target, (("TopicName", arn.rpartition(":")[2]),), facts=each, source=told
            )


def _by_arn(topic: Resource) -> Mapping[str, Any]:
    return {"TopicArn": topic.arn}


GATHERERS = (Gatherer("sns", (_TOPIC,), (_LIST,), _topics, tagged_as="sns"),)
DETAILS = (
    Detail("sns", _TOPIC, "sns:GetTopicAttributes", _by_arn, gone=("NotFound",), tells="Attributes"),
    Detail("sns", _TOPIC, "sns:ListSubscriptionsByTopic", _by_arn, gone=("NotFound",), tells="Subscriptions"),
)
