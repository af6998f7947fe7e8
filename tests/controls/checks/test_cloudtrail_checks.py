"""Checks of trails, on what moto holds.

Moto delivers nothing: a trail that logs was delivered to just now, never to CloudWatch Logs, and never with an error.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ppbe_observe.controls.evaluate import evaluate
from ppbe_observe.controls.rules import Rules
from ppbe_observe.model import Target
from support.gathering import LocalSession, answer
from support.judging import judge, look, only, rules_for, unseen

TRAIL = "arn:aws-us-gov:cloudtrail:us-gov-west-1:123456789012:trail/ppbe"
KEY = "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
GROUP = "arn:aws-us-gov:logs:us-gov-west-1:123456789012:log-group:trail:*"
BUCKET = "ppbe-production-logs"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

STATUS = "cloudtrail:GetTrailStatus"
DESCRIBE = "cloudtrail:DescribeTrails"
NEEDS = {
    "cloudtrail_multi_region": (DESCRIBE, STATUS),
    "cloudtrail_kms": (DESCRIBE,),
    "cloudtrail_log_validation": (DESCRIBE,),
    "cloudtrail_to_cloudwatch": (DESCRIBE, STATUS),
    "cloudtrail_delivery_fresh": (DESCRIBE, STATUS),
    "cloudtrail_bucket_not_public": (DESCRIBE, "s3:GetBucketAcl", "s3:GetPublicAccessBlock", "s3:GetBucketPolicy"),
}
PER_TRAIL = [check for check in NEEDS if check != "cloudtrail_multi_region"]


def trail(session: LocalSession, name: str = "ppbe", *, logging: bool = True, **given: Any) -> None:
    """Make a trail of all regions and its bucket."""
    bucket = given.setdefault("S3BucketName", BUCKET)
    s3 = session.client("s3")
    if bucket not in {each["Name"] for each in s3.list_buckets()["Buckets"]}:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": session.target.region})
    cloudtrail = session.client("cloudtrail")
    cloudtrail.create_trail(Name=name, **({"IsMultiRegionTrail": True} | given))
    if logging:
        cloudtrail.start_logging(Name=name)


def status(session: LocalSession, **given: Any) -> None:
    """What AWS documents of a trail's status; times are told as seconds since the epoch."""
    body = {name: each.timestamp() if isinstance(each, datetime) else each for name, each in given.items()}
    session.faults[STATUS] = lambda: answer(200, json.dumps({"IsLogging": True} | body))


def other_region(session: LocalSession) -> LocalSession:
    return LocalSession(session.endpoint, Target("123456789012", "us-gov-east-1", partition="aws-us-gov"))


@pytest.mark.parametrize(("check", "operation"), [(check, each) for check, needs in NEEDS.items() for each in needs])
def test_what_cannot_be_seen(local_session: LocalSession, check: str, operation: str) -> None:
    trail(local_session)
    unseen(local_session, check, operation, "AccessDenied")


@pytest.mark.parametrize("check", PER_TRAIL)
def test_no_trail(local_session: LocalSession, check: str) -> None:
    assert only(local_session, check) == ("not_applicable", "there is no cloudtrail:trail here")


@pytest.mark.parametrize("check", PER_TRAIL)
def test_a_trail_is_judged_in_its_home_region(local_session: LocalSession, check: str) -> None:
    trail(other_region(local_session))
    assert only(local_session, check) == (
        "not_applicable",
        "a trail of all regions; it is judged in its home region us-gov-east-1",
    )
    assert local_session.calls["s3:GetBucketAcl"] == 0


@pytest.mark.parametrize(
    ("check", "outcome", "reason"),
    [
        ("cloudtrail_kms", "fail", "no KMS key encrypts the log files"),
        ("cloudtrail_log_validation", "fail", "log file validation is not enabled"),
        (
            "cloudtrail_delivery_fresh",
            "pass",
            "the newest log file was delivered 0 minutes ago; at most 60 are allowed",
        ),
        (
            "cloudtrail_bucket_not_public",
            "unknown",
            (
                f"the log bucket {BUCKET} is looked at in the trail's home region us-gov-east-1, "
                "which is no region of a target"
            ),
        ),
    ],
)
def test_a_trail_whose_home_region_nobody_looks_at_is_judged_where_it_is_seen(
    local_session: LocalSession, check: str, outcome: str, reason: str
) -> None:
    trail(other_region(local_session))
    (judged,) = rules_for(check).checks
    account, another = local_session.target.account_id, "210987654321"
    rules = Rules([judged], {}, {}, "production", regions={account: ["us-gov-west-1"], another: ["us-gov-east-1"]})
    seen = look(local_session, rules, datetime.now(UTC) - timedelta(seconds=5))
    (finding,) = evaluate(seen, rules)
    assert (finding.outcome.value, finding.verdict.reason) == (outcome, reason)
    everywhere = Rules([judged], {}, {}, "production", regions={account: ["us-gov-west-1"], None: ["us-gov-east-1"]})
    assert [each.outcome.value for each in evaluate(seen, everywhere)] == ["not_applicable"]


