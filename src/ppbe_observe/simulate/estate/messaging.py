"""SNS: where alarms and pages go."""

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.places import Environment, tag_list


def alert_topic(env: Environment) -> str:
    """The ARN of an environment's alert topic."""
    return env.arn("sns", f"{env.prefix}-alerts")


def build_topic(aws: Aws, env: Environment, key: str) -> str:
    """The ARN of the alert topic."""
    sns = aws.client("sns")
    topic = sns.create_topic(Name=f"{env.prefix}-alerts", Attributes={"KmsMasterKeyId": key}, Tags=tag_list(env.tags))[
        "TopicArn"
    ]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="oncall@ppbe.example.gov")
    return str(topic)
