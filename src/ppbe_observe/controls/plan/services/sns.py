"""Topics (SNS). Pure."""

import json
from collections.abc import Mapping
from typing import Any

from ppbe_observe.controls.check import Unseen
from ppbe_observe.controls.plan.block import untold
from ppbe_observe.controls.plan.facts import PlannedFacts
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.telling import Description, answer, key, told

TOPIC = "aws_sns_topic"
_SUBSCRIPTION = "aws_sns_topic_subscription"

# Only the topic's own account (SNS developer guide, "Default policy"; the account is not in a plan).
_DEFAULT_POLICY = json.dumps(
    {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": "SNS:*",
            "Resource": "*",
            "Condition": {"StringEquals": {"AWS:SourceOwner": "000000000000"}},
        }
    }
)


def _policy(topic: Planned) -> str:
    try:
        found = topic.plan.part_of(topic, "arn", "aws_sns_topic_policy")
    except Unseen:
        if topic.attributes.after_apply("policy"):
            raise
        found = None
    if found:
        return str(told("policy")(found))
    return _DEFAULT_POLICY if topic.leaves_out("policy") else str(told("policy")(topic))


def _subscriptions(topic: Planned) -> Mapping[str, Any]:
    found = topic.plan.parts_of(topic, "topic_arn", _SUBSCRIPTION)
    tellers = {"SubscriptionArn": _confirmed, "Protocol": told("protocol")}
    return {"Subscriptions": [PlannedFacts(each.address, each, tellers) for each in found]}


def _confirmed(subscription: Planned) -> str:
    """Endpoints over HTTP must confirm, after apply; of others that exist already Terraform knows it."""
    if subscription["protocol"] == "http":
        return "PendingConfirmation"
    if subscription.created or not subscription.attributes.known("pending_confirmation"):
        raise untold(f"whether {subscription.address} is confirmed")
    return "PendingConfirmation" if subscription["pending_confirmation"] else subscription.pseudonym


def _named_arn(topic: Planned) -> str:
    """Its ARN, which ends in its name; where the account is not known yet, the name alone is."""
    return topic.arn if topic.arn != topic.address else f"{topic.target.region}:{told('name')(topic)}"


DESCRIPTIONS = (
    Description(
        (TOPIC,),
        "sns:topic",
        {"TopicArn": _named_arn},
        {
            "sns:GetTopicAttributes": lambda topic: {
                "Attributes": answer(
                    "sns:GetTopicAttributes", {"KmsMasterKeyId": key("kms_master_key_id"), "Policy": _policy}
                )(topic)
            },
            "sns:ListSubscriptionsByTopic": _subscriptions,
        },
    ),
)
