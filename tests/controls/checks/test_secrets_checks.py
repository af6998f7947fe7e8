"""Checks of secrets, on what moto holds."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

ENABLED = "secret_rotation_enabled"
RECENT = "secret_rotated_recently"
CMK = "secret_kms_cmk"
PUBLIC = "secret_not_public"
NAME = "ppbe/production/database/password"
ARN = f"arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:{NAME}-a1B2c3"
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIST = "secretsmanager:ListSecrets"
DESCRIBE = "secretsmanager:DescribeSecret"
POLICY = "secretsmanager:GetResourcePolicy"


def secret(session: LocalSession, name: str = NAME, **given: Any) -> str:
    made = session.client("secretsmanager").create_secret(Name=name, SecretString="not-a-secret", **given)
    return str(made["ARN"])


def rotating(session: LocalSession) -> str:
    """A secret that moto says to be rotated just now."""
    arn = secret(session)
    session.client("secretsmanager").rotate_secret(SecretId=arn, RotationRules={"AutomaticallyAfterDays": 30})
    return arn


def told(session: LocalSession, **facts: Any) -> None:
    """What AWS answers of the one secret: moto makes none that a service owns, and rotates only now."""
    listed = {"ARN": ARN, "Name": NAME, "CreatedDate": 0, **facts}
    session.faults[LIST] = lambda: answer(200, json.dumps({"SecretList": [listed]}))
    session.faults[DESCRIBE] = lambda: answer(200, json.dumps(listed))


def days_ago(days: float) -> float:
    return (NOW - timedelta(days=days)).timestamp()


def test_a_secret_that_rotates(local_session: LocalSession) -> None:
    rotating(local_session)
    assert only(local_session, ENABLED) == ("pass", "automatic rotation is on")


def test_a_secret_that_never_rotated(local_session: LocalSession) -> None:
    secret(local_session)
    assert only(local_session, ENABLED) == ("fail", "automatic rotation is off")
    assert only(local_session, RECENT) == (
        "fail",
        "it was never rotated; at most 90 days between rotations are allowed",
    )


def test_rotation_that_was_switched_off_again(local_session: LocalSession) -> None:
    told(local_session, RotationEnabled=False, LastRotatedDate=days_ago(10))
    assert only(local_session, ENABLED, now=NOW) == ("fail", "automatic rotation is off")
    assert only(local_session, RECENT, now=NOW)[0] == "pass"


@pytest.mark.parametrize("check", [ENABLED, RECENT])
@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"OwningService": "rds", "Name": "rds!db-1"}, "rds owns and rotates it"),
        ({"PrimaryRegion": "us-gov-east-1"}, "replica: rotates in us-gov-east-1"),
    ],
)
def test_rotation_that_is_the_matter_of_others(
    local_session: LocalSession, check: str, facts: dict[str, Any], reason: str
) -> None:
    told(local_session, **facts)
    assert only(local_session, check) == ("not_applicable", reason)


def test_a_primary_secret_is_judged_like_any_other(local_session: LocalSession) -> None:
    told(local_session, PrimaryRegion="us-gov-west-1")
    assert only(local_session, ENABLED)[0] == "fail"


@pytest.mark.parametrize(
    ("exempt", "outcome"),
    [
        ([NAME], "not_applicable"),
        (["other", "ppbe/*/password"], "not_applicable"),
        (["arn:*:secret:ppbe/production/*"], "not_applicable"),
        (["ppbe"], "fail"),
        (["PPBE/*"], "fail"),
        ([], "fail"),
    ],
)
def test_exempt_secrets(local_session: LocalSession, exempt: list[str], outcome: str) -> None:
    told(local_session)
    assert only(local_session, ENABLED, exempt=exempt)[0] == outcome


@pytest.mark.parametrize(
    ("days", "outcome", "told_days"), [(0, "pass", 0), (90.9, "pass", 90), (91, "fail", 91), (400, "fail", 400)]
)
def test_the_age_of_the_last_rotation(local_session: LocalSession, days: float, outcome: str, told_days: int) -> None:
    told(local_session, LastRotatedDate=days_ago(days))
    assert only(local_session, RECENT, now=NOW) == (
        outcome,
        f"it was last rotated {told_days} days ago; at most 90 are allowed",
    )


def test_a_rotation_of_moto(local_session: LocalSession) -> None:
    rotating(local_session)
    assert only(local_session, RECENT)[0] == "pass"


def test_no_key_is_the_key_of_aws(local_session: LocalSession) -> None:
    secret(local_session)
    assert only(local_session, CMK) == ("fail", "it is encrypted with aws/secretsmanager, which AWS manages")
    assert local_session.calls["kms:DescribeKey"] == 0
    assert only(local_session, CMK, require_cmk=False)[0] == "pass"


def test_a_key_of_the_customer(local_session: LocalSession) -> None:
    key = local_session.client("kms").create_key()["KeyMetadata"]["KeyId"]
    local_session.client("kms").create_alias(AliasName="alias/ppbe", TargetKeyId=key)
    secret(local_session, KmsKeyId=key)
    secret(local_session, "by-alias", KmsKeyId="alias/ppbe")
    found = judge(local_session, CMK)
    assert {each.verdict.reason for each in found.values()} == {"it is encrypted with a key that the customer manages"}
    assert {each.outcome for each in found.values()} == {"pass"}


def test_the_key_of_aws_by_its_alias(local_session: LocalSession) -> None:
    """Moto makes its key of that alias one of the customer."""
    secret(local_session, KmsKeyId="alias/aws/secretsmanager")
    told(local_session, KmsKeyId="alias/aws/secretsmanager")
    assert only(local_session, CMK) == ("fail", "it is encrypted with a key that AWS manages")


def test_the_key_of_aws_by_its_arn(local_session: LocalSession) -> None:
    told(local_session, KmsKeyId="arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/1")
    local_session.faults["kms:DescribeKey"] = lambda: answer(200, '{"KeyMetadata": {"KeyManager": "AWS"}}')
    assert only(local_session, CMK) == ("fail", "it is encrypted with a key that AWS manages")


def test_a_key_of_another_account_that_may_not_be_described(local_session: LocalSession) -> None:
    told(local_session, KmsKeyId="arn:aws-us-gov:kms:us-gov-west-1:210987654321:key/1")
    unseen(local_session, CMK, "kms:DescribeKey")


def policy(**changed: Any) -> str:
    allowed = {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": allowed | changed})


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (None, ("pass", "it has no resource policy")),
        (policy(), ("fail", "the resource policy allows everybody secretsmanager:GetSecretValue")),
        (policy(Principal={"AWS": ["*"]}, Action="*"), ("fail", "the resource policy allows everybody *")),
        (
            policy(Principal={"AWS": "arn:aws-us-gov:iam::123456789012:role/ppbe-task"}),
            ("pass", "no statement of the resource policy lets everybody in"),
        ),
        (
            policy(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-example"}}),
            ("pass", "no statement of the resource policy lets everybody in"),
        ),
    ],
)
def test_who_may_read_a_secret(local_session: LocalSession, written: str | None, expected: tuple[str, str]) -> None:
    arn = secret(local_session)
    if written:
        local_session.client("secretsmanager").put_resource_policy(SecretId=arn, ResourcePolicy=written)
    assert only(local_session, PUBLIC) == expected


@pytest.mark.parametrize(
    ("check", "operation"),
    [
        (ENABLED, LIST),
        (RECENT, LIST),
        (RECENT, DESCRIBE),
        (CMK, LIST),
        (PUBLIC, LIST),
        (PUBLIC, POLICY),
    ],
)
def test_secrets_that_cannot_be_seen(local_session: LocalSession, check: str, operation: str) -> None:
    secret(local_session)
    unseen(local_session, check, operation)


@pytest.mark.parametrize("check", [ENABLED, RECENT, CMK, PUBLIC])
def test_no_secrets(local_session: LocalSession, check: str) -> None:
    assert only(local_session, check) == ("not_applicable", "there is no secretsmanager:secret here")


@pytest.mark.parametrize("check", [ENABLED, RECENT, CMK, PUBLIC])
def test_a_secret_that_is_scheduled_for_deletion_is_left_out(local_session: LocalSession, check: str) -> None:
    arn = secret(local_session)
    local_session.client("secretsmanager").delete_secret(SecretId=arn)
    assert only(local_session, check) == ("not_applicable", "there is no secretsmanager:secret here")


@pytest.mark.parametrize(("check", "operation"), [(RECENT, DESCRIBE), (PUBLIC, POLICY)])
def test_a_secret_that_was_deleted_since_it_was_listed(local_session: LocalSession, check: str, operation: str) -> None:
    secret(local_session)
    local_session.refuse(operation, "ResourceNotFoundException")
    assert only(local_session, check) == ("not_applicable", "there is no secretsmanager:secret here")


def test_no_value_of_a_secret_is_ever_asked_for(local_session: LocalSession) -> None:
    secret(local_session)
    for check in (ENABLED, RECENT, CMK, PUBLIC):
        judge(local_session, check)
    assert set(local_session.calls) <= {"secretsmanager:CreateSecret", LIST, DESCRIBE, POLICY}


@pytest.mark.parametrize(("check", "operation"), [(PUBLIC, POLICY), (RECENT, DESCRIBE)])
def test_an_answer_that_says_nothing_is_not_one_without_policy_or_rotation(
    local_session: LocalSession, check: str, operation: str
) -> None:
    secret(local_session)
    local_session.faults[operation] = lambda: answer(200, "{}")
    assert only(local_session, check) == (
        "unknown",
        f"malformed: {operation}: the answer is not as documented: there is no ARN in it",
    )
