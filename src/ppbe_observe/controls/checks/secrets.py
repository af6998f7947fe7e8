"""Secrets (Secrets Manager). What is in them is never looked at."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from ppbe_observe.controls.check import HIGH, MEDIUM, Check, Subject, check, failed, not_applicable, passed, verdict
from ppbe_observe.controls.reading.keys import is_alias_of_aws
from ppbe_observe.controls.reading.policies import public_statements
from ppbe_observe.model import Verdict

_SECRET = "secretsmanager:secret"  # noqa: S105 - a kind, not a password
_DESCRIBE = "secretsmanager:DescribeSecret"
_POLICY = "secretsmanager:GetResourcePolicy"
_DESCRIBE_KEY = "kms:DescribeKey"


@check(
    "secret_rotation_enabled",
    on=_SECRET,
    severity=HIGH,
    title="The secret rotates automatically",
    controls=("ac-2.1", "ia-5"),
    indicators=("KSI-SVC-ASM",),
    remediation="Configure rotation (aws secretsmanager rotate-secret --secret-id NAME --rotation-lambda-arn ARN "
    "--rotation-rules AutomaticallyAfterDays=90), or list a secret that cannot rotate in the parameter exempt.",
    exempt=(),
)
def rotation_enabled(secret: Subject, exempt: tuple[str, ...]) -> Verdict:
    """A secret that rotates is of no use to whoever stole it long ago.

    Not judged: secrets whose name or ARN matches a pattern in exempt, those that an AWS service owns and rotates, and
    replicas, which follow their primary secret.
    """
    if why := _rotated_elsewhere(secret):
        return not_applicable(why)
    if pattern := _matching(secret, exempt):
        return not_applicable(f"exempt by the settings: {pattern}")
    on = secret.facts.get("RotationEnabled", False)
    return verdict(on, f"automatic rotation is {'on' if on else 'off'}")


@check(
    "secret_rotated_recently",
    on=_SECRET,
    needs=(_DESCRIBE,),
    severity=MEDIUM,
    title="The secret was rotated recently",
    controls=("ac-2.1", "ia-5"),
    indicators=("KSI-SVC-ASM",),
    remediation="Rotate it now (aws secretsmanager rotate-secret --secret-id NAME); where rotation is on but late, "
    "look into the log of its rotation function.",
    max_days=90,
)
def rotated_recently(secret: Subject, max_days: int) -> Verdict:
    """Rotation that is configured may fail; the date of the last one shows that it works.

    A secret that was never rotated fails however new it is. Secrets that an AWS service owns and replicas are not
    judged: their owner, or their primary secret, rotates.
    """
    if why := _rotated_elsewhere(secret):
        return not_applicable(why)
    last = secret.told(_DESCRIBE).get("LastRotatedDate")
    if last is None:
        return failed(f"it was never rotated; at most {max_days} days between rotations are allowed")
    days = (secret.now - last).days
    return verdict(days <= max_days, f"it was last rotated {days} days ago; at most {max_days} are allowed")


@check(
    "secret_kms_cmk",
    on=_SECRET,
    needs=(_DESCRIBE_KEY,),
    severity=MEDIUM,
    title="The secret is encrypted with a customer-managed key",
    controls=("sc-28.1", "sc-13"),
    remediation="Name a customer-managed key (aws secretsmanager update-secret --secret-id NAME --kms-key-id KEY; "
    "Terraform: kms_key_id on aws_secretsmanager_secret).",
    require_cmk=True,
)
def encrypted_with_own_key(secret: Subject, require_cmk: bool) -> Verdict:
    """Secrets are always encrypted, by default with AWS's own key; only a customer-managed one can be revoked."""
    if not require_cmk:
        return passed("secrets are always encrypted; a customer-managed key is not required")
    key = secret.detail(_DESCRIBE_KEY)
    if key is None:
        return failed("it is encrypted with aws/secretsmanager, which AWS manages")
    manager = "AWS" if is_alias_of_aws(secret.facts["KmsKeyId"]) else key["KeyMetadata"]["KeyManager"]
    by = "the customer" if manager == "CUSTOMER" else manager
    return verdict(manager == "CUSTOMER", f"it is encrypted with a key that {by} manages")


@check(
    "secret_not_public",
    on=_SECRET,
    needs=(_POLICY,),
    severity=HIGH,
    title="No resource policy lets everybody read the secret",
    controls=("ac-3", "ac-6"),
    indicators=("KSI-SVC-ASM",),
    remediation="Name the principals in the resource policy instead of *, or remove it (aws secretsmanager "
    "delete-resource-policy --secret-id NAME); put-resource-policy --block-public-policy refuses such policies.",
)
def not_public(secret: Subject) -> Verdict:
    """A statement that allows * without a condition on who asks lets any AWS account in.

    It is not counted where another one denies the same to all but somebody known.
    """
    policy = secret.told(_POLICY).get("ResourcePolicy")
    if not policy:
        return passed("it has no resource policy")
    public = public_statements(policy)
    if not public:
        return passed("no statement of the resource policy lets everybody in")
    return failed(f"the resource policy allows everybody {'; '.join(each.what for each in public)}")


def _rotated_elsewhere(secret: Subject) -> str | None:
    """Who rotates it, if not this account by this secret."""
    if owner := secret.facts.get("OwningService"):
        return f"{owner} owns and rotates it"
    primary = secret.facts.get("PrimaryRegion")
    if primary and primary != secret.resource.target.region:
        return f"replica: rotates in {primary}"
    return None


def _matching(secret: Subject, patterns: Iterable[str]) -> str | None:
    names = (secret.facts["Name"], secret.arn)
    return next((each for each in patterns if any(fnmatchcase(name, each) for name in names)), None)


CHECKS: tuple[Check, ...] = (rotation_enabled, rotated_recently, encrypted_with_own_key, not_public)
