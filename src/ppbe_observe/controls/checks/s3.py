"""Buckets and the account's public access block (S3)."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from ppbe_observe.controls.check import (
    HIGH,
    LOW,
    MEDIUM,
    Check,
    Subject,
    check,
    failed,
    not_applicable,
    passed,
    verdict,
)
from ppbe_observe.controls.reading.lifecycle import archivals, expirations, noncurrent_expirations
from ppbe_observe.controls.reading.policies import EVERYBODY, Statement, statements
from ppbe_observe.model import Verdict

_BUCKET = "s3:bucket"
_ACCOUNT = "aws:account"
_VERSIONING = "s3:GetBucketVersioning"
_ENCRYPTION = "s3:GetBucketEncryption"
_LIFECYCLE = "s3:GetBucketLifecycleConfiguration"
_BLOCK = "s3:GetPublicAccessBlock"
_ACCOUNT_BLOCK = "s3control:GetPublicAccessBlock"
_POLICY = "s3:GetBucketPolicy"
_LOGGING = "s3:GetBucketLogging"
_LOCK = "s3:GetObjectLockConfiguration"

_FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_ALL_FLAGS = ",".join(f"{flag}=true" for flag in _FLAGS)
_DAYS_A_YEAR = 365


@check(
    "s3_versioning",
    on=_BUCKET,
    needs=(_VERSIONING,),
    severity=MEDIUM,
    title="Versioning is enabled",
    controls=("cp-9", "si-12"),
    indicators=("KSI-RPL-ABO",),
    remediation="aws s3api put-bucket-versioning --bucket NAME --versioning-configuration Status=Enabled",
)
def versioning(bucket: Subject) -> Verdict:
    """Versions let an object that was overwritten or deleted be recovered."""
    status = bucket.told(_VERSIONING).get("Status", "not enabled")
    return verdict(status == "Enabled", f"versioning is {status.lower()}")


@check(
    "s3_kms_encryption",
    on=_BUCKET,
    needs=(_ENCRYPTION,),
    severity=MEDIUM,
    title="Objects are encrypted by default with a customer-managed key",
    controls=("sc-28.1", "sc-13", "cp-9.8"),
    indicators=("KSI-SVC-SIN",),
    remediation="Name a customer-managed KMS key for the default encryption (aws s3api put-bucket-encryption with "
    "SSEAlgorithm aws:kms and KMSMasterKeyID). Access logs of load balancers cannot be delivered to such a bucket: "
    "exempt theirs.",
    require_cmk=True,
)
def kms_encryption(bucket: Subject, require_cmk: bool) -> Verdict:
    """With a key of S3's own, whoever may read the objects can; the policy of a customer's key is a second lock.

    The key of AWS is told by its alias, alias/aws/s3: a key that is named by its id or ARN counts as the customer's.
    """
    rules = bucket.told(_ENCRYPTION).get("ServerSideEncryptionConfiguration", {}).get("Rules", ())
    default = next((each["ApplyServerSideEncryptionByDefault"] for each in rules if _names_algorithm(each)), None)
    if default is None:
        return failed("no default encryption is configured")
    algorithm = default["SSEAlgorithm"]
    if algorithm not in {"aws:kms", "aws:kms:dsse"}:
        return failed(f"objects are encrypted by default with {algorithm}, not with a KMS key")
    key = default.get("KMSMasterKeyID")
    if not key or _is_aws_managed(key):
        return verdict(not require_cmk, f"objects are encrypted by default with {algorithm} and a key that AWS manages")
    return passed(f"objects are encrypted by default with {algorithm} and the key {key}")


@check(
    "s3_lifecycle_glacier",
    on=_BUCKET,
    needs=(_LIFECYCLE,),
    severity=LOW,
    title="Objects are archived in time",
    controls=("au-11", "si-12", "cp-9"),
    remediation="Add an enabled lifecycle rule for all objects with a transition to GLACIER after at most the days "
    "that are allowed (aws s3api put-bucket-lifecycle-configuration).",
    transition_days=90,
    buckets=("*",),
)
def lifecycle_glacier(bucket: Subject, transition_days: int, buckets: tuple[str, ...]) -> Verdict:
    """Records that are kept for years belong into an archive, where keeping them is affordable."""
    if (other := _not_among(bucket, buckets)) is not None:
        return other
    moves = archivals(bucket.told(_LIFECYCLE).get("Rules", ()))
    required = f"all objects must be moved to S3 Glacier after at most {transition_days} days"
    if not moves:
        return failed(f"no enabled rule moves objects to S3 Glacier; {required}")
    for each in moves:
        age = each.age(bucket.now)
        if not each.only and age is not None and age <= transition_days:
            return passed(f"{each}; {required}")
    return failed(f"{'; '.join(map(str, moves))}; {required}")


@check(
    "s3_lifecycle_retention",
    on=_BUCKET,
    needs=(_LIFECYCLE,),
    severity=HIGH,
    title="Objects are kept as long as required, and no rule expires them earlier",
    controls=("au-11", "si-12"),
    remediation="Let one enabled lifecycle rule for all objects expire current and noncurrent versions after the days "
    "that are required (Expiration.Days and NoncurrentVersionExpiration.NoncurrentDays), and none earlier.",
    retention_days=2555,
    buckets=("*",),
)
def lifecycle_retention(bucket: Subject, retention_days: int, buckets: tuple[str, ...]) -> Verdict:
    """Records that expire early are lost for good; those that never do are kept beyond their schedule."""
    if (other := _not_among(bucket, buckets)) is not None:
        return other
    rules = bucket.told(_LIFECYCLE).get("Rules", ())
    expiries = {"objects": expirations(rules), "noncurrent versions": noncurrent_expirations(rules)}
    found = [each for actions in expiries.values() for each in actions]
    required = f"{retention_days} days are required"
    if early := [each for each in found if each.days is None or each.days < retention_days]:
        return failed(f"{'; '.join(map(str, early))}; {required}")
    if never := [what for what, actions in expiries.items() if all(each.only for each in actions)]:
        return failed(f"no enabled rule expires all {' and all '.join(never)}; {required}")
    return passed(f"{'; '.join(map(str, found))}; {required}")


@check(
    "s3_public_access_block",
    on=_BUCKET,
    needs=(_BLOCK,),
    severity=HIGH,
    title="The bucket blocks public access",
    controls=("ac-3", "ac-4", "sc-7"),
    indicators=("KSI-SVC-SIN",),
    remediation="aws s3api put-public-access-block --bucket NAME --public-access-block-configuration " + _ALL_FLAGS,
)
def public_access_block(bucket: Subject) -> Verdict:
    """No access list and no policy, written by mistake or in haste, can then open the bucket to everybody."""
    return _blocked(bucket.told(_BLOCK), "bucket")


@check(
    "s3_account_public_access_block",
    on=_ACCOUNT,
    needs=(_ACCOUNT_BLOCK,),
    severity=HIGH,
    title="The account blocks public access to all buckets",
    controls=("ac-3", "ac-4", "sc-7"),
    indicators=("KSI-SVC-SIN",),
    remediation="aws s3control put-public-access-block --account-id ID --public-access-block-configuration "
    + _ALL_FLAGS,
)
def account_public_access_block(account: Subject) -> Verdict:
    """It holds for every bucket of the account, also those that are yet to be made."""
    return _blocked(account.told(_ACCOUNT_BLOCK), "account")


@check(
    "s3_tls_only",
    on=_BUCKET,
    needs=(_POLICY,),
    severity=MEDIUM,
    title="Requests without TLS are denied",
    controls=("sc-8", "sc-8.1"),
    indicators=("KSI-SVC-SIN",),
    remediation="Add a statement to the bucket policy: Effect Deny, Principal *, Action s3:*, Resource the bucket and "
    'BUCKET/*, Condition {"Bool": {"aws:SecureTransport": "false"}}.',
)
def tls_only(bucket: Subject) -> Verdict:
    """S3 answers plain HTTP too, unless the bucket policy denies it: to everybody, for the bucket and its objects."""
    policy = bucket.told(_POLICY).get("Policy")
    if policy is None:
        return failed("there is no bucket policy, so that requests without TLS are not denied")
    denying = [each for each in statements(policy) if _denies_plain(each)]
    parts = {"the bucket": bucket.arn, "its objects": f"{bucket.arn}/*"}
    open_ = [what for what, arn in parts.items() if not any(each.is_on(arn) for each in denying)]
    if open_:
        return failed(f"the bucket policy does not deny everybody all requests without TLS to {' and '.join(open_)}")
    return passed("the bucket policy denies everybody all requests without TLS")


@check(
    "s3_server_access_logging",
    on=_BUCKET,
    needs=(_LOGGING,),
    severity=MEDIUM,
    title="Access to the bucket is logged",
    controls=("au-2", "au-3", "au-12"),
    indicators=("KSI-MLA-LET",),
    remediation="aws s3api put-bucket-logging --bucket NAME --bucket-logging-status with a TargetBucket of the same "
    "region and account",
    exempt=("*-logs",),
)
def server_access_logging(bucket: Subject, exempt: tuple[str, ...]) -> Verdict:
    """Tells who read or changed what. Log buckets are exempt: each delivery to them would be logged in turn."""
    if pattern := _matching(bucket, exempt):
        return not_applicable(f"a log bucket: its name matches {pattern}")
    enabled = bucket.told(_LOGGING).get("LoggingEnabled")
    return passed(f"access is logged to {enabled['TargetBucket']}") if enabled else failed("access is not logged")


@check(
    "s3_object_lock",
    on=_BUCKET,
    needs=(_LOCK,),
    severity=LOW,
    title="Evidence cannot be changed or deleted before its time",
    controls=("au-9", "au-11", "cp-9"),
    indicators=("KSI-SVC-SIN",),
    remediation="Enable Object Lock with a default retention in COMPLIANCE mode "
    "(aws s3api put-object-lock-configuration); the bucket must be versioned.",
    bucket="*evidence*",
    days=2555,
)
def object_lock(subject: Subject, bucket: str, days: int) -> Verdict:
    """In COMPLIANCE mode nobody can shorten the retention or delete a version, the account's root user included."""
    if not _matching(subject, (bucket,)):
        return not_applicable(f"not an evidence bucket: its name does not match {bucket}")
    lock = subject.told(_LOCK).get("ObjectLockConfiguration", {})
    if lock.get("ObjectLockEnabled") != "Enabled":
        return failed("Object Lock is not enabled")
    retention = lock.get("Rule", {}).get("DefaultRetention")
    if not retention:
        return failed("Object Lock is enabled without a default retention")
    kept = retention.get("Days") or retention["Years"] * _DAYS_A_YEAR  # one of them is given
    told = f"objects are locked for {kept} days in {retention['Mode']} mode; {days} in COMPLIANCE mode are required"
    return verdict(retention["Mode"] == "COMPLIANCE" and kept >= days, told)


