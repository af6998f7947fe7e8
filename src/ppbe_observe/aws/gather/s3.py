"""Buckets of the target's region (S3). I/O."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.aws.gather.gatherer import Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_BUCKET = "s3:bucket"
_LIST = "s3:ListBuckets"  # IAM's action for it is s3:ListAllMyBuckets


def _buckets(context: GatherContext) -> Iterator[Resource]:
    s3: S3Client = context.client("s3")
    target = context.target
    for page in context.pages(_LIST, s3.get_paginator("list_buckets").paginate(BucketRegion=target.region)):
        for each in page.get("Buckets", ()):
            name = each["Name"]
            arn = each.get("BucketArn") or f"arn:{target.partition}:s3:::{name}"
            yield Resource(arn, _BUCKET, target, (("BucketName", name),), facts=each)


BUCKETS = Gatherer("s3", (_BUCKET,), (_LIST,), _buckets, tagged_as="s3")
