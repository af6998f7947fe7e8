"""Keys (KMS)."""

from collections.abc import Mapping
from typing import Any

from ppbe_observe.controls.check import CRITICAL, HIGH, Check, Subject, check, failed, not_applicable, passed, verdict
from ppbe_observe.controls.reading.policies import public_statements
from ppbe_observe.model import Verdict

_KEY = "kms:key"
_DESCRIBE = "kms:DescribeKey"
_ROTATION = "kms:GetKeyRotationStatus"
_POLICY = "kms:GetKeyPolicy"
_BEING_DELETED = frozenset({"PendingDeletion", "PendingReplicaDeletion"})


@check(
    "kms_cmk_rotation",
    on=_KEY,
    needs=(_DESCRIBE, _ROTATION),
    severity=HIGH,
    title="Customer-managed keys rotate by themselves",
    controls=("sc-12",),
    indicators=("KSI-SVC-ASM",),
    remediation="Switch rotation on (aws kms enable-key-rotation --key-id KEY --rotation-period-in-days 365; "
    "Terraform: enable_key_rotation = true on aws_kms_key).",
    max_period_days=365,
)
def rotation(key: Subject, max_period_days: int) -> Verdict:
    """Looks at every enabled symmetric key of the customer: rotation bounds how much one version of a key protects.

    Keys that AWS manages rotate by themselves; asymmetric and HMAC keys, imported material and custom key stores cannot
    rotate automatically; a replica follows its primary key.
    """
    if why := _cannot_rotate(_metadata(key)):
        return not_applicable(why)
    status = key.told(_ROTATION)
    if not status["KeyRotationEnabled"]:
        return failed("automatic rotation is off")
    days = status.get("RotationPeriodInDays")
    if days is None:
        return passed("automatic rotation is on")
    return verdict(days <= max_period_days, f"rotates every {days} days; at most {max_period_days} are allowed")


@check(
    "kms_cmk_not_pending_deletion",
    on=_KEY,
    needs=(_DESCRIBE,),
    severity=CRITICAL,
    title="No customer-managed key is about to be deleted",
    controls=("sc-12",),
    remediation="Make sure that the deletion is meant. If it is not, stop it before its date (aws kms "
    "cancel-key-deletion --key-id KEY, then aws kms enable-key --key-id KEY): what a deleted key encrypted is lost.",
)
def not_pending_deletion(key: Subject) -> Verdict:
    """A key in its waiting period can be saved; after it, backups and records that it encrypted can never be read."""
    metadata = _metadata(key)
    if metadata["KeyManager"] != "CUSTOMER":
        return not_applicable("AWS manages this key")
    state = metadata["KeyState"]
    if state not in _BEING_DELETED:
        return passed(f"the key is in state {state}")
    date = metadata.get("DeletionDate")
    when = f"on {date:%Y-%m-%d}" if date else "once its replicas are deleted"
    return failed(f"the key is in state {state}: it will be deleted {when}")


@check(
    "kms_key_not_public",
    on=_KEY,
    needs=(_POLICY,),
    severity=CRITICAL,
    title="No key policy lets everybody use the key",
    controls=("ac-3", "ac-6", "sc-12"),
    indicators=("KSI-SVC-ASM",),
    remediation="Name the accounts, roles or services in the key policy instead of *, or add a condition that limits "
    "who asks, such as kms:CallerAccount or aws:PrincipalOrgID (aws kms put-key-policy).",
)
def not_public(key: Subject) -> Verdict:
    """A statement that allows * without a condition on who asks lets any AWS account use the key.

    kms:ViaService is no such condition: any account can call through the service. A statement is not counted where
    another one denies the same to all but somebody known.
    """
    public = public_statements(key.told(_POLICY)["Policy"])
    if not public:
        return passed("no statement of the key policy lets everybody in")
    return failed(f"the key policy allows everybody {'; '.join(each.what for each in public)}")


def _cannot_rotate(metadata: Mapping[str, Any]) -> str | None:
    """Why automatic rotation is no question of this key."""
    if metadata["KeyManager"] != "CUSTOMER":
        return "AWS manages this key and rotates it"
    if (spec := metadata["KeySpec"]) != "SYMMETRIC_DEFAULT":
        return f"keys of type {spec} cannot rotate automatically"
    if (origin := metadata["Origin"]) != "AWS_KMS":
        return f"key material of origin {origin} cannot rotate automatically"
    if metadata.get("MultiRegionConfiguration", {}).get("MultiRegionKeyType") == "REPLICA":
        return f"replica: follows its primary key {metadata['MultiRegionConfiguration']['PrimaryKey']['Arn']}"
    if (state := metadata["KeyState"]) != "Enabled":
        return f"the key is in state {state}"
    return None


def _metadata(key: Subject) -> Mapping[str, Any]:
    metadata: Mapping[str, Any] = key.told(_DESCRIBE)["KeyMetadata"]
    return metadata


CHECKS: tuple[Check, ...] = (rotation, not_pending_deletion, not_public)
