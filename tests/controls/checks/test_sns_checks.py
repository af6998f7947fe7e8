"""Checks of topics and their subscriptions, on what moto holds."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse

from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

ACCOUNT = "123456789012"
LIST = "sns:ListTopics"
ATTRIBUTES = "sns:GetTopicAttributes"
SUBSCRIPTIONS = "sns:ListSubscriptionsByTopic"
KEY = "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/1"


def topic(session: LocalSession, name: str = "ppbe-production-alerts", **attributes: str) -> str:
    return str(session.client("sns").create_topic(Name=name, Attributes=attributes)["TopicArn"])


def allow(**changed: Any) -> dict[str, Any]:
    """A statement of the policy that SNS makes by default, without its condition."""
    own = {"Sid": "open", "Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "SNS:Publish", "Resource": "*"}
    return {name: value for name, value in {**own, **changed}.items() if value is not None}


@pytest.mark.parametrize(
    ("key", "verdict"),
    [
        (KEY, ("pass", f"messages are encrypted with the KMS key {KEY}; a customer-managed one is required")),
        ("alias/ppbe", ("pass", "messages are encrypted with the KMS key alias/ppbe; a customer-managed one is")),
        ("alias/aws/sns", ("fail", "messages are encrypted with the KMS key alias/aws/sns; a customer-managed one")),
        (
            "arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/aws/sns",
            ("fail", "messages are encrypted with the KMS key arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/aws"),
        ),
        ("", ("fail", "messages are not encrypted at rest: no KMS key is named")),
    ],
)
def test_encryption(local_session: LocalSession, key: str, verdict: tuple[str, str]) -> None:
    topic(local_session, **({"KmsMasterKeyId": key} if key else {}))
    outcome, reason = only(local_session, "sns_topic_kms")
    assert outcome == verdict[0]
    assert reason.startswith(verdict[1])


def test_the_key_of_aws_will_do_where_the_settings_say_so(local_session: LocalSession) -> None:
    topic(local_session, KmsMasterKeyId="alias/aws/sns")
    assert only(local_session, "sns_topic_kms", require_cmk=False) == (
        "pass",
        "messages are encrypted with the KMS key alias/aws/sns",
    )


def test_the_default_policy_is_not_public(local_session: LocalSession) -> None:
    topic(local_session)
    assert only(local_session, "sns_topic_not_public") == (
        "pass",
        "no statement of its policy allows everybody anything",
    )


OWNER = {"StringEquals": {"AWS:SourceOwner": ACCOUNT}}
ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-example"}}
TLS = {"Bool": {"aws:SecureTransport": "true"}}


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        (allow(), "everybody is allowed SNS:Publish (statement open)"),
        (allow(Principal="*", Sid=None), "everybody is allowed SNS:Publish"),
        (allow(Action=["SNS:Publish", "SNS:Subscribe"]), "everybody is allowed SNS:Publish, SNS:Subscribe"),
        (
            allow(Principal=None, NotPrincipal={"AWS": f"arn:aws-us-gov:iam::{ACCOUNT}:root"}),
            "everybody is allowed SNS:Publish",
        ),
        (allow(Action=None, NotAction="SNS:Subscribe"), "everybody is allowed all but SNS:Subscribe"),
        (allow(Condition=TLS), "everybody is allowed SNS:Publish"),
        (allow(Condition={"StringLike": {"aws:SourceAccount": "*"}}), "everybody is allowed SNS:Publish"),
        (allow(Condition=OWNER), None),
        (allow(Condition=ORGANIZATION), None),
        (allow(Condition={"ArnLike": {"aws:SourceArn": f"arn:aws-us-gov:s3:::ppbe-{ACCOUNT}"}}), None),
        (allow(Principal={"AWS": f"arn:aws-us-gov:iam::{ACCOUNT}:root"}), None),
        (allow(Principal={"Service": "cloudwatch.amazonaws.com"}), None),
        (allow(Effect="Deny"), None),
    ],
)
@pytest.mark.parametrize("listed", [True, False])
def test_policies(
    local_session: LocalSession,
    statement: dict[str, Any],
    verdict: str | None,
    listed: bool,  # noqa: FBT001 - a table
) -> None:
    policy = {"Version": "2012-10-17", "Statement": [statement] if listed else statement}
    topic(local_session, Policy=json.dumps(policy))
    outcome, reason = only(local_session, "sns_topic_not_public")
    assert outcome == ("fail" if verdict else "pass")
    assert reason.startswith(verdict or "no statement")


def test_a_policy_that_cannot_be_read_proves_nothing(local_session: LocalSession) -> None:
    """Moto takes no such policy."""
    topic(local_session)
    entry = "<entry><key>Policy</key><value>{</value></entry>"
    local_session.faults[ATTRIBUTES] = told("GetTopicAttributes", f"<Attributes>{entry}</Attributes>")
    outcome, reason = only(local_session, "sns_topic_not_public")
    assert outcome == "unknown"
    assert reason.startswith("malformed: ")


def subscribe(session: LocalSession, arn: str, protocol: str, endpoint: str) -> None:
    session.client("sns").subscribe(TopicArn=arn, Protocol=protocol, Endpoint=endpoint)


def subscribed(session: LocalSession, *subscriptions: tuple[str, str]) -> None:
    """Subscriptions by their ARN and protocol; moto confirms all of them at once."""
    members = "".join(
        f"<member><SubscriptionArn>{arn}</SubscriptionArn><Protocol>{protocol}</Protocol></member>"
        for arn, protocol in subscriptions
    )
    session.faults[SUBSCRIPTIONS] = told("ListSubscriptionsByTopic", f"<Subscriptions>{members}</Subscriptions>")


def told(operation: str, result: str) -> Callable[[], AWSResponse]:
    """An answer as AWS gives it, where moto cannot."""
    return lambda: answer(200, f"<R><{operation}Result>{result}</{operation}Result></R>")


def test_alerts_reach_somebody(local_session: LocalSession) -> None:
    arn = topic(local_session)
    subscribe(local_session, arn, "email", "oncall@example.gov")
    subscribe(local_session, arn, "https", "https://example.gov/hook")
    assert only(local_session, "sns_alert_subscribed") == (
        "pass",
        "2 subscriptions are confirmed (1 required), 0 pending; 0 over http",
    )
    assert only(local_session, "sns_alert_subscribed", min_subscriptions=3)[0] == "fail"


def test_nobody_listens(local_session: LocalSession) -> None:
    topic(local_session)
    assert only(local_session, "sns_alert_subscribed") == (
        "fail",
        "0 subscriptions are confirmed (1 required), 0 pending; 0 over http",
    )


def test_alerts_in_clear_text(local_session: LocalSession) -> None:
    arn = topic(local_session)
    subscribe(local_session, arn, "email", "oncall@example.gov")
    subscribe(local_session, arn, "http", "http://example.gov/hook")
    assert only(local_session, "sns_alert_subscribed") == (
        "fail",
        "2 subscriptions are confirmed (1 required), 0 pending; 1 over http",
    )


@pytest.mark.parametrize(
    ("subscriptions", "verdict"),
    [
        (
            [("PendingConfirmation", "email")],
            ("fail", "0 subscriptions are confirmed (1 required), 1 pending; 0 over http"),
        ),
        (
            [("Deleted", "http"), ("arn:aws-us-gov:sns:1", "sms")],
            ("pass", "1 subscriptions are confirmed (1 required), 0 pending; 0 over http"),
        ),
        (
            [("PendingConfirmation", "http"), ("arn:aws-us-gov:sns:1", "sqs")],
            ("fail", "1 subscriptions are confirmed (1 required), 1 pending; 1 over http"),
        ),
    ],
)
def test_subscriptions_that_do_not_count(
    local_session: LocalSession, subscriptions: list[tuple[str, str]], verdict: tuple[str, str]
) -> None:
    topic(local_session)
    subscribed(local_session, *subscriptions)
    assert only(local_session, "sns_alert_subscribed") == verdict


def test_every_page_of_subscriptions_is_read(local_session: LocalSession) -> None:
    arn = topic(local_session)
    for number in range(120):
        subscribe(local_session, arn, "email", f"oncall{number}@example.gov")
    outcome, reason = only(local_session, "sns_alert_subscribed")
    assert (outcome, reason.partition(" ")[0]) == ("pass", "120")
    assert local_session.calls[SUBSCRIPTIONS] == 2


def test_other_topics_are_not_alert_topics(local_session: LocalSession) -> None:
    other, fifo = topic(local_session, "ppbe-events"), topic(local_session, "x-alerts.fifo", FifoTopic="true")
    found = judge(local_session, "sns_alert_subscribed")
    assert found[other].verdict.reason == "it is not an alert topic: its name does not match *-alerts"
    assert {arn: each.outcome.value for arn, each in found.items()} == {other: "not_applicable", fifo: "fail"}
    assert judge(local_session, "sns_alert_subscribed", topics=("ppbe-*",))[other].outcome.value == "fail"


CHECKS = {
    "sns_topic_kms": ATTRIBUTES,
    "sns_topic_not_public": ATTRIBUTES,
    "sns_alert_subscribed": SUBSCRIPTIONS,
}


@pytest.mark.parametrize(("check", "operation"), [*CHECKS.items(), *((check, LIST) for check in CHECKS)])
def test_topics_that_cannot_be_seen(local_session: LocalSession, check: str, operation: str) -> None:
    topic(local_session)
    unseen(local_session, check, operation)


@pytest.mark.parametrize(("check", "operation"), CHECKS.items())
def test_a_topic_deleted_since_it_was_listed_is_left_out(
    local_session: LocalSession, check: str, operation: str
) -> None:
    topic(local_session)
    local_session.refuse(operation, "NotFound", status=404)
    assert only(local_session, check) == ("not_applicable", "there is no sns:topic here")


@pytest.mark.parametrize("check", CHECKS)
def test_no_topic(local_session: LocalSession, check: str) -> None:
    assert only(local_session, check) == ("not_applicable", "there is no sns:topic here")