def _matching(bucket: Subject, patterns: tuple[str, ...]) -> str | None:
    name = bucket.facts["Name"]
    return next((each for each in patterns if fnmatchcase(name, each)), None)


def _not_among(bucket: Subject, patterns: tuple[str, ...]) -> Verdict | None:
    if _matching(bucket, patterns):
        return None
    return not_applicable(f"keeps no records: its name does not match {', '.join(patterns) or 'any of no patterns'}")


def _names_algorithm(rule: Mapping[str, Any]) -> bool:
    return "ApplyServerSideEncryptionByDefault" in rule


def _is_aws_managed(key: str) -> bool:
    """Whether it is an alias that AWS keeps for itself (``alias/aws/s3``), by name or ARN."""
    return key.rpartition(":")[2].removeprefix("alias/").startswith("aws/")


def _blocked(answer: Mapping[str, Any], whose: str) -> Verdict:
    if not answer:
        return failed(f"the {whose} has no public access block")
    block = answer["PublicAccessBlockConfiguration"]
    off = [flag for flag in _FLAGS if block.get(flag) is not True]
    if off:
        return failed(f"the public access block of the {whose} leaves {', '.join(off)} off")
    return passed(f"the public access block of the {whose} has all four settings on")


def _denies_plain(statement: Statement) -> bool:
    """Whether it denies every action without TLS to everybody; all but some are not everybody, nor every action."""
    everybody = any((each.kind, each.name) == ("AWS", EVERYBODY) for each in statement.principals)
    whole = bool(statement.actions) and statement.is_about("s3:*") and not statement.not_resources
    return not statement.allow and everybody and whole and _only_without_tls(statement)


def _only_without_tls(statement: Statement) -> bool:
    """Whether it holds for requests without TLS, whatever else they are: further conditions would narrow it."""
    return bool(statement.conditions) and all(
        each.is_on("aws:SecureTransport")
        and each.operator.casefold() in {"bool", "boolifexists"}
        and "false" in {value.casefold() for value in each.values}
        for each in statement.conditions
    )


CHECKS: tuple[Check, ...] = (
    versioning,
    kms_encryption,
    lifecycle_glacier,
    lifecycle_retention,
    public_access_block,
    account_public_access_block,
    tls_only,
    server_access_logging,
    object_lock,
)
