"""S3 buckets of an environment, and the state of Terraform."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.places import PARTITION, Environment, tag_list

SEVEN_YEARS = 2555  # days: how long financial records are kept
_GLACIER_AFTER = 90  # days
_STATE = "ppbe-terraform-state"
CLOSED: Mapping[str, bool] = MappingProxyType(
    {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
)


def build_buckets(aws: Aws, env: Environment, key: str) -> tuple[str, ...]:
    """The backup and log buckets; their names."""
    s3 = aws.client("s3")
    backups, logs = f"{env.prefix}-backups", f"{env.prefix}-logs"
    # Access logs of load balancers can be delivered to a bucket with S3's own keys only (ELB user guide).
    _bucket(s3, logs, env.region, env.tags, key=None)
    _bucket(s3, backups, env.region, env.tags, key=key)
    for bucket in (backups, logs):
        s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration=_LIFECYCLE)
    _log_access(s3, backups, logs)
    return backups, logs


def build_terraform_state(aws: Aws, env: Environment, key: str) -> str:
    """The bucket and the lock table that all environments share."""
    s3 = aws.client("s3")
    tags = {**env.tags, "Environment": "shared"}
    _bucket(s3, _STATE, env.region, tags, key=key)
    _log_access(s3, _STATE, f"{env.prefix}-logs")
    aws.client("dynamodb").create_table(
        TableName="terraform-state-lock",
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
        Tags=tag_list(tags),
    )
    return _STATE


_LIFECYCLE: Mapping[str, Any] = {
    "Rules": [
        {
            "ID": "keep-seven-years",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "Transitions": [{"Days": _GLACIER_AFTER, "StorageClass": "GLACIER"}],
            "Expiration": {"Days": SEVEN_YEARS},
            "NoncurrentVersionExpiration": {"NoncurrentDays": SEVEN_YEARS},
        }
    ]
}


def _bucket(s3: Any, name: str, region: str, tags: Mapping[str, str], key: str | None) -> None:
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tag_list(tags)})
    rule: dict[str, Any] = {"SSEAlgorithm": "AES256"}
    if key is not None:
        rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    s3.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]},
    )
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict(CLOSED))
    s3.put_bucket_policy(Bucket=name, Policy=_policy(name))


def _log_access(s3: Any, bucket: str, logs: str) -> None:
    prefix = f"s3/{bucket}/"
    s3.put_bucket_logging(
        Bucket=bucket, BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": logs, "TargetPrefix": prefix}}
    )


def _policy(bucket: str) -> str:
    """TLS only; and the services that write access logs, trails and configuration may do so."""
    arn = f"arn:{PARTITION}:s3:::{bucket}"
    tls_only = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    writers = _WRITERS if bucket.endswith("-logs") else ()
    statements = [tls_only, *(_delivery(writer, arn) for writer in writers)]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


_WRITERS = ("logging.s3.amazonaws.com", "cloudtrail.amazonaws.com", "config.amazonaws.com")


def _delivery(service: str, bucket_arn: str) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "s3:PutObject",
        "Resource": f"{bucket_arn}/*",
    }
