"""Trails (CloudTrail).

A multi-region trail is listed in every region: it is judged in its home region only, so that one fault is one finding,
unless that is a region which nobody looks at. Its bucket is looked at in the home region only.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from ppbe_observe.controls.check import (
    CRITICAL,
    HIGH,
    LOW,
    MEDIUM,
    Check,
    Subject,
    Unseen,
    check,
    failed,
    not_applicable,
    passed,
    unknown,
    verdict,
)
from ppbe_observe.controls.reading.policies import public_statements
from ppbe_observe.model import Reason, Verdict

_TRAIL = "cloudtrail:trail"
_REGION = "aws:region"
_STATUS = "cloudtrail:GetTrailStatus"
_ACL = "s3:GetBucketAcl"
_BLOCK = "s3:GetPublicAccessBlock"
_POLICY = "s3:GetBucketPolicy"

# Everybody, and everybody with an AWS account (S3 User Guide, "Amazon S3 predefined groups").
_PUBLIC = ("/global/AllUsers", "/global/AuthenticatedUsers")


@check(
    "cloudtrail_multi_region",
    on=_REGION,
    uses=(_TRAIL,),
    needs=(_STATUS,),
    severity=HIGH,
    title="A trail of all regions records",
    controls=("au-2", "au-3", "au-12", "ac-2.4"),
    indicators=("KSI-CMT-LMC", "KSI-MLA-OSM"),
    remediation="Create a trail with --is-multi-region-trail (aws cloudtrail create-trail) and start it "
    "(aws cloudtrail start-logging --name TRAIL).",
)
def multi_region(region: Subject) -> Verdict:
    """One trail that records every region, those that nobody uses included: that is where an intruder would hide."""
    stopped, unseen = [], []
    for trail in region.all(_TRAIL):
        if not trail.facts["IsMultiRegionTrail"]:
            continue
        try:
            logging = trail.told(_STATUS)["IsLogging"]
        except Unseen as error:
            unseen.append(error)
            continue
        if logging:
            return passed(f"the trail {trail.arn} records all regions")
        stopped.append(trail.arn)
    if unseen:
        raise unseen[0]
    those = f"{', '.join(stopped)}: stopped" if stopped else "there is none"
    return failed(f"no trail of all regions is logging ({those})")


@check(
    "cloudtrail_kms",
    on=_TRAIL,
    severity=MEDIUM,
    title="Log files are encrypted with a customer-managed key",
    controls=("au-9", "sc-28", "sc-13"),
    indicators=("KSI-MLA-OSM",),
    remediation="aws cloudtrail update-trail --name TRAIL --kms-key-id KEY, after the key's policy allows CloudTrail "
    "to use it",
)
def kms(trail: Subject) -> Verdict:
    """Log files tell who did what; with a customer-managed key, reading them takes more than access to the bucket."""
    if (elsewhere := _elsewhere(trail)) is not None:
        return elsewhere
    key = trail.facts.get("KmsKeyId")
    return passed(f"log files are encrypted with the key {key}") if key else failed("no KMS key encrypts the log files")


@check(
    "cloudtrail_log_validation",
    on=_TRAIL,
    severity=MEDIUM,
    title="Log files are sealed by digests",
    controls=("au-9", "si-7", "si-7.1"),
    indicators=("KSI-MLA-OSM", "KSI-SVC-VRI"),
    remediation="aws cloudtrail update-trail --name TRAIL --enable-log-file-validation",
)
def log_validation(trail: Subject) -> Verdict:
    """Signed digests show whether a log file was changed or deleted after CloudTrail delivered it."""
    if (elsewhere := _elsewhere(trail)) is not None:
        return elsewhere
    enabled = trail.facts["LogFileValidationEnabled"]
    return verdict(enabled, f"log file validation is {'enabled' if enabled else 'not enabled'}")


@check(
    "cloudtrail_to_cloudwatch",
    on=_TRAIL,
    needs=(_STATUS,),
    severity=LOW,
    title="Events arrive in CloudWatch Logs",
    controls=("au-6.1", "si-4.2", "ca-7"),
    indicators=("KSI-CMT-LMC", "KSI-MLA-OSM"),
    remediation="Name a log group and a role that may write to it (aws cloudtrail update-trail "
    "--cloud-watch-logs-log-group-arn ARN --cloud-watch-logs-role-arn ARN).",
    max_age_hours=24,
)
def to_cloudwatch(trail: Subject, max_age_hours: int) -> Verdict:
    """Metric filters and alarms see events only in CloudWatch Logs; that they are sent says not that they arrive."""
    if (elsewhere := _elsewhere(trail)) is not None:
        return elsewhere
    group, status = trail.facts.get("CloudWatchLogsLogGroupArn"), trail.told(_STATUS)
    if not group:
        return failed("no log group of CloudWatch Logs is named")
    error = status.get("LatestCloudWatchLogsDeliveryError")
    said = f" (the latest error: {error})" if error else ""
    latest = status.get("LatestCloudWatchLogsDeliveryTime")
    if latest is None:
        return failed(f"nothing was ever delivered to {group}{said}")
    held, told = _fresh(latest, trail.now, max_age_hours, "hours")
    return verdict(held, f"events were delivered to {group} {told}{said}")


@check(
    "cloudtrail_delivery_fresh",
    on=_TRAIL,
    needs=(_STATUS,),
    severity=HIGH,
    title="Log files are delivered, and lately",
    controls=("au-12", "au-5"),
    remediation="Start the trail (aws cloudtrail start-logging --name TRAIL), and see that the policies of its bucket "
    "and key let CloudTrail write.",
    max_age_minutes=60,
)
def delivery_fresh(trail: Subject, max_age_minutes: int) -> Verdict:
    """A trail that is configured well but delivers nothing records nothing; this judges what it does."""
    if (elsewhere := _elsewhere(trail)) is not None:
        return elsewhere
    status = trail.told(_STATUS)
    if not status["IsLogging"]:
        return failed("the trail is not logging")
    if error := status.get("LatestDeliveryError"):
        return failed(f"the latest delivery to {trail.facts['S3BucketName']} failed: {error}")
    latest = status.get("LatestDeliveryTime")
    if latest is None:
        return failed(f"no log file was ever delivered to {trail.facts['S3BucketName']}")
    held, told = _fresh(latest, trail.now, max_age_minutes, "minutes")
    return verdict(held, f"the newest log file was delivered {told}")


@check(
    "cloudtrail_bucket_not_public",
    on=_TRAIL,
    needs=(_ACL, _BLOCK, _POLICY),
    severity=CRITICAL,
    title="Neither the access list nor the policy of the log bucket lets the public in",
    controls=("au-9", "ac-3"),
    indicators=("KSI-MLA-ALA",),
    remediation="Block public access (aws s3api put-public-access-block), make the bucket private "
    "(aws s3api put-bucket-acl --bucket NAME --acl private) and name principals in its policy instead of *.",
)
def bucket_not_public(trail: Subject) -> Verdict:
    """Log files tell an attacker all of the account, and an access list or a policy is enough to give them away.

    What the public access block of the bucket makes ineffective does not count.
    """
    if (elsewhere := _elsewhere(trail)) is not None:
        return elsewhere
    bucket, home = trail.facts["S3BucketName"], trail.facts["HomeRegion"]
    if home != trail.resource.target.region:
        where = f"the log bucket {bucket} is looked at in the trail's home region {home}"
        return unknown(Reason.UNSUPPORTED, f"{where}, which is no region of a target")
    if not trail.told(_ACL):
        return failed(f"the log bucket {bucket} does not exist: whoever makes one of this name receives the log files")
    found = tuple(_public_ways(trail))
    if not found:
        return passed(f"neither the access list nor the policy of the log bucket {bucket} lets the public in")
    told = (
        f"{what}; its public access block {'ignores' if ignored else 'does not ignore'} that" for what, ignored in found
    )
    return verdict(all(ignored for _, ignored in found), "; ".join(told))


def _public_ways(trail: Subject) -> Iterator[tuple[str, bool]]:
    """What lets the public into the log bucket, and whether its public access block makes that ineffective."""
    bucket = trail.facts["S3BucketName"]
    block = trail.told(_BLOCK).get("PublicAccessBlockConfiguration", {})
    if grants := sorted(told for each in trail.told(_ACL)["Grants"] if (told := _public(each))):
        ignored = block.get("IgnorePublicAcls") is True
        yield f"the access list of the log bucket {bucket} grants {', '.join(grants)}", ignored
    policy = trail.told(_POLICY).get("Policy")
    if policy and (public := public_statements(policy)):
        # Then only AWS services and principals of the bucket's own account get in (S3 API, RestrictPublicBuckets).
        restricted = block.get("RestrictPublicBuckets") is True
        yield f"the policy of the log bucket {bucket} allows everybody {'; '.join(e.what for e in public)}", restricted


def _elsewhere(trail: Subject) -> Verdict | None:
    home = trail.facts["HomeRegion"]
    if home == trail.resource.target.region or not trail.world.judges(home):
        return None
    return not_applicable(f"a trail of all regions; it is judged in its home region {home}")


def _fresh(latest: datetime, now: datetime, limit: int, unit: str) -> tuple[bool, str]:
    """Whether it is not too long ago, and how long that is, in begun hours or minutes."""
    age = max(-((latest - now) // timedelta(**{unit: 1})), 0)
    return age <= limit, f"{age} {unit} ago; at most {limit} are allowed"


def _public(grant: Mapping[str, Any]) -> str | None:
    uri = grant["Grantee"].get("URI", "")
    return f"{grant['Permission']} to {uri.rpartition('/')[2]}" if uri.endswith(_PUBLIC) else None


CHECKS: tuple[Check, ...] = (
    multi_region,
    kms,
    log_validation,
    to_cloudwatch,
    delivery_fresh,
    bucket_not_public,
)
