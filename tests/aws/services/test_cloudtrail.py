"""What is asked about trails, and how often."""

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.aws.observe import observe
from ppbe_observe.model import Observation
from support.gathering import LocalSession, answer

LOGS = "ppbe-production-logs"
TRAIL = "arn:aws-us-gov:cloudtrail:us-gov-west-1:123456789012:trail/ppbe"
WANTED = {
    "s3:bucket": {"s3:GetPublicAccessBlock"},
    "cloudtrail:trail": {"s3:GetPublicAccessBlock", "s3:GetBucketAcl", "cloudtrail:GetTrailStatus"},
}


def look(session: LocalSession) -> Observation:
    inventory = Inventory(session, timedelta(minutes=5))
    return observe(session, inventory, WANTED, datetime.now(UTC), monotonic() + 60)


def trails(session: LocalSession, *names: str) -> None:
    region: Any = {"LocationConstraint": session.target.region}
    session.client("s3").create_bucket(Bucket=LOGS, CreateBucketConfiguration=region)
    for name in names:
        session.client("cloudtrail").create_trail(Name=name, S3BucketName=LOGS, IsMultiRegionTrail=True)
    session.calls.clear()


def test_what_trails_and_buckets_share_is_asked_once(local_session: LocalSession) -> None:
    trails(local_session, "ppbe", "audit")
    found = look(local_session).kinds["cloudtrail:trail"].resources
    assert {each.arn.rpartition("/")[2] for each in found} == {"ppbe", "audit"}
    assert all(each.details.keys() == WANTED["cloudtrail:trail"] for each in found)
    assert local_session.calls == {
        "s3:ListBuckets": 1,
        "s3:GetPublicAccessBlock": 1,
        "s3:GetBucketAcl": 1,
        "cloudtrail:DescribeTrails": 1,
        "cloudtrail:GetTrailStatus": 2,
        "tag:GetResources": 1,
    }


def test_a_trail_outlives_its_bucket(local_session: LocalSession) -> None:
    """The bucket is deleted between its listing and the question that both have."""
    trails(local_session, "ppbe")
    body = "<Error><Code>NoSuchBucket</Code></Error>"
    local_session.faults["s3:GetPublicAccessBlock"] = lambda: answer(404, body)
    kinds = look(local_session).kinds
    assert kinds["s3:bucket"].resources == ()
    assert [each.arn for each in kinds["cloudtrail:trail"].resources] == [TRAIL]
