"""Buckets with the resources that configure them, and the account's public access block (S3). Pure.

Before version 4 of the provider a bucket was configured by its own blocks. They are still there, told for buckets that
exist, and for new ones where they are used.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ppbe_observe.controls.check import Unseen
from ppbe_observe.controls.plan.block import Block, untold
from ppbe_observe.controls.plan.facts import ABSENT
from ppbe_observe.controls.plan.places import NOWHERE, PARTITIONS
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.services.s3_lifecycle import lifecycle_of
from ppbe_observe.controls.plan.telling import KEYS, Description, flag, number, part, told
from ppbe_observe.controls.reading.policies import matches

BUCKET = "aws_s3_bucket"
BLOCK = "aws_s3_bucket_public_access_block"
_ACCOUNT_BLOCK = "aws_s3_account_public_access_block"

_FLAGS = {
    "BlockPublicAcls": "block_public_acls",
    "BlockPublicPolicy": "block_public_policy",
    "IgnorePublicAcls": "ignore_public_acls",
    "RestrictPublicBuckets": "restrict_public_buckets",
}
_DEFAULT = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
"""What every new bucket has (S3 User Guide, "Setting default server-side encryption behavior")."""


def name_of(bucket: Planned) -> Any:
    """Its name; raises where it is only known after apply."""
    return told("bucket")(bucket)


def public_access_block(bucket: Planned) -> Mapping[str, Any]:
    """What GetPublicAccessBlock will say of a bucket."""
    return _configured_by(bucket, BLOCK, None, lambda block: _blocking(block.attributes))


def _configured_by(
    bucket: Planned, kind: str, own: str | None, read: Callable[[Planned], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """What one operation says: as the resource of the kind does, else as the bucket's own blocks do, else nothing."""
    try:
        found = bucket.plan.part_of(bucket, "bucket", kind)
    except Unseen:
        if own is None or not _speaks(bucket, own):
            raise
        found = None
    if found:
        return read(found)
    if own is not None and _speaks(bucket, own) and not bucket.plan.removed_from(bucket, "bucket", kind):
        return read(bucket)
    return {}


def _speaks(bucket: Planned, own: str) -> bool:
    """Whether blocks of the bucket itself say something, or, where it exists, that there is nothing."""
    if bucket.attributes.after_apply(own) or own not in bucket.attributes.values:
        return False
    return not bucket.created or bool(bucket.attributes.values[own])


def _blocking(source: Block) -> Mapping[str, Any]:
    flags = {aws: flag(name) for aws, name in _FLAGS.items()}
    return {"PublicAccessBlockConfiguration": part(source, flags)}


def _versioning(bucket: Planned) -> Mapping[str, Any]:
    return _configured_by(bucket, "aws_s3_bucket_versioning", "versioning", _versioned)


def _versioned(source: Planned) -> Mapping[str, Any]:
    if source.change.type == BUCKET:
        block = source.attributes.first("versioning")
        return {"Status": "Enabled"} if block and flag("enabled")(block) else {}
    block = source.attributes.first("versioning_configuration")
    status = told("status")(block) if block else "Disabled"
    return {} if status == "Disabled" else {"Status": status}


def _encryption(bucket: Planned) -> Mapping[str, Any]:
    kind = "aws_s3_bucket_server_side_encryption_configuration"
    given = _configured_by(bucket, kind, "server_side_encryption_configuration", _encrypted)
    return given or {"ServerSideEncryptionConfiguration": _DEFAULT}


def _encrypted(source: Planned) -> Mapping[str, Any]:
    block: Block | None = source.attributes
    if source.change.type == BUCKET:
        block = source.attributes.first("server_side_encryption_configuration")
    rules = [_default_encryption(source, each) for each in block.blocks("rule")] if block else []
    return {"ServerSideEncryptionConfiguration": {"Rules": rules}} if rules else {}


def _default_encryption(source: Planned, rule: Block) -> Mapping[str, Any]:
    default = rule.first("apply_server_side_encryption_by_default")
    if default is None:
        return {}

    def master_key(block: Block) -> Any:
        if block.known("kms_master_key_id"):
            return block["kms_master_key_id"] or ABSENT
        found = source.plan.at(source, (*block.trail, "kms_master_key_id"), *KEYS)
        return found.pseudonym if isinstance(found, Planned) else found

    tellers = {"SSEAlgorithm": told("sse_algorithm"), "KMSMasterKeyID": master_key}
    return {"ApplyServerSideEncryptionByDefault": part(default, tellers)}


