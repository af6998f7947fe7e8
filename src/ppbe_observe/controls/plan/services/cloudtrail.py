"""Trails (CloudTrail). Pure."""

from collections.abc import Mapping
from typing import Any

from ppbe_observe.controls.plan.block import untold
from ppbe_observe.controls.plan.places import ACCOUNT
from ppbe_observe.controls.plan.planned import Planned
from ppbe_observe.controls.plan.services import logs, s3
from ppbe_observe.controls.plan.telling import Description, Tellers, answer, flag, given, key, never

_STATUS: Tellers = {
    "IsLogging": given("enable_logging", otherwise=True),
    "LatestCloudWatchLogsDeliveryError": never("whether events arrive in CloudWatch Logs"),
    "LatestCloudWatchLogsDeliveryTime": never("when events arrived in CloudWatch Logs"),
    "LatestDeliveryError": never("whether log files are delivered"),
    "LatestDeliveryTime": never("when log files were delivered"),
}


def _bucket(trail: Planned) -> Planned | str | None:
    return trail.plan.named(trail, "s3_bucket_name", s3.BUCKET)


def _bucket_name(trail: Planned) -> Any:
    found = _bucket(trail)
    return s3.name_of(found) if isinstance(found, Planned) else found


def _planned_bucket(trail: Planned) -> Planned:
    found = _bucket(trail)
    if isinstance(found, Planned):
        return found
    raise untold(f"who may read the bucket {found}, which is not in the plan")


def _log_group(trail: Planned) -> Any:
    """Its ARN; of a group that the plan makes, what looks like one and has its name."""
    found = trail.plan.named(trail, "cloud_watch_logs_group_arn", logs.LOG_GROUP)
    if not isinstance(found, Planned):
        return found or ""
    if found.arn != found.address:
        return f"{found.arn}:*"
    target = found.target
    return f"arn:{target.partition}:logs:{target.region}:{ACCOUNT}:log-group:{logs.name_of(found)}:*"


def _status(trail: Planned) -> Mapping[str, Any] | None:
    return answer("cloudtrail:GetTrailStatus", _STATUS)(trail)


DESCRIPTIONS = (
    Description(
        ("aws_cloudtrail",),
        "cloudtrail:trail",
        {
            "CloudWatchLogsLogGroupArn": _log_group,
            "HomeRegion": lambda trail: trail.target.region,
            "IsMultiRegionTrail": flag("is_multi_region_trail"),
            "KmsKeyId": key(),
            "LogFileValidationEnabled": flag("enable_log_file_validation"),
            "S3BucketName": _bucket_name,
        },
        {
            "cloudtrail:GetTrailStatus": _status,
            "s3:GetBucketAcl": lambda trail: s3.acl(_planned_bucket(trail)),
            "s3:GetBucketPolicy": lambda trail: s3.policy(_planned_bucket(trail)),
            "s3:GetPublicAccessBlock": lambda trail: s3.public_access_block(_planned_bucket(trail)),
        },
    ),
)