def test_a_trail_of_all_regions_records(local_session: LocalSession) -> None:
    trail(local_session)
    found = judge(local_session, "cloudtrail_multi_region")
    assert {arn: (each.outcome.value, each.verdict.reason) for arn, each in found.items()} == {
        "arn:aws-us-gov:iam::123456789012:root": ("pass", f"the trail {TRAIL} records all regions")
    }


def test_a_trail_of_all_regions_records_this_one_too(local_session: LocalSession) -> None:
    trail(other_region(local_session))
    assert only(local_session, "cloudtrail_multi_region")[0] == "pass"


def test_one_trail_that_records_is_enough(local_session: LocalSession) -> None:
    trail(local_session, "first", IsMultiRegionTrail=False)
    trail(local_session, "second", logging=False)
    trail(local_session, "third")
    assert only(local_session, "cloudtrail_multi_region") == (
        "pass",
        "the trail arn:aws-us-gov:cloudtrail:us-gov-west-1:123456789012:trail/third records all regions",
    )


def test_no_trail_of_all_regions(local_session: LocalSession) -> None:
    trail(local_session, IsMultiRegionTrail=False)
    assert only(local_session, "cloudtrail_multi_region") == (
        "fail",
        "no trail of all regions is logging (there is none)",
    )


def test_a_trail_of_all_regions_is_stopped(local_session: LocalSession) -> None:
    trail(local_session, logging=False)
    assert only(local_session, "cloudtrail_multi_region") == (
        "fail",
        f"no trail of all regions is logging ({TRAIL}: stopped)",
    )


@pytest.mark.parametrize("check", ["cloudtrail_multi_region", "cloudtrail_to_cloudwatch", "cloudtrail_delivery_fresh"])
def test_a_status_that_says_nothing(local_session: LocalSession, check: str) -> None:
    trail(
        local_session, CloudWatchLogsLogGroupArn=GROUP, CloudWatchLogsRoleArn="arn:aws-us-gov:iam::123456789012:role/r"
    )
    local_session.faults[STATUS] = lambda: answer(200, "{}")
    assert only(local_session, check) == (
        "unknown",
        f"malformed: {STATUS}: the answer is not as documented: LookupError: no IsLogging",
    )


def test_a_trail_deleted_since_it_was_listed(local_session: LocalSession) -> None:
    trail(local_session)
    local_session.refuse(STATUS, "TrailNotFoundException")
    assert only(local_session, "cloudtrail_multi_region")[0] == "fail"
    assert only(local_session, "cloudtrail_delivery_fresh")[0] == "not_applicable"


@pytest.mark.parametrize("key", [KEY, KEY.replace("123456789012", "999999999999")])
def test_encrypted_with_a_key(local_session: LocalSession, key: str) -> None:
    trail(local_session, KmsKeyId=key)
    assert only(local_session, "cloudtrail_kms") == ("pass", f"log files are encrypted with the key {key}")


def test_encrypted_without_a_key(local_session: LocalSession) -> None:
    trail(local_session)
    assert only(local_session, "cloudtrail_kms") == ("fail", "no KMS key encrypts the log files")


@pytest.mark.parametrize(
    ("enabled", "outcome", "reason"),
    [(True, "pass", "log file validation is enabled"), (False, "fail", "log file validation is not enabled")],
)
def test_log_validation(local_session: LocalSession, enabled: Any, outcome: str, reason: str) -> None:
    trail(local_session, EnableLogFileValidation=enabled)
    assert only(local_session, "cloudtrail_log_validation") == (outcome, reason)