def _logging(bucket: Planned) -> Mapping[str, Any]:
    return _configured_by(bucket, "aws_s3_bucket_logging", "logging", _logged)


def _logged(source: Planned) -> Mapping[str, Any]:
    if source.change.type == BUCKET:
        block = source.attributes.first("logging")
        return {"LoggingEnabled": part(block, {"TargetBucket": told("target_bucket")})} if block else {}
    found = source.plan.named(source, "target_bucket", BUCKET)
    return {"LoggingEnabled": {"TargetBucket": found.address if isinstance(found, Planned) else found}}


def _lock(bucket: Planned) -> Mapping[str, Any]:
    kind = "aws_s3_bucket_object_lock_configuration"
    given = _configured_by(bucket, kind, "object_lock_configuration", _locked)
    if not given and bucket.created and flag("object_lock_enabled")(bucket):
        return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}
    return given


def _locked(source: Planned) -> Mapping[str, Any]:
    block: Block | None = source.attributes
    if source.change.type == BUCKET:
        block = source.attributes.first("object_lock_configuration")
    if block is None:
        return {}
    rule = block.first("rule")
    retention = rule.first("default_retention") if rule else None
    told_of = {"Mode": told("mode"), "Days": number("days"), "Years": number("years")}
    default = {"Rule": {"DefaultRetention": part(retention, told_of)}} if retention else {}
    return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"} | default}


def _lifecycle(bucket: Planned) -> Mapping[str, Any]:
    return _configured_by(bucket, "aws_s3_bucket_lifecycle_configuration", "lifecycle_rule", lifecycle_of)


def policy(bucket: Planned) -> Mapping[str, Any]:
    """What GetBucketPolicy will say of it."""
    given = _configured_by(bucket, "aws_s3_bucket_policy", "policy", _policy_of)
    return {"Policy": _about(bucket, given["Policy"])} if given else {}


def _policy_of(source: Planned) -> Mapping[str, Any]:
    return {"Policy": source["policy"]} if source["policy"] else {}


def _about(bucket: Planned, policy: str) -> str:
    """The policy with the address beside the ARN, where that is only known after apply: the bucket goes by its address.

    An ARN that the policy spells is that of the bucket by its name, in any partition where the plan does not say one.
    """
    if bucket.arn != bucket.address:
        return policy
    partitions = PARTITIONS if bucket.target.region == NOWHERE else (bucket.target.partition,)
    arns = [f"arn:{partition}:s3:::{name_of(bucket)}" for partition in partitions]
    document = json.loads(policy)
    statements = document["Statement"]
    for each in statements if isinstance(statements, list) else [statements]:
        for element in ("Resource", "NotResource"):
            if element in each:
                each[element] = list(_with_address(each[element], arns, bucket.address))
    return json.dumps(document)


def _with_address(patterns: Any, arns: Sequence[str], address: str) -> Iterator[str]:
    for each in patterns if isinstance(patterns, list) else [patterns]:
        yield each
        if any(matches(each, arn) for arn in arns):
            yield address
        if any(matches(each, f"{arn}/*") for arn in arns):
            yield f"{address}/*"


def acl(bucket: Planned) -> Mapping[str, Any]:
    """What GetBucketAcl will say of it: nobody but the owner, unless a canned list or grants say otherwise."""
    found = bucket.plan.part_of(bucket, "bucket", "aws_s3_bucket_acl")
    canned = found["acl"] if found else None
    if found and canned is None:
        raise untold(f"the grants of {found.address}")
    public = {"public-read": "AllUsers", "public-read-write": "AllUsers", "authenticated-read": "AuthenticatedUsers"}
    group = public.get(str(canned))
    grant = {"Grantee": {"URI": f"http://acs.amazonaws.com/groups/global/{group}"}, "Permission": "READ"}
    return {"Grants": [grant] if group else []}


DESCRIPTIONS = (
    Description(
        (BUCKET,),
        "s3:bucket",
        {"Name": name_of},
        {
            "s3:GetBucketVersioning": _versioning,
            "s3:GetBucketEncryption": _encryption,
            "s3:GetBucketLifecycleConfiguration": _lifecycle,
            "s3:GetPublicAccessBlock": public_access_block,
            "s3:GetBucketPolicy": policy,
            "s3:GetBucketLogging": _logging,
            "s3:GetObjectLockConfiguration": _lock,
        },
    ),
    Description(
        (_ACCOUNT_BLOCK,),
        "aws:account",
        details={"s3control:GetPublicAccessBlock": lambda block: _blocking(block.attributes)},
    ),
)
