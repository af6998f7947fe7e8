"""Checks of Security Hub, on what moto holds; which standards are on it does not tell: that is as AWS documents it."""

import json
from typing import Any

import pytest

from support.gathering import LocalSession, answer
from support.judging import only, unseen

CHECK = "securityhub_enabled"
NIST = "nist-800-53/v/5.0.0"
GET_STANDARDS = "securityhub:GetEnabledStandards"


def enable(session: LocalSession) -> None:
    session.client("securityhub").enable_security_hub()


def subscription(standard: str = f"standards/{NIST}", status: str = "READY", **more: Any) -> dict[str, Any]:
    return {
        "StandardsSubscriptionArn": "arn:aws-us-gov:securityhub:us-gov-west-1:123456789012:subscription/" + standard,
        "StandardsArn": f"arn:aws-us-gov:securityhub:us-gov-west-1::{standard}",
        "StandardsInput": {},
        "StandardsStatus": status,
        **more,
    }


def standards(session: LocalSession, *subscriptions: dict[str, Any]) -> None:
    session.faults[GET_STANDARDS] = lambda: answer(200, json.dumps({"StandardsSubscriptions": subscriptions}))


CIS = subscription("ruleset/cis-aws-foundations-benchmark/v/1.2.0")
INCOMPLETE = subscription(
    status="INCOMPLETE", StandardsStatusReason={"StatusReasonCode": "NO_AVAILABLE_CONFIGURATION_RECORDER"}
)


@pytest.mark.parametrize(
    ("subscriptions", "outcome", "reason"),
    [
        ((CIS, subscription()), "pass", f"Security Hub is enabled; standards that are ready: {NIST}"),
        ((), "fail", f"Security Hub is enabled, but {NIST} is not enabled"),
        ((CIS,), "fail", f"Security Hub is enabled, but {NIST} is not enabled"),
        (
            (subscription("standards/nist-800-53/v/5.0.0-beta"),),
            "fail",
            f"Security Hub is enabled, but {NIST} is not enabled",
        ),
        ((subscription(status="PENDING"),), "fail", f"Security Hub is enabled, but {NIST} is PENDING"),
        ((subscription(status="DELETING"),), "fail", f"Security Hub is enabled, but {NIST} is DELETING"),
        (
            (INCOMPLETE,),
            "fail",
            f"Security Hub is enabled, but {NIST} is INCOMPLETE (NO_AVAILABLE_CONFIGURATION_RECORDER)",
        ),
    ],
)
def test_standards(
    local_session: LocalSession, subscriptions: tuple[dict[str, Any], ...], outcome: str, reason: str
) -> None:
    enable(local_session)
    standards(local_session, *subscriptions)
    assert only(local_session, CHECK) == (outcome, reason)


@pytest.mark.parametrize(
    ("required", "outcome"),
    [
        ([], "pass"),
        (["nist-800-53/*"], "pass"),
        (["cis-aws-foundations-benchmark/v/1.2.0"], "pass"),
        (["cis-aws-foundations-benchmark/v/1.2.0", "pci-dss/v/4.0.1"], "fail"),
    ],
)
def test_other_standards(local_session: LocalSession, required: list[str], outcome: str) -> None:
    enable(local_session)
    standards(local_session, CIS, subscription())
    assert only(local_session, CHECK, standards=required)[0] == outcome


def test_a_standard_on_a_later_page(local_session: LocalSession) -> None:
    enable(local_session)
    pages = iter([{"StandardsSubscriptions": [CIS], "NextToken": "more"}, {"StandardsSubscriptions": [subscription()]}])
    local_session.faults[GET_STANDARDS] = lambda: answer(200, json.dumps(next(pages)))
    assert only(local_session, CHECK)[0] == "pass"


def test_not_subscribed(local_session: LocalSession) -> None:
    assert only(local_session, CHECK) == ("fail", "Security Hub is not enabled here")
    assert local_session.calls[GET_STANDARDS] == 0


@pytest.mark.parametrize(("code", "status"), [("InvalidAccessException", 401), ("ResourceNotFoundException", 404)])
def test_not_subscribed_as_aws_says_it(local_session: LocalSession, code: str, status: int) -> None:
    local_session.refuse("securityhub:DescribeHub", code, status, "Account 1 is not subscribed to AWS Security Hub")
    assert only(local_session, CHECK) == ("fail", "Security Hub is not enabled here")


@pytest.mark.parametrize("operation", ["securityhub:DescribeHub", GET_STANDARDS])
def test_a_hub_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    enable(local_session)
    standards(local_session, subscription())
    unseen(local_session, CHECK, operation)


def test_what_a_server_does_not_know_is_unknown(local_session: LocalSession) -> None:
    """As moto, which does not answer GetEnabledStandards."""
    enable(local_session)
    assert only(local_session, CHECK)[0] == "unknown"