def test_the_trail_of_an_organization_is_judged_by_what_its_members_see(local_session: LocalSession) -> None:
    """Moto knows no member accounts; the answer is that of DescribeTrails in one."""
    facts = {
        "Name": "organization",
        "TrailARN": TRAIL.replace("123456789012", "999999999999"),
        "HomeRegion": "us-gov-west-1",
        "S3BucketName": "organization-logs",
        "IsMultiRegionTrail": True,
        "IsOrganizationTrail": True,
        "LogFileValidationEnabled": True,
    }
    local_session.faults[DESCRIBE] = lambda: answer(200, json.dumps({"trailList": [facts]}))
    status(local_session, LatestDeliveryTime=NOW)
    local_session.refuse("s3:GetBucketAcl", "AccessDenied", 403)
    found = {check: only(local_session, check, now=NOW)[0] for check in NEEDS}
    assert found == {
        "cloudtrail_multi_region": "pass",
        "cloudtrail_kms": "fail",
        "cloudtrail_log_validation": "pass",
        "cloudtrail_to_cloudwatch": "fail",
        "cloudtrail_delivery_fresh": "pass",
        "cloudtrail_bucket_not_public": "unknown",
    }


def to_group(session: LocalSession, **told: Any) -> None:
    role = "arn:aws-us-gov:iam::123456789012:role/trail"
    trail(session, CloudWatchLogsLogGroupArn=GROUP, CloudWatchLogsRoleArn=role)
    status(session, **told)


@pytest.mark.parametrize(
    ("age", "hours", "outcome"),
    [
        (timedelta(hours=24), 24, "pass"),
        (timedelta(hours=24, seconds=1), 25, "fail"),
        (timedelta(minutes=-5), 0, "pass"),
    ],
)
def test_events_arrive_in_cloudwatch(local_session: LocalSession, age: timedelta, hours: int, outcome: str) -> None:
    to_group(local_session, LatestCloudWatchLogsDeliveryTime=NOW - age)
    assert only(local_session, "cloudtrail_to_cloudwatch", now=NOW) == (
        outcome,
        f"events were delivered to {GROUP} {hours} hours ago; at most 24 are allowed",
    )


def test_events_never_arrived_in_cloudwatch(local_session: LocalSession) -> None:
    to_group(local_session, LatestCloudWatchLogsDeliveryError="AccessDenied")
    assert only(local_session, "cloudtrail_to_cloudwatch") == (
        "fail",
        f"nothing was ever delivered to {GROUP} (the latest error: AccessDenied)",
    )


def test_events_are_not_sent_to_cloudwatch(local_session: LocalSession) -> None:
    trail(local_session)
    assert only(local_session, "cloudtrail_to_cloudwatch") == ("fail", "no log group of CloudWatch Logs is named")


def test_delivery_as_moto_tells_it(local_session: LocalSession) -> None:
    trail(local_session)
    assert only(local_session, "cloudtrail_delivery_fresh")[0] == "pass"


@pytest.mark.parametrize(
    ("age", "minutes", "outcome"),
    [
        (timedelta(minutes=4), 4, "pass"),
        (timedelta(minutes=60), 60, "pass"),
        (timedelta(minutes=60, seconds=1), 61, "fail"),
    ],
)
def test_delivery_is_fresh(local_session: LocalSession, age: timedelta, minutes: int, outcome: str) -> None:
    trail(local_session)
    status(local_session, LatestDeliveryTime=NOW - age, LatestDeliveryError="")
    assert only(local_session, "cloudtrail_delivery_fresh", now=NOW) == (
        outcome,
        f"the newest log file was delivered {minutes} minutes ago; at most 60 are allowed",
    )


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"IsLogging": False, "LatestDeliveryTime": NOW}, "the trail is not logging"),
        (
            {"LatestDeliveryError": "AccessDenied", "LatestDeliveryTime": NOW},
            f"the latest delivery to {BUCKET} failed: AccessDenied",
        ),
        ({}, f"no log file was ever delivered to {BUCKET}"),
    ],
)
def test_delivery_fails(local_session: LocalSession, told: Any, reason: str) -> None:
    trail(local_session)
    status(local_session, **told)
    assert only(local_session, "cloudtrail_delivery_fresh", now=NOW) == ("fail", reason)


def test_delivery_of_which_nothing_is_told(local_session: LocalSession) -> None:
    trail(local_session)
    local_session.faults[STATUS] = lambda: answer(200, "{}")
    (found,) = judge(local_session, "cloudtrail_delivery_fresh").values()
    assert (found.outcome, found.verdict.cause) == ("unknown", "malformed")


def test_the_log_bucket_is_private(local_session: LocalSession) -> None:
    trail(local_session)
    assert only(local_session, "cloudtrail_bucket_not_public") == (
        "pass",
        f"neither the access list nor the policy of the log bucket {BUCKET} lets the public in",
    )


