"""Listings of keys, and what is asked about them."""

import json
from datetime import UTC, datetime, timedelta
from time import monotonic

from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.aws.observe import observe
from support.gathering import LocalSession, answer

AT = datetime(2026, 11, 24, tzinfo=UTC)


def test_all_pages_of_keys(local_session: LocalSession) -> None:
    """Moto gives one page."""
    pages = [
        {"Keys": [{"KeyId": "a", "KeyArn": "arn:a"}], "Truncated": True, "NextMarker": "m"},
        {"Keys": [{"KeyId": "b", "KeyArn": "arn:b"}], "Truncated": False},
    ]
    rest = iter(pages)
    local_session.faults["kms:ListKeys"] = lambda: answer(200, json.dumps(next(rest)))
    found = Inventory(local_session, timedelta(minutes=5)).found(("kms:key",), AT, monotonic() + 60)["kms:key"]
    assert [each.arn for each in found.resources] == ["arn:a", "arn:b"]


def test_the_tags_of_a_key_come_from_the_tagging_api(local_session: LocalSession) -> None:
    local_session.client("kms").create_key(Tags=[{"TagKey": "Environment", "TagValue": "staging"}])
    found = Inventory(local_session, timedelta(minutes=5)).found(("kms:key",), AT, monotonic() + 60)["kms:key"]
    assert [each.tags for each in found.resources] == [(("Environment", "staging"),)]


def test_a_key_is_described_once_whoever_wants_to_know(local_session: LocalSession) -> None:
    arn = local_session.client("kms").create_key()["KeyMetadata"]["Arn"]
    secrets = local_session.client("secretsmanager")
    for name in ("a", "b"):
        secrets.create_secret(Name=name, SecretString="not-a-secret", KmsKeyId=arn)
    wanted = {
        "kms:key": {"kms:DescribeKey", "kms:GetKeyRotationStatus"},
        "secretsmanager:secret": {"kms:DescribeKey"},
    }
    local_session.calls.clear()
    observe(local_session, Inventory(local_session, timedelta(minutes=5)), wanted, AT, monotonic() + 60)
    assert (local_session.calls["kms:DescribeKey"], local_session.calls["kms:GetKeyRotationStatus"]) == (1, 1)
