"""Checks of keys, on what moto holds."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

ROTATION = "kms_cmk_rotation"
DELETION = "kms_cmk_not_pending_deletion"
PUBLIC = "kms_key_not_public"
ROOT = {"AWS": "arn:aws-us-gov:iam::123456789012:root"}


def key(session: LocalSession, **given: Any) -> str:
    return str(session.client("kms").create_key(**given)["KeyMetadata"]["KeyId"])


def rotating_key(session: LocalSession) -> str:
    name = key(session)
    session.client("kms").enable_key_rotation(KeyId=name)
    return name


def described(session: LocalSession, **changed: Any) -> None:
    """What moto says of every key, changed: it makes no keys of AWS's, no replicas, no imported material."""
    (listed,) = session.client("kms").list_keys()["Keys"]
    told = session.client("kms").describe_key(KeyId=listed["KeyId"])["KeyMetadata"]
    body = json.dumps({"KeyMetadata": {**told, "CreationDate": 0, **changed}})
    session.faults["kms:DescribeKey"] = lambda: answer(200, body)


def rotates(session: LocalSession, **status: Any) -> None:
    """What AWS answers; moto leaves RotationPeriodInDays out."""
    session.faults["kms:GetKeyRotationStatus"] = lambda: answer(200, json.dumps(status))


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        ({"KeyRotationEnabled": False}, "fail", "automatic rotation is off"),
        ({"KeyRotationEnabled": True}, "pass", "automatic rotation is on"),
        (
            {"KeyRotationEnabled": True, "RotationPeriodInDays": 365},
            "pass",
            "rotates every 365 days; at most 365 are allowed",
        ),
        (
            {"KeyRotationEnabled": True, "RotationPeriodInDays": 366},
            "fail",
            "rotates every 366 days; at most 365 are allowed",
        ),
    ],
)
def test_rotation(local_session: LocalSession, status: dict[str, Any], outcome: str, reason: str) -> None:
    key(local_session)
    rotates(local_session, **status)
    assert only(local_session, ROTATION) == (outcome, reason)


def test_rotation_as_moto_tells_it(local_session: LocalSession) -> None:
    key(local_session)
    assert only(local_session, ROTATION) == ("fail", "automatic rotation is off")


def test_rotation_that_is_on_in_moto(local_session: LocalSession) -> None:
    rotating_key(local_session)
    assert only(local_session, ROTATION) == ("pass", "automatic rotation is on")


PRIMARY = "arn:aws-us-gov:kms:us-gov-east-1:123456789012:key/mrk-1"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"KeyManager": "AWS"}, "AWS manages this key and rotates it"),
        ({"KeySpec": "RSA_2048"}, "keys of type RSA_2048 cannot rotate automatically"),
        ({"KeySpec": "HMAC_256"}, "keys of type HMAC_256 cannot rotate automatically"),
        ({"Origin": "EXTERNAL"}, "key material of origin EXTERNAL cannot rotate automatically"),
        ({"Origin": "AWS_CLOUDHSM"}, "key material of origin AWS_CLOUDHSM cannot rotate automatically"),
        ({"Origin": "EXTERNAL_KEY_STORE"}, "key material of origin EXTERNAL_KEY_STORE cannot rotate automatically"),
        (
            {"MultiRegionConfiguration": {"MultiRegionKeyType": "REPLICA", "PrimaryKey": {"Arn": PRIMARY}}},
            f"replica: follows its primary key {PRIMARY}",
        ),
        ({"KeyState": "Disabled"}, "the key is in state Disabled"),
        ({"KeyState": "PendingDeletion"}, "the key is in state PendingDeletion"),
        ({"KeyState": "PendingImport"}, "the key is in state PendingImport"),
    ],
)
def test_keys_whose_rotation_is_no_question(local_session: LocalSession, changed: dict[str, Any], reason: str) -> None:
    key(local_session)
    described(local_session, **changed)
    assert only(local_session, ROTATION) == ("not_applicable", reason)
    assert local_session.calls["kms:GetKeyRotationStatus"] == 0, "AWS refuses it for some of these"


def test_a_primary_key_is_judged_like_any_other(local_session: LocalSession) -> None:
    key(local_session, MultiRegion=True)
    assert only(local_session, ROTATION) == ("fail", "automatic rotation is off")


