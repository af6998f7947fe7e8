"""Topics (SNS). I/O."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.aws.gather.gatherer import Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

_TOPIC = "sns:topic"
_LIST = "sns:ListTopics"


def _topics(context: GatherContext) -> Iterator[Resource]:
    sns: SNSClient = context.client("sns")
    for page in context.pages(_LIST, sns.get_paginator("list_topics").paginate()):
        for each in page["Topics"]:
            arn = each["TopicArn"]
            yield Resource(arn, _TOPIC, context.target, (("TopicName", arn.rpartition(":")[2]),), facts=each)


TOPICS = Gatherer("sns", (_TOPIC,), (_LIST,), _topics, tagged_as="sns")
