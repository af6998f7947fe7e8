"""Checks of buckets and of the account's public access block, on what moto holds."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.gathering import LocalSession, answer
from support.judging import judge, only, unseen

NAME = "ppbe-production-backups"
ARN = f"arn:aws-us-gov:s3:::{NAME}"
KEY = "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

NEEDS = {
    "s3_versioning": "s3:GetBucketVersioning",
    "s3_kms_encryption": "s3:GetBucketEncryption",
    "s3_lifecycle_glacier": "s3:GetBucketLifecycleConfiguration",
    "s3_lifecycle_retention": "s3:GetBucketLifecycleConfiguration",
    "s3_public_access_block": "s3:GetPublicAccessBlock",
    "s3_tls_only": "s3:GetBucketPolicy",
    "s3_server_access_logging": "s3:GetBucketLogging",
    "s3_object_lock": "s3:GetObjectLockConfiguration",
}


def bucket(session: LocalSession, name: str = NAME, **given: Any) -> Any:
    """Make a bucket; the client, to change it."""
    region: Any = {"LocationConstraint": session.target.region}
    s3 = session.client("s3")
    s3.create_bucket(Bucket=name, CreateBucketConfiguration=region, **given)
    return s3


def told(session: LocalSession, operation: str, body: str) -> None:
    """What AWS documents, where moto cannot keep it."""
    session.faults[operation] = lambda: answer(200, body)


@pytest.mark.parametrize("check", NEEDS)
def test_a_bucket_that_cannot_be_asked(local_session: LocalSession, check: str) -> None:
    bucket(local_session, "ppbe-evidence")
    unseen(local_session, check, NEEDS[check], "AccessDenied")


@pytest.mark.parametrize("check", NEEDS)
def test_buckets_that_cannot_be_listed(local_session: LocalSession, check: str) -> None:
    bucket(local_session, "ppbe-evidence")
    unseen(local_session, check, "s3:ListBuckets", "AccessDenied")


@pytest.mark.parametrize("check", NEEDS)
def test_no_buckets(local_session: LocalSession, check: str) -> None:
    assert only(local_session, check) == ("not_applicable", "there is no s3:bucket here")


@pytest.mark.parametrize(
    ("status", "outcome", "reason"),
    [
        ("Enabled", "pass", "versioning is enabled"),
        ("Suspended", "fail", "versioning is suspended"),
        (None, "fail", "versioning is not enabled"),
    ],
)
def test_versioning(local_session: LocalSession, status: Any, outcome: str, reason: str) -> None:
    s3 = bucket(local_session)
    if status:
        s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": status})
    assert only(local_session, "s3_versioning") == (outcome, reason)


def encrypted(session: LocalSession, algorithm: str, key: str | None) -> None:
    default: Any = {"SSEAlgorithm": algorithm} | ({"KMSMasterKeyID": key} if key else {})
    bucket(session).put_bucket_encryption(
        Bucket=NAME, ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]}
    )


CUSTOMER_KEYS = [
    KEY,
    "1234abcd-12ab-34cd-56ef-1234567890ab",
    "arn:aws-us-gov:kms:us-gov-west-1:999999999999:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/ppbe/aws/s3",
    "alias/ppbe",
]
AWS_KEYS = [None, "alias/aws/s3", "aws/s3", "arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/aws/s3"]


@pytest.mark.parametrize("algorithm", ["aws:kms", "aws:kms:dsse"])
@pytest.mark.parametrize("key", CUSTOMER_KEYS)
def test_encrypted_with_a_customer_key(local_session: LocalSession, algorithm: str, key: str) -> None:
    encrypted(local_session, algorithm, key)
    assert only(local_session, "s3_kms_encryption") == (
        "pass",
        f"objects are encrypted by default with {algorithm} and the key {key}",
    )


@pytest.mark.parametrize("key", AWS_KEYS)
def test_encrypted_with_a_key_of_aws(local_session: LocalSession, key: str | None) -> None:
    encrypted(local_session, "aws:kms", key)
    reason = "objects are encrypted by default with aws:kms and a key that AWS manages"
    assert only(local_session, "s3_kms_encryption") == ("fail", reason)
    assert only(local_session, "s3_kms_encryption", require_cmk=False) == ("pass", reason)


def test_encrypted_without_kms(local_session: LocalSession) -> None:
    encrypted(local_session, "AES256", None)
    reason = "objects are encrypted by default with AES256, not with a KMS key"
    assert only(local_session, "s3_kms_encryption") == ("fail", reason)
    assert only(local_session, "s3_kms_encryption", require_cmk=False) == ("fail", reason)


def test_no_default_encryption(local_session: LocalSession) -> None:
    bucket(local_session)
    assert only(local_session, "s3_kms_encryption") == ("fail", "no default encryption is configured")


def test_a_rule_of_encryption_that_names_no_algorithm(local_session: LocalSession) -> None:
    """Moto forgets BucketKeyEnabled without an algorithm."""
    bucket(local_session)
    rule = "<Rule><BucketKeyEnabled>true</BucketKeyEnabled></Rule>"
    body = f"<ServerSideEncryptionConfiguration>{rule}</ServerSideEncryptionConfiguration>"
    told(local_session, "s3:GetBucketEncryption", body)
    assert only(local_session, "s3_kms_encryption") == ("fail", "no default encryption is configured")


def rules(session: LocalSession, *given: Any) -> None:
    """A bucket with these lifecycle rules; they are enabled and for all objects where they do not say so."""
    named = [
        {"ID": f"r{number}", "Status": "Enabled"} | ({} if "Prefix" in each else {"Filter": {}}) | each
        for number, each in enumerate(given)
    ]
    bucket(session).put_bucket_lifecycle_configuration(Bucket=NAME, LifecycleConfiguration={"Rules": named})


def archive(days: int = 90, to: str = "GLACIER", **given: Any) -> dict[str, Any]:
    return {"Transitions": [{"Days": days, "StorageClass": to}], **given}


ARCHIVE = "all objects must be moved to S3 Glacier after at most 90 days"


@pytest.mark.parametrize("to", ["GLACIER", "DEEP_ARCHIVE", "GLACIER_IR"])
@pytest.mark.parametrize(("days", "outcome"), [(90, "pass"), (0, "pass"), (91, "fail")])
def test_archived_in_time(local_session: LocalSession, to: str, days: int, outcome: str) -> None:
    rules(local_session, archive(days, to))
    assert only(local_session, "s3_lifecycle_glacier") == (
        outcome,
        f"rule r0 moves objects to {to} after {days} days; {ARCHIVE}",
    )


@pytest.mark.parametrize("whole", [{"Filter": {}}, {"Filter": {"Prefix": ""}}, {"Prefix": ""}], ids=str)
def test_ways_to_say_all_objects(local_session: LocalSession, whole: Any) -> None:
    rules(local_session, archive(**whole))
    assert only(local_session, "s3_lifecycle_glacier")[0] == "pass"


PARTS = [
    ({"Prefix": "db/"}, "under db/"),
    ({"Filter": {"Prefix": "db/"}}, "under db/"),
    ({"Filter": {"Tag": {"Key": "kind", "Value": "dump"}}}, "tagged kind=dump"),
    (
        {"Filter": {"And": {"Prefix": "db/", "Tags": [{"Key": "kind", "Value": "dump"}, {"Key": "é", "Value": ""}]}}},
        "under db/ tagged kind=dump tagged é=",
    ),
]


@pytest.mark.parametrize(("part", "only_these"), PARTS)
def test_a_rule_for_some_objects_is_not_enough(local_session: LocalSession, part: Any, only_these: str) -> None:
    rules(local_session, archive(30, **part))
    assert only(local_session, "s3_lifecycle_glacier") == (
        "fail",
        f"rule r0 moves objects to GLACIER after 30 days, but only {only_these}; {ARCHIVE}",
    )


def lifecycle(*given: str) -> str:
    each = "".join(f"<Rule><Status>Enabled</Status>{rule}</Rule>" for rule in given)
    return f"<LifecycleConfiguration>{each}</LifecycleConfiguration>"


@pytest.mark.parametrize(
    ("part", "only_these"),
    [
        ("<ObjectSizeGreaterThan>131072</ObjectSizeGreaterThan>", "of more than 131072 bytes"),
        (
            "<And><ObjectSizeGreaterThan>1</ObjectSizeGreaterThan><ObjectSizeLessThan>9</ObjectSizeLessThan></And>",
            "of more than 1 bytes of less than 9 bytes",
        ),
    ],
)
def test_a_rule_for_objects_of_some_size(local_session: LocalSession, part: str, only_these: str) -> None:
    """Moto forgets sizes, and names rules that have no name."""
    bucket(local_session)
    moved = "<Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition>"
    told(local_session, "s3:GetBucketLifecycleConfiguration", lifecycle(f"<Filter>{part}</Filter>{moved}"))
    assert only(local_session, "s3_lifecycle_glacier") == (
        "fail",
        f"rule without a name moves objects to GLACIER after 30 days, but only {only_these}; {ARCHIVE}",
    )


@pytest.mark.parametrize(
    "rule",
    [
        archive(30, Status="Disabled"),
        archive(30, "STANDARD_IA"),
        {"NoncurrentVersionTransitions": [{"NoncurrentDays": 30, "StorageClass": "GLACIER"}]},
        {"Expiration": {"Days": 2555}},
    ],
    ids=str,
)
def test_rules_that_archive_nothing(local_session: LocalSession, rule: Any) -> None:
    rules(local_session, rule)
    assert only(local_session, "s3_lifecycle_glacier") == (
        "fail",
        f"no enabled rule moves objects to S3 Glacier; {ARCHIVE}",
    )


def test_one_of_several_rules_archives_in_time(local_session: LocalSession) -> None:
    several = {
        "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 60, "StorageClass": "GLACIER"}],
    }
    rules(local_session, archive(10, Prefix="db/"), archive(1, Status="Disabled"), several)
    assert only(local_session, "s3_lifecycle_glacier") == (
        "pass",
        f"rule r2 moves objects to GLACIER after 60 days; {ARCHIVE}",
    )


@pytest.mark.parametrize(("date", "outcome"), [("2026-11-23", "pass"), ("2026-11-24", "fail")])
def test_archived_from_a_date_on(local_session: LocalSession, date: str, outcome: str) -> None:
    """S3 goes on with what a date began: once it has come, objects are archived at once."""
    at = datetime.fromisoformat(date).replace(tzinfo=UTC)
    rules(local_session, {"Transitions": [{"Date": at, "StorageClass": "GLACIER"}]})
    assert only(local_session, "s3_lifecycle_glacier", now=NOW) == (
        outcome,
        f"rule r0 moves objects to GLACIER from {date} on, whatever their age; {ARCHIVE}",
    )


@pytest.mark.parametrize(
    ("check", "required"),
    [
        ("s3_lifecycle_glacier", f"no enabled rule moves objects to S3 Glacier; {ARCHIVE}"),
        (
            "s3_lifecycle_retention",
            "no enabled rule expires all objects and all noncurrent versions; 2555 days are required",
        ),
    ],
)
def test_a_bucket_without_rules(local_session: LocalSession, check: str, required: str) -> None:
    bucket(local_session)
    assert only(local_session, check) == ("fail", required)


@pytest.mark.parametrize("check", ["s3_lifecycle_glacier", "s3_lifecycle_retention"])
def test_only_buckets_that_keep_records_need_rules(local_session: LocalSession, check: str) -> None:
    bucket(local_session, "ppbe-production-logs")
    bucket(local_session)
    found = judge(local_session, check, buckets=("*-backups", "*-evidence"))
    assert {arn: each.outcome.value for arn, each in found.items()} == {
        "arn:aws-us-gov:s3:::ppbe-production-logs": "not_applicable",
        ARN: "fail",
    }
    assert found["arn:aws-us-gov:s3:::ppbe-production-logs"].verdict.reason == (
        "keeps no records: its name does not match *-backups, *-evidence"
    )


def expire(days: int = 2555, noncurrent: int = 2555, **given: Any) -> dict[str, Any]:
    return {"Expiration": {"Days": days}, "NoncurrentVersionExpiration": {"NoncurrentDays": noncurrent}, **given}


@pytest.mark.parametrize(
    ("days", "noncurrent", "outcome", "reason"),
    [
        (
            2555,
            3000,
            "pass",
            "rule r0 expires objects after 2555 days; rule r0 expires noncurrent versions after 3000 days",
        ),
        (2554, 2555, "fail", "rule r0 expires objects after 2554 days"),
        (2555, 2554, "fail", "rule r0 expires noncurrent versions after 2554 days"),
        (
            365,
            30,
            "fail",
            "rule r0 expires objects after 365 days; rule r0 expires noncurrent versions after 30 days",
        ),
    ],
)
def test_retention(local_session: LocalSession, days: int, noncurrent: int, outcome: str, reason: str) -> None:
    rules(local_session, expire(days, noncurrent))
    assert only(local_session, "s3_lifecycle_retention") == (outcome, f"{reason}; 2555 days are required")


def test_another_retention(local_session: LocalSession) -> None:
    rules(local_session, expire(365, 365))
    assert only(local_session, "s3_lifecycle_retention", retention_days=365)[0] == "pass"


def test_retention_by_two_rules(local_session: LocalSession) -> None:
    current, noncurrent = ({name: each} for name, each in expire().items())
    rules(local_session, current, noncurrent, expire(1, 1, Status="Disabled"))
    assert only(local_session, "s3_lifecycle_retention")[0] == "pass"


@pytest.mark.parametrize(("part", "only_these"), PARTS)
def test_a_rule_that_expires_some_objects_early(local_session: LocalSession, part: Any, only_these: str) -> None:
    rules(local_session, expire(), {"Expiration": {"Days": 30}, **part})
    assert only(local_session, "s3_lifecycle_retention") == (
        "fail",
        f"rule r1 expires objects after 30 days, but only {only_these}; 2555 days are required",
    )


@pytest.mark.parametrize(
    ("rule", "never"),
    [
        ({"Expiration": {"Days": 2555}}, "noncurrent versions"),
        ({"NoncurrentVersionExpiration": {"NoncurrentDays": 2555}}, "objects"),
        (
            {
                "Expiration": {"ExpiredObjectDeleteMarker": True},
                "NoncurrentVersionExpiration": {"NoncurrentDays": 2555},
            },
            "objects",
        ),
        (expire(Status="Disabled"), "objects and all noncurrent versions"),
        (expire(Prefix="db/"), "objects and all noncurrent versions"),
        ({"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}, "objects and all noncurrent versions"),
    ],
    ids=str,
)
def test_what_is_kept_for_ever(local_session: LocalSession, rule: Any, never: str) -> None:
    rules(local_session, rule)
    assert only(local_session, "s3_lifecycle_retention") == (
        "fail",
        f"no enabled rule expires all {never}; 2555 days are required",
    )


def test_a_date_of_expiry_does_not_ask_for_the_age(local_session: LocalSession) -> None:
    at = NOW + timedelta(days=9999)
    rules(local_session, expire(), {"Expiration": {"Date": at.replace(hour=0)}})
    assert only(local_session, "s3_lifecycle_retention") == (
        "fail",
        f"rule r1 expires objects from {at:%Y-%m-%d} on, whatever their age; 2555 days are required",
    )


def test_noncurrent_versions_that_are_not_among_the_newest_expire_early(local_session: LocalSession) -> None:
    """Moto forgets how many of the newest are spared."""
    bucket(local_session)
    spared = "<NewerNoncurrentVersions>5</NewerNoncurrentVersions><NoncurrentDays>1</NoncurrentDays>"
    rule = f"<ID>newest</ID><Filter/><NoncurrentVersionExpiration>{spared}</NoncurrentVersionExpiration>"
    told(local_session, "s3:GetBucketLifecycleConfiguration", lifecycle(rule))
    assert only(local_session, "s3_lifecycle_retention") == (
        "fail",
        "rule newest expires noncurrent versions after 1 days; 2555 days are required",
    )


def test_public_access_block(local_session: LocalSession) -> None:
    s3 = bucket(local_session)
    s3.put_public_access_block(Bucket=NAME, PublicAccessBlockConfiguration=dict.fromkeys(FLAGS, True))
    assert only(local_session, "s3_public_access_block") == (
        "pass",
        "the public access block of the bucket has all four settings on",
    )


@pytest.mark.parametrize("off", FLAGS)
def test_public_access_block_with_one_setting_off(local_session: LocalSession, off: str) -> None:
    flags: Any = dict.fromkeys(FLAGS, True) | {off: False}
    bucket(local_session).put_public_access_block(Bucket=NAME, PublicAccessBlockConfiguration=flags)
    local_session.client("s3control").put_public_access_block(
        AccountId="123456789012", PublicAccessBlockConfiguration=flags
    )
    reason = "the public access block of the {} leaves {} off".format
    assert only(local_session, "s3_public_access_block") == ("fail", reason("bucket", off))
    assert only(local_session, "s3_account_public_access_block") == ("fail", reason("account", off))


def test_the_block_of_the_account_is_not_that_of_the_bucket(local_session: LocalSession) -> None:
    bucket(local_session)
    local_session.client("s3control").put_public_access_block(
        AccountId="123456789012",
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    assert only(local_session, "s3_public_access_block") == ("fail", "the bucket has no public access block")
    (found,) = judge(local_session, "s3_account_public_access_block").values()
    assert found.resource.arn == "arn:aws-us-gov:iam::123456789012:root"
    assert (found.outcome.value, found.verdict.reason) == (
        "pass",
        "the public access block of the account has all four settings on",
    )


def test_no_block_at_all(local_session: LocalSession) -> None:
    assert only(local_session, "s3_account_public_access_block") == ("fail", "the account has no public access block")


def test_a_block_of_the_account_that_cannot_be_seen(local_session: LocalSession) -> None:
    unseen(local_session, "s3_account_public_access_block", "s3control:GetPublicAccessBlock", "AccessDenied")


def policy(session: LocalSession, statement: Any) -> None:
    document = {"Version": "2012-10-17", "Statement": statement}
    bucket(session).put_bucket_policy(Bucket=NAME, Policy=json.dumps(document))


def deny(**given: Any) -> dict[str, Any]:
    standard = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [ARN, f"{ARN}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {name: value for name, value in (standard | given).items() if value is not None}


ALLOW = deny(Effect="Allow", Principal={"Service": "logging.s3.amazonaws.com"}, Condition=None)


@pytest.mark.parametrize(
    "statement",
    [
        deny(),
        [ALLOW, deny()],
        [deny(Principal={"AWS": "*"})],
        [deny(Principal={"AWS": ["arn:aws-us-gov:iam::999999999999:root", "*"]})],
        [deny(Action=["s3:GetObject", "*"])],
        [deny(Action="S3:*")],
        [deny(Resource="*")],
        [deny(Resource=f"{ARN}*")],
        [deny(Resource="arn:aws-us-gov:s3:::*")],
        [deny(Resource=ARN), deny(Resource=f"{ARN}/*")],
        [deny(Condition={"Bool": {"aws:SecureTransport": ["false"]}})],
        [deny(Condition={"Bool": {"aws:SecureTransport": False}})],
        [deny(Condition={"Bool": {"AWS:securetransport": "False"}})],
        [deny(Condition={"BoolIfExists": {"aws:SecureTransport": "false"}})],
    ],
    ids=str,
)
def test_requests_without_tls_are_denied(local_session: LocalSession, statement: Any) -> None:
    policy(local_session, statement)
    assert only(local_session, "s3_tls_only") == (
        "pass",
        "the bucket policy denies everybody all requests without TLS",
    )


BOTH = "the bucket and its objects"


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (ALLOW, BOTH),
        (deny(Effect="Allow"), BOTH),
        (deny(Effect="Allow", Condition={"Bool": {"aws:SecureTransport": "true"}}), BOTH),
        (deny(Condition={"Bool": {"aws:SecureTransport": "true"}}), BOTH),
        (deny(Condition=None), BOTH),
        (deny(Condition={"StringEquals": {"aws:SecureTransport": "false"}}), BOTH),
        (deny(Condition={"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "false"}}), BOTH),
        (deny(Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}}), BOTH),
        (deny(Principal={"AWS": "arn:aws-us-gov:iam::999999999999:root"}), BOTH),
        (deny(Principal=None, NotPrincipal={"AWS": "arn:aws-us-gov:iam::123456789012:role/backup"}), BOTH),
        (deny(Principal={"Service": "*"}), BOTH),
        (deny(Action=["s3:GetObject", "s3:PutObject"]), BOTH),
        (deny(Action="s3:Get*"), BOTH),
        (deny(Action=None, NotAction="s3:GetObject"), BOTH),
        (deny(Resource=None, NotResource=f"{ARN}/public/*"), BOTH),
        (deny(Resource="arn:aws-us-gov:s3:::other*"), BOTH),
        (deny(Resource=ARN), "its objects"),
        (deny(Resource=f"{ARN}/*"), "the bucket"),
        (deny(Resource=[ARN, f"{ARN}/db/*"]), "its objects"),
    ],
    ids=str,
)
def test_requests_without_tls_are_not_all_denied(local_session: LocalSession, statement: Any, what: str) -> None:
    policy(local_session, statement)
    assert only(local_session, "s3_tls_only") == (
        "fail",
        f"the bucket policy does not deny everybody all requests without TLS to {what}",
    )


def test_no_bucket_policy(local_session: LocalSession) -> None:
    bucket(local_session)
    assert only(local_session, "s3_tls_only") == (
        "fail",
        "there is no bucket policy, so that requests without TLS are not denied",
    )


def test_a_bucket_policy_that_cannot_be_read(local_session: LocalSession) -> None:
    bucket(local_session)
    told(local_session, "s3:GetBucketPolicy", '{"Version": ')
    (found,) = judge(local_session, "s3_tls_only").values()
    assert (found.outcome, found.verdict.cause) == ("unknown", "malformed")


def test_access_is_logged(local_session: LocalSession) -> None:
    s3 = bucket(local_session)
    bucket(local_session, "ppbe-production-logs").put_bucket_acl(
        Bucket="ppbe-production-logs",
        GrantFullControl='uri="http://acs.amazonaws.com/groups/s3/LogDelivery"',
    )
    s3.put_bucket_logging(
        Bucket=NAME,
        BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "ppbe-production-logs", "TargetPrefix": ""}},
    )
    found = {
        each.resource.facts["Name"]: (each.outcome.value, each.verdict.reason)
        for each in judge(local_session, "s3_server_access_logging").values()
    }
    assert found == {
        NAME: ("pass", "access is logged to ppbe-production-logs"),
        "ppbe-production-logs": ("not_applicable", "a log bucket: its name matches *-logs"),
    }


def test_access_is_not_logged(local_session: LocalSession) -> None:
    bucket(local_session, "ppbe-production-logs")
    assert only(local_session, "s3_server_access_logging", exempt=("audit-*",)) == ("fail", "access is not logged")


def lock(session: LocalSession, mode: str, **kept: int) -> None:
    s3 = bucket(session, "ppbe-evidence", ObjectLockEnabledForBucket=True)
    s3.put_object_lock_configuration(
        Bucket="ppbe-evidence",
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": mode, **kept}},
        },
    )


@pytest.mark.parametrize(
    ("mode", "kept", "days", "outcome"),
    [
        ("COMPLIANCE", {"Days": 2555}, 2555, "pass"),
        ("COMPLIANCE", {"Years": 7}, 2555, "pass"),
        ("COMPLIANCE", {"Days": 2554}, 2554, "fail"),
        ("COMPLIANCE", {"Years": 6}, 2190, "fail"),
        ("GOVERNANCE", {"Days": 3650}, 3650, "fail"),
    ],
)
def test_evidence_is_locked(
    local_session: LocalSession, mode: str, kept: dict[str, int], days: int, outcome: str
) -> None:
    lock(local_session, mode, **kept)
    assert only(local_session, "s3_object_lock") == (
        outcome,
        f"objects are locked for {days} days in {mode} mode; 2555 in COMPLIANCE mode are required",
    )


def test_evidence_is_not_locked(local_session: LocalSession) -> None:
    bucket(local_session, "ppbe-evidence")
    assert only(local_session, "s3_object_lock") == ("fail", "Object Lock is not enabled")


def test_a_lock_that_holds_nothing_unless_told(local_session: LocalSession) -> None:
    """Moto answers without a Rule only where none was ever put."""
    bucket(local_session, "ppbe-evidence")
    enabled = "<ObjectLockEnabled>Enabled</ObjectLockEnabled>"
    body = f"<ObjectLockConfiguration>{enabled}</ObjectLockConfiguration>"
    told(local_session, "s3:GetObjectLockConfiguration", body)
    assert only(local_session, "s3_object_lock") == ("fail", "Object Lock is enabled without a default retention")


def test_only_evidence_has_to_be_locked(local_session: LocalSession) -> None:
    bucket(local_session)
    assert only(local_session, "s3_object_lock") == (
        "not_applicable",
        "not an evidence bucket: its name does not match *evidence*",
    )
    assert only(local_session, "s3_object_lock", bucket="ppbe-*-backups") == ("fail", "Object Lock is not enabled")
