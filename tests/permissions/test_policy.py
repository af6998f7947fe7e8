"""From declared calls to policies: names, scopes, and AWS's limits."""

import re

import pytest

from ppbe_observe.aws.cloudwatch.heartbeat import OPERATION as HEARTBEAT
from ppbe_observe.aws.services import declared
from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.definitions import load_exporters
from ppbe_observe.permissions.policy import (
    MOST_CHARACTERS,
    Statement,
    actions_of,
    assuming,
    calls_of,
    document,
    policies,
    reading,
    size_of,
)
from support.project import PROJECT

# `s3:GetLifecycleConfiguration` but not `s3:PutLifecycleConfiguration`: the verbs of actions that change nothing, and
# the report that IAM writes about itself, which its service authorization reference counts as reading.
READS = re.compile(r"[a-z0-9-]+:(Describe|Get|List|BatchGet)[A-Za-z0-9]+|iam:GenerateCredentialReport")
RENAMED = {
    "s3:GetBucketEncryption": {"s3:GetEncryptionConfiguration"},
    "s3:GetBucketLifecycleConfiguration": {"s3:GetLifecycleConfiguration"},
    "s3:GetObjectLockConfiguration": {"s3:GetBucketObjectLockConfiguration"},
    "s3:GetPublicAccessBlock": {"s3:GetBucketPublicAccessBlock"},
    "s3:ListBuckets": {"s3:ListAllMyBuckets"},
    "s3control:GetPublicAccessBlock": {"s3:GetAccountPublicAccessBlock"},
    "wafv2:GetWebACLForResource": {
        "elasticloadbalancing:GetLoadBalancerWebACL",
        "wafv2:GetWebACL",
        "wafv2:GetWebACLForResource",
    },
}


@pytest.fixture(scope="module")
def calls() -> tuple[str, ...]:
    return calls_of(load_exporters(PROJECT), CHECKS)


def allowed(statements: tuple[Statement, ...]) -> list[str]:
    return [action for each in statements for action in each.actions]


def test_every_call_that_can_be_made_by_the_definitions_is_allowed_once(calls: tuple[str, ...]) -> None:
    found = allowed(reading(calls))
    assert len(found) == len(set(found))
    assert set(found) == {action for each in calls for action in RENAMED.get(each, {each})}


@pytest.mark.parametrize("operation", RENAMED)
def test_actions_that_are_not_called_as_their_operation(operation: str) -> None:
    assert set(actions_of(operation)) == RENAMED[operation]


def test_the_definitions_take_every_operation_that_boto3_may_make(calls: tuple[str, ...]) -> None:
    """An operation that no exporter and no check takes would be loaded, and allowed, for nothing."""
    metrics = {"cloudwatch:GetMetricData", "cloudwatch:ListMetrics"}  # by our own transport
    taken = {each.partition(":")[2] for each in {*calls, "sts:AssumeRole", HEARTBEAT} - metrics}
    assert taken == {operation for operations in declared().values() for operation in operations}


def test_nothing_but_reading_is_allowed(calls: tuple[str, ...]) -> None:
    assert [each for each in allowed(reading(calls)) if not READS.fullmatch(each)] == []


def test_no_value_of_a_secret_no_object_and_no_message_can_be_read(calls: tuple[str, ...]) -> None:
    data = {"secretsmanager:GetSecretValue", "s3:GetObject", "logs:GetLogEvents", "logs:FilterLogEvents", "kms:Decrypt"}
    assert data.isdisjoint(allowed(reading(calls)))


def test_statements_are_by_service_and_named_so(calls: tuple[str, ...]) -> None:
    statements = reading(calls)
    sids = [each.sid for each in statements]
    assert len(sids) == len(set(sids))
    assert all(re.fullmatch(r"[A-Za-z0-9]+", each) for each in sids)
    assert all(len({action.split(":")[0] for action in each.actions}) == 1 for each in statements)


@pytest.mark.parametrize(
    ("operation", "resource"),
    [
        ("s3:GetBucketEncryption", "arn:aws-us-gov:s3:::*"),
        ("s3:ListBuckets", "*"),
        ("s3control:GetPublicAccessBlock", "*"),
        ("kms:GetKeyPolicy", "arn:aws-us-gov:kms:*:*:key/*"),
        ("kms:ListKeys", "*"),
        ("secretsmanager:DescribeSecret", "arn:aws-us-gov:secretsmanager:*:*:secret:*"),
        ("iam:GetPolicyVersion", "arn:aws-us-gov:iam::*:policy/*"),
        ("iam:GetRolePolicy", "arn:aws-us-gov:iam::*:role/*"),
        ("sns:GetTopicAttributes", "arn:aws-us-gov:sns:*:*:*"),
        ("ec2:DescribeVpcs", "*"),
    ],
)
def test_resources_are_named_where_that_is_right_for_any_estate(operation: str, resource: str) -> None:
    (statement,) = document(reading([operation]), "aws-us-gov")["Statement"]
    assert statement["Resource"] == [resource]


def test_the_built_in_definitions_fit_one_policy(calls: tuple[str, ...]) -> None:
    (policy,) = policies("read", "", reading(calls))
    assert policy.name == "read"
    assert policy.size <= MOST_CHARACTERS


def test_roles_are_named_one_by_one() -> None:
    arns = [f"arn:aws:iam::{account:012}:role/reader" for account in (2, 1, 2)]
    (statement,) = assuming(arns)
    assert statement.actions == ("sts:AssumeRole",)
    assert statement.resources == (arns[1], arns[0])
    assert assuming([]) == ()


def test_what_is_too_long_becomes_several_policies_that_allow_the_same(calls: tuple[str, ...]) -> None:
    arns = {f"arn:aws-us-gov:iam::{account:012}:role/path/to/ppbe-observe" for account in range(500)}
    statements = [*reading(calls), *assuming(arns)]
    found = policies("observe", "", statements)
    assert len(found) > 4
    assert [each.name for each in found] == [f"observe-{number + 1}" for number in range(len(found))]
    assert all(each.size <= MOST_CHARACTERS for each in found)
    parts = [part for each in found for part in each.statements]
    assert len({each.sid for each in parts}) == len(parts)
    assert {each for part in parts if part.sid.startswith("AssumeTargetRoles") for each in part.resources} == arns
    assert sorted(allowed(tuple(part for part in parts if not part.sid.startswith("AssumeTargetRoles")))) == sorted(
        allowed(reading(calls))
    )


def test_a_long_list_of_actions_is_split_too() -> None:
    actions = tuple(f"service:Describe{number:05}" for number in range(500))
    found = policies("many", "", [Statement("Service", actions)])
    assert all(each.size <= MOST_CHARACTERS for each in found)
    assert tuple(action for each in found for part in each.statements for action in part.actions) == actions


def test_the_size_is_that_of_the_longest_partition_without_white_space() -> None:
    statement = Statement("Buckets", ("s3:GetBucketAcl",), ("arn:{partition}:s3:::*",))
    text = (
        '{"Version":"2012-10-17","Statement":[{"Sid":"Buckets","Effect":"Allow","Action":["s3:GetBucketAcl"],'
        '"Resource":["arn:aws-us-gov:s3:::*"]}]}'
    )
    assert size_of([statement]) == len(text)
