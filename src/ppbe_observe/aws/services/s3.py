"""Buckets of the target's region (S3), and the account's public access block (S3 Control). I/O.

A bucket answers in its own region only: one of another region is left out, and asked where that region is a target.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_BUCKET = "s3:bucket"
_LIST = "s3:ListBuckets"  # IAM's action for it is s3:ListAllMyBuckets
_GONE = ("NoSuchBucket",)
_NO_BLOCK = ("NoSuchPublicAccessBlockConfiguration",)


def _buckets(context: GatherContext) -> Iterator[Resource]:
    s3: S3Client = context.client("s3")
    target = context.target
    for page in context.pages(_LIST, s3.get_paginator("list_buckets").paginate(BucketRegion=target.region)):
        told = provenance(_LIST, page)
        for each in page.get("Buckets", ()):
            if each.get("BucketRegion", target.region) != target.region:
                continue  # what only speaks like S3 may not heed the filter
            name = each["Name"]
            arn = each.get("BucketArn") or f"arn:{target.partition}:s3:::{name}"
            yield Resource(arn, _BUCKET, target, (("BucketName", name),), facts=each, source=told)


def _bucket(bucket: Resource) -> Mapping[str, Any]:
    return {"Bucket": bucket.facts["Name"]}


def _account(account: Resource) -> Mapping[str, Any]:
    return {"AccountId": account.target.account_id}


def _about_bucket(operation: str, *none: str) -> Detail:
    return Detail("s3", _BUCKET, operation, _bucket, none, _GONE)


GATHERERS = (Gatherer("s3", (_BUCKET,), (_LIST,), _buckets, tagged_as="s3"),)
# Error codes: S3 API reference, "Error responses", and the page of each operation.
DETAILS = (
    _about_bucket("s3:GetBucketVersioning"),
    _about_bucket("s3:GetBucketEncryption", "ServerSideEncryptionConfigurationNotFoundError"),
    _about_bucket("s3:GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration"),
    _about_bucket("s3:GetPublicAccessBlock", *_NO_BLOCK),
    _about_bucket("s3:GetBucketPolicy", "NoSuchBucketPolicy"),
    _about_bucket("s3:GetBucketLogging"),
    _about_bucket("s3:GetObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"),
    Detail("s3control", "aws:account", "s3control:GetPublicAccessBlock", _account, _NO_BLOCK),
)