def test_an_asymmetric_key_of_moto(local_session: LocalSession) -> None:
    key(local_session, KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    assert only(local_session, ROTATION) == (
        "not_applicable",
        "keys of type ECC_NIST_P256 cannot rotate automatically",
    )


@pytest.mark.parametrize("operation", ["kms:ListKeys", "kms:DescribeKey", "kms:GetKeyRotationStatus"])
def test_rotation_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    rotating_key(local_session)
    unseen(local_session, ROTATION, operation)


def test_no_keys(local_session: LocalSession) -> None:
    assert only(local_session, ROTATION) == ("not_applicable", "there is no kms:key here")


def test_a_key_that_stays(local_session: LocalSession) -> None:
    key(local_session)
    assert only(local_session, DELETION) == ("pass", "the key is in state Enabled")


def test_a_key_that_is_about_to_be_deleted(local_session: LocalSession) -> None:
    key(local_session)
    date = datetime(2026, 12, 24, 12, tzinfo=UTC).timestamp()
    described(local_session, KeyState="PendingDeletion", DeletionDate=date)
    assert only(local_session, DELETION) == (
        "fail",
        "the key is in state PendingDeletion: it will be deleted on 2026-12-24",
    )


def test_a_deletion_that_moto_schedules(local_session: LocalSession) -> None:
    name = key(local_session)
    local_session.client("kms").schedule_key_deletion(KeyId=name, PendingWindowInDays=30)
    assert only(local_session, DELETION)[0] == "fail"


def test_a_primary_key_that_waits_for_its_replicas_to_be_deleted(local_session: LocalSession) -> None:
    key(local_session)
    described(local_session, KeyState="PendingReplicaDeletion", PendingDeletionWindowInDays=30)
    assert only(local_session, DELETION) == (
        "fail",
        "the key is in state PendingReplicaDeletion: it will be deleted once its replicas are deleted",
    )


def test_the_deletion_of_a_key_of_aws_is_no_question(local_session: LocalSession) -> None:
    key(local_session)
    described(local_session, KeyManager="AWS")
    assert only(local_session, DELETION) == ("not_applicable", "AWS manages this key")


@pytest.mark.parametrize("operation", ["kms:ListKeys", "kms:DescribeKey"])
def test_deletion_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    key(local_session)
    unseen(local_session, DELETION, operation)


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements[0] if len(statements) == 1 else statements})


def allow(principal: Any, action: Any = "kms:*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", **more}


VIA = {"kms:ViaService": "s3.us-gov-west-1.amazonaws.com"}
CLEAN = ("pass", "no statement of the key policy lets everybody in")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (policy(allow(ROOT)), CLEAN),
        (policy(allow("*")), ("fail", "the key policy allows everybody kms:*")),
        (
            policy(allow(ROOT), allow({"AWS": ["*"]}, ["kms:Decrypt", "kms:Encrypt"], Sid="Open")),
            ("fail", "the key policy allows everybody kms:Decrypt, kms:Encrypt (statement Open)"),
        ),
        (
            policy(allow("*", "kms:Decrypt", Condition={"StringEquals": VIA})),
            ("fail", "the key policy allows everybody kms:Decrypt"),
        ),
        # The policy of keys that AWS manages.
        (policy(allow("*", Condition={"StringEquals": {**VIA, "kms:CallerAccount": "123456789012"}})), CLEAN),
        (
            policy({"Effect": "Allow", "NotPrincipal": ROOT, "NotAction": "kms:Delete*", "Resource": "*"}),
            ("fail", "the key policy allows everybody all but kms:Delete*"),
        ),
        (
            policy(
                allow("*"),
                allow("*") | {"Effect": "Deny", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}},
            ),
            CLEAN,
        ),
    ],
)
def test_who_may_use_a_key(local_session: LocalSession, written: str, expected: tuple[str, str]) -> None:
    name = key(local_session)
    local_session.client("kms").put_key_policy(KeyId=name, PolicyName="default", Policy=written)
    assert only(local_session, PUBLIC) == expected


def test_a_key_policy_that_cannot_be_read(local_session: LocalSession) -> None:
    name = key(local_session)
    local_session.client("kms").put_key_policy(KeyId=name, PolicyName="default", Policy="{}")
    outcome, reason = only(local_session, PUBLIC)
    assert outcome == "unknown"
    assert reason.endswith("ValueError: a policy document without Statement, or one that is no JSON object")


@pytest.mark.parametrize("operation", ["kms:ListKeys", "kms:GetKeyPolicy"])
def test_a_key_policy_that_cannot_be_seen(local_session: LocalSession, operation: str) -> None:
    key(local_session)
    unseen(local_session, PUBLIC, operation)


def test_the_policy_of_a_key_is_judged_though_the_key_cannot_be_described(local_session: LocalSession) -> None:
    key(local_session)
    local_session.refuse("kms:DescribeKey", "AccessDeniedException")
    assert only(local_session, PUBLIC) == CLEAN


def test_a_key_that_was_deleted_since_it_was_listed(local_session: LocalSession) -> None:
    key(local_session)
    local_session.refuse("kms:DescribeKey", "NotFoundException")
    assert only(local_session, DELETION) == ("not_applicable", "there is no kms:key here")


def test_one_key_that_cannot_be_described_leaves_the_others_judged(local_session: LocalSession) -> None:
    names = {rotating_key(local_session), rotating_key(local_session)}
    left = [answer(400, '{"__type": "KMSInternalException"}')]
    faults: Any = local_session.faults  # None: nothing is injected, moto answers
    faults["kms:DescribeKey"] = lambda: left.pop() if left else None
    found = judge(local_session, ROTATION)
    assert {arn.rpartition("/")[2] for arn in found} == names
    assert sorted(each.outcome for each in found.values()) == ["pass", "unknown"]
