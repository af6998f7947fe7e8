"""Keys (KMS). Pure."""

from collections.abc import Mapping
from typing import Any

from ppbe_observe.controls.plan.facts import ABSENT
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.telling import (
    Description,
    Tellers,
    always,
    answer,
    flag,
    given,
    newer,
    told,
    unless_set,
)

_KEY, _EXTERNAL, _REPLICA = "aws_kms_key", "aws_kms_external_key", "aws_kms_replica_key"

_DEFAULT_PERIOD = 365
"""Days (API reference, EnableKeyRotation)."""


def _state(key: Planned) -> str:
    name = "enabled" if key.change.type != _KEY else "is_enabled"
    return "Enabled" if newer(name, given(name, otherwise=True), otherwise=True)(key) else "Disabled"


def _origin(key: Planned) -> str:
    if key.change.type == _EXTERNAL:
        return "EXTERNAL"
    if key.change.type == _REPLICA or not key.holds("custom_key_store_id") or not key["custom_key_store_id"]:
        return "AWS_KMS"
    return "EXTERNAL_KEY_STORE" if key["xks_key_id"] else "AWS_CLOUDHSM"


def _replicated(key: Planned) -> Any:
    if key.change.type != _REPLICA:
        return ABSENT
    return {"MultiRegionKeyType": "REPLICA", "PrimaryKey": {"Arn": key["primary_key_arn"]}}


_METADATA: Tellers = {
    "KeyManager": always("CUSTOMER"),
    "KeySpec": newer("customer_master_key_spec", told("customer_master_key_spec"), "SYMMETRIC_DEFAULT"),
    "KeyState": _state,
    "Origin": _origin,
    "MultiRegionConfiguration": _replicated,
}

_ROTATION: Tellers = {
    "KeyRotationEnabled": flag("enable_key_rotation"),
    "RotationPeriodInDays": unless_set("rotation_period_in_days", _DEFAULT_PERIOD),
}


def _rotation(key: Planned) -> Mapping[str, Any] | None:
    return answer("kms:GetKeyRotationStatus", _ROTATION)(key) if key.change.type == _KEY else None


def _policy(key: Planned) -> Mapping[str, Any]:
    """Its own, else that of a resource of its own, else the default one."""
    if not key.attributes.after_apply("policy") and (own := key["policy"]):
        return {"Policy": own}
    if found := key.plan.part_of(key, "key_id", "aws_kms_key_policy"):
        return {"Policy": told("policy")(found)}
    return {"Policy": _DEFAULT_POLICY if key.leaves_out("policy") else told("policy")(key)}


# Only the key's own account (developer guide, "Default key policy"; the account is not in a plan).
_DEFAULT_POLICY: Mapping[str, Any] = {
    "Statement": {"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "kms:*", "Resource": "*"}
}

DESCRIPTIONS = (
    Description(
        (_KEY, _EXTERNAL, _REPLICA),
        "kms:key",
        details={
            "kms:DescribeKey": lambda key: {"KeyMetadata": answer("kms:DescribeKey", _METADATA)(key)},
            "kms:GetKeyRotationStatus": _rotation,
            "kms:GetKeyPolicy": _policy,
        },
    ),
)
