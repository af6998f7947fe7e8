"""Trails (CloudTrail), those of other regions and of the organization included, where they record this region. I/O."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ppbe_observe.aws.gather.context import GatherContext, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_cloudtrail import CloudTrailClient

_TRAIL = "cloudtrail:trail"
_DESCRIBE = "cloudtrail:DescribeTrails"
# A bucket that does not exist says much about the trail, and nothing about whether the trail exists.
_NO_BUCKET = "NoSuchBucket"


def _trails(context: GatherContext) -> Iterator[Resource]:
    cloudtrail: CloudTrailClient = context.client("cloudtrail")
    answer = context.ask(_DESCRIBE, cloudtrail.describe_trails)  # CloudTrail does not page it
    told = provenance(_DESCRIBE, answer)
    for each in answer["trailList"]:
        yield Resource(each["TrailARN"], _TRAIL, context.target, facts=each, source=told)


def _trail(trail: Resource) -> Mapping[str, Any]:
    # By ARN: by its name a trail of another region, or of the organization, is not found (API reference).
    return {"Name": trail.arn}


def _log_bucket(trail: Resource) -> Mapping[str, Any] | None:
    # Checks judge a trail in its home region only.
    at_home = trail.facts["HomeRegion"] == trail.target.region
    return {"Bucket": trail.facts["S3BucketName"]} if at_home else None


GATHERERS = (Gatherer("cloudtrail", (_TRAIL,), (_DESCRIBE,), _trails, tagged_as="cloudtrail"),)
DETAILS = (
    Detail(
        "cloudtrail",
        _TRAIL,
        "cloudtrail:GetTrailStatus",
        _trail,
        gone=("TrailNotFoundException",),
        member="IsLogging",
    ),
    Detail("s3", _TRAIL, "s3:GetBucketAcl", _log_bucket, none=(_NO_BUCKET,)),
    Detail("s3", _TRAIL, "s3:GetBucketPolicy", _log_bucket, none=("NoSuchBucketPolicy", _NO_BUCKET)),
    Detail(
        "s3",
        _TRAIL,
        "s3:GetPublicAccessBlock",
        _log_bucket,
        none=("NoSuchPublicAccessBlockConfiguration", _NO_BUCKET),
    ),
)
