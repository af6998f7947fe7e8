"""Pages as they arrive: the estate's own escalation, sent through the simulated SNS to a queue. I/O.

Nobody is told outside of this machine: whoever is told by something else than SNS (PagerDuty, Slack, mail) is told by
the topic here, and the message says for which receiver it is.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import boto3
import orjson
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ppbe_observe.alerting.escalation import Escalation, HttpAuth, Ladder, Receiver, Sns, Step, Webhook
from ppbe_observe.errors import DefinitionError

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "simulated",
    "AWS_SECRET_ACCESS_KEY": "simulated",
    "AWS_DEFAULT_REGION": "us-gov-west-1",
}
"""Anything does for the simulated AWS."""
QUEUE = "ppbe-observe-demo-pages"
_AT_ONCE = 10  # messages that SQS gives at most
_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "total_max_attempts": 1})
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Page:
    """A notification.

    Attributes:
        receiver: Whom Alertmanager told; empty where somebody else published it, such as CloudWatch.
        subject: The title.
        text: All that it says.
        attributes: Of the message: status, severity, escalation, receiver.
    """

    receiver: str
    subject: str
    text: str
    attributes: dict[str, str]

    @property
    def ends(self) -> bool:
        """Whether it tells of an end: Alertmanager's word, or the title of CloudWatch's."""
        return self.attributes.get("status") == "resolved" or self.subject.startswith("OK: ")


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where Alertmanager finds what it tells.

    Attributes:
        aws: The endpoint of SNS.
        daemon: The address of the daemon.
        token_file: Holds what the daemon wants to see.
    """

    aws: str
    daemon: str
    token_file: str


class Pages:
    """A queue behind the topics that people are told by."""

    def __init__(self, aws: str, topics: Sequence[str]) -> None:
        """Make the queue.

        Raises:
            botocore.exceptions.ClientError: A topic does not exist.
            botocore.exceptions.BotoCoreError: Nobody answers.
        """
        session = boto3.Session(
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=topics[0].split(":")[3],
        )
        self._sqs = session.client("sqs", endpoint_url=aws, config=_CONFIG)
        self._queue = self._sqs.create_queue(QueueName=QUEUE)["QueueUrl"]
        found = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])
        sns = session.client("sns", endpoint_url=aws, config=_CONFIG)
        for topic in topics:
            sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=found["Attributes"]["QueueArn"])

    def arrived(self) -> list[Page]:
        """What has come since the last time, in its order; nothing while AWS refuses, as it does in some incidents."""
        found: list[Page] = []
        with suppress(BotoCoreError, ClientError):  # it stays in the queue
            answer = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=_AT_ONCE)
            for each in answer.get("Messages", []):
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=each["ReceiptHandle"])
                found.append(_page(orjson.loads(each["Body"])))
        return found


def rehearsed(escalation: Escalation, near: Neighbours, faster: float = 1) -> Escalation:
    """The escalation with everybody in it told here, and steps that follow each other ``faster`` times as fast.

    Raises:
        DefinitionError: Nobody is told by SNS.
    """
    topic = topics_of(escalation)[0]
    programs = {escalation.records, escalation.watchdog.receiver}
    return replace(
        escalation,
        receivers=tuple(
            _program(each, near) if each.name in programs else _person(each, topic, near)
            for each in escalation.receivers
        ),
        ladders=tuple(_hurried(each, faster) for each in escalation.ladders),
    )


def topics_of(escalation: Escalation) -> tuple[str, ...]:
    """The ARNs of the topics by which somebody is told, each once.

    Raises:
        DefinitionError: There is none.
    """
    found = (to.topic for each in escalation.receivers for to in each.to if isinstance(to, Sns))
    topics = tuple(dict.fromkeys(found))
    if not topics:
        raise DefinitionError(
            f"{escalation.place}: nobody is told by SNS; the demo needs a receiver with Sns(topic=...)"
        )
    return topics


def _program(receiver: Receiver, near: Neighbours) -> Receiver:
    url = f"{near.daemon}/api/v1/alertmanager"
    return replace(receiver, to=(Webhook(url=url, auth=HttpAuth(bearer_file=near.token_file)),))


def _person(receiver: Receiver, topic: str, near: Neighbours) -> Receiver:
    own = tuple(_local(each, near) for each in receiver.to if isinstance(each, Sns))
    return replace(receiver, to=own or (Sns(topic=topic, endpoint=near.aws),))


def _local(sns: Sns, near: Neighbours) -> Sns:
    return replace(sns, endpoint=near.aws, role="", profile="", external_id="")


def _hurried(ladder: Ladder, faster: float) -> Ladder:
    return replace(ladder, steps=tuple(_steps(ladder, faster)))


def _steps(ladder: Ladder, faster: float) -> Iterator[Step]:
    """Whole seconds, and never two at once."""
    least = timedelta()
    for each in ladder.steps:
        after = max(least, each.after / faster // _SECOND * _SECOND)
        least = after + _SECOND
        yield replace(each, after=after)


def _page(envelope: dict[str, Any]) -> Page:
    given = envelope.get("MessageAttributes") or {}
    attributes = {name: str(each["Value"]) for name, each in given.items()}
    subject = str(envelope.get("Subject") or "")
    return Page(attributes.get("receiver", ""), subject, str(envelope["Message"]), attributes)