ALL_USERS = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'
GRANTS = [
    ({"ACL": "public-read"}, "READ to AllUsers"),
    ({"ACL": "authenticated-read"}, "READ to AuthenticatedUsers"),
    ({"GrantWrite": ALL_USERS, "GrantReadACP": ALL_USERS}, "READ_ACP to AllUsers, WRITE to AllUsers"),
]


@pytest.mark.parametrize(("given", "granted"), GRANTS)
def test_the_log_bucket_is_public(local_session: LocalSession, given: Any, granted: str) -> None:
    trail(local_session)
    s3 = local_session.client("s3")
    s3.put_bucket_acl(Bucket=BUCKET, **given)
    reason = f"the access list of the log bucket {BUCKET} grants {granted}; its public access block"
    assert only(local_session, "cloudtrail_bucket_not_public") == ("fail", f"{reason} does not ignore that")
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    assert only(local_session, "cloudtrail_bucket_not_public") == ("fail", f"{reason} does not ignore that")
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration={"IgnorePublicAcls": True})
    assert only(local_session, "cloudtrail_bucket_not_public") == ("pass", f"{reason} ignores that")


def readable(session: LocalSession, **condition: Any) -> None:
    """Let everybody read the log files, under a condition if one is given."""
    reading = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws-us-gov:s3:::{BUCKET}/*",
    }
    policy = {"Version": "2012-10-17", "Statement": [reading | condition]}
    session.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(policy))


def test_the_policy_of_the_log_bucket_is_public(local_session: LocalSession) -> None:
    trail(local_session)
    readable(local_session)
    s3 = local_session.client("s3")
    reason = f"the policy of the log bucket {BUCKET} allows everybody s3:GetObject; its public access block"
    assert only(local_session, "cloudtrail_bucket_not_public") == ("fail", f"{reason} does not ignore that")
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration={"BlockPublicPolicy": True})
    assert only(local_session, "cloudtrail_bucket_not_public") == ("fail", f"{reason} does not ignore that")
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True})
    assert only(local_session, "cloudtrail_bucket_not_public") == ("pass", f"{reason} ignores that")


def test_one_way_into_the_log_bucket_is_enough(local_session: LocalSession) -> None:
    trail(local_session)
    readable(local_session)
    s3 = local_session.client("s3")
    s3.put_bucket_acl(Bucket=BUCKET, ACL="public-read")
    s3.put_public_access_block(Bucket=BUCKET, PublicAccessBlockConfiguration={"IgnorePublicAcls": True})
    assert only(local_session, "cloudtrail_bucket_not_public") == (
        "fail",
        (
            f"the access list of the log bucket {BUCKET} grants READ to AllUsers; "
            f"its public access block ignores that; "
            f"the policy of the log bucket {BUCKET} allows everybody s3:GetObject; "
            "its public access block does not ignore that"
        ),
    )


def test_a_policy_for_known_accounts_is_not_public(local_session: LocalSession) -> None:
    trail(local_session)
    readable(local_session, Condition={"StringEquals": {"aws:PrincipalAccount": "123456789012"}})
    assert only(local_session, "cloudtrail_bucket_not_public")[0] == "pass"


def test_other_groups_are_not_the_public(local_session: LocalSession) -> None:
    trail(local_session)
    group = 'uri="http://acs.amazonaws.com/groups/s3/LogDelivery"'
    local_session.client("s3").put_bucket_acl(Bucket=BUCKET, GrantWrite=group, GrantReadACP=group)
    assert only(local_session, "cloudtrail_bucket_not_public")[0] == "pass"


def test_an_access_list_that_grants_nothing(local_session: LocalSession) -> None:
    """Moto has the owner's grant in every list."""
    trail(local_session)
    body = "<AccessControlPolicy><Owner><ID>1</ID></Owner><AccessControlList/></AccessControlPolicy>"
    local_session.faults["s3:GetBucketAcl"] = lambda: answer(200, body)
    assert only(local_session, "cloudtrail_bucket_not_public")[0] == "pass"


def test_a_log_bucket_that_does_not_exist(local_session: LocalSession) -> None:
    trail(local_session)
    local_session.client("s3").delete_bucket(Bucket=BUCKET)
    assert only(local_session, "cloudtrail_bucket_not_public") == (
        "fail",
        f"the log bucket {BUCKET} does not exist: whoever makes one of this name receives the log files",
    )
