"""What IAM must allow: from the calls that exporters, alarms and checks declare to policies that AWS accepts. Pure.

Invariants: an action is allowed only where a declared call needs it; no policy is longer than a managed policy may be.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from ppbe_observe.aws.cloudwatch.heartbeat import NAMESPACE, OPERATION
from ppbe_observe.cloudwatch.alarm import CloudWatchAlarm
from ppbe_observe.cloudwatch.definition import Exporter
from ppbe_observe.controls.check import Check
from ppbe_observe.permissions.declared import calls_of_alarm, calls_of_check, calls_of_exporter, tags_of

MOST_CHARACTERS = 6144
"""The longest managed policy, white space not counted (IAM user guide, "IAM and AWS STS quotas")."""
ANY = "*"
ASSUME_ROLE = "sts:AssumeRole"
_IDENTITY = "sts:GetCallerIdentity"
_LONGEST_PARTITION = "aws-us-gov"

# Where IAM's action is not called as the operation of the API, or one call takes more than one (service authorization
# reference; for web ACLs also the WAF API reference, GetWebACLForResource).
_ACTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "s3:GetBucketEncryption": ("s3:GetEncryptionConfiguration",),
        "s3:GetBucketLifecycleConfiguration": ("s3:GetLifecycleConfiguration",),
        "s3:GetObjectLockConfiguration": ("s3:GetBucketObjectLockConfiguration",),
        "s3:GetPublicAccessBlock": ("s3:GetBucketPublicAccessBlock",),
        "s3:ListBuckets": ("s3:ListAllMyBuckets",),
        "s3control:GetPublicAccessBlock": ("s3:GetAccountPublicAccessBlock",),
        "wafv2:GetWebACLForResource": (
            "elasticloadbalancing:GetLoadBalancerWebACL",
            "wafv2:GetWebACL",
            "wafv2:GetWebACLForResource",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Actions that are about one type of resource, whatever the estate calls its own."""

    noun: str
    resource: str
    actions: frozenset[str]


# Narrowed where buckets, keys, secrets, topics, roles and policies are meant: what reviewers ask about first. A further
# statement says nothing that the action does not say, and takes a hundred characters of the limit.
_SCOPES = (
    _Scope(
        "Buckets",
        "arn:{partition}:s3:::*",
        frozenset(
            {
                "s3:GetBucketAcl",
                "s3:GetBucketLogging",
                "s3:GetBucketObjectLockConfiguration",
                "s3:GetBucketPolicy",
                "s3:GetBucketPublicAccessBlock",
                "s3:GetBucketVersioning",
                "s3:GetEncryptionConfiguration",
                "s3:GetLifecycleConfiguration",
            }
        ),
    ),
    _Scope(
        "Keys",
        "arn:{partition}:kms:*:*:key/*",
        frozenset({"kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus"}),
    ),
    _Scope(
        "Policies",
        "arn:{partition}:iam::*:policy/*",
        frozenset({"iam:GetPolicyVersion"}),
    ),
    _Scope(
        "Roles",
        "arn:{partition}:iam::*:role/*",
        frozenset({"iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"}),
    ),
    _Scope(
        "Secrets",
        "arn:{partition}:secretsmanager:*:*:secret:*",
        frozenset({"secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"}),
    ),
    _Scope(
        "Topics", "arn:{partition}:sns:*:*:*", frozenset({"sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"})
    ),
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What is allowed on which resources; ``{partition}`` in them stands for the partition that it is written for.

    ``conditions`` are operator, key and value of each.
    """

    sid: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = (ANY,)
    conditions: tuple[tuple[str, str, str], ...] = ()

    def document(self, partition: str) -> dict[str, Any]:
        """The statement as IAM reads it."""
        resources = [each.format(partition=partition) for each in self.resources]
        allowed = {"Sid": self.sid, "Effect": "Allow", "Action": list(self.actions), "Resource": resources}
        if not self.conditions:
            return allowed
        return {**allowed, "Condition": {operator: {key: value} for operator, key, value in self.conditions}}


@dataclass(frozen=True, slots=True)
class Policy:
    """One managed policy: what it is called, whom it is for, and what it allows."""

    name: str
    description: str
    statements: tuple[Statement, ...]

    @property
    def size(self) -> int:
        """Its characters as AWS counts them, where the partition's name is the longest."""
        return size_of(self.statements)


def size_of(statements: Iterable[Statement]) -> int:
    """The characters of a document with these statements, white space left out."""
    return len(json.dumps(document(statements, _LONGEST_PARTITION), separators=(",", ":")))


def document(statements: Iterable[Statement], partition: str) -> dict[str, Any]:
    """A policy document with these statements."""
    return {"Version": "2012-10-17", "Statement": [each.document(partition) for each in statements]}


def calls_of(
    exporters: Iterable[Exporter], checks: Iterable[Check], alarms: Iterable[CloudWatchAlarm] = ()
) -> tuple[str, ...]:
    """Every operation that they take, and the one that tells who we are."""
    found = {_IDENTITY}
    for exporter in exporters:
        found.update(calls_of_exporter(exporter))
    for alarm in alarms:
        found.update(calls_of_alarm(alarm))
    for check in checks:
        found.update(calls_of_check(check), tags_of((check.on, *check.uses)))
    return tuple(sorted(found))


def actions_of(operation: str) -> tuple[str, ...]:
    """The IAM actions that an operation of the API takes."""
    return _ACTIONS.get(operation, (operation,))


def reading(operations: Iterable[str]) -> tuple[Statement, ...]:
    """What allows these operations: one statement for each service, and one for each type that AWS lets us name."""
    allowed: dict[tuple[str, str, str], set[str]] = {}
    for action in {each for operation in operations for each in actions_of(operation)}:
        noun, resource = _scope_of(action)
        allowed.setdefault((action.partition(":")[0], noun, resource), set()).add(action)
    return tuple(
        Statement(_camel(service) + noun, tuple(sorted(allowed[service, noun, resource])), (resource,))
        for service, noun, resource in sorted(allowed)
    )


def assuming(roles: Iterable[str]) -> tuple[Statement, ...]:
    """What allows to act as these roles, and as no other."""
    arns = tuple(sorted(set(roles)))
    return (Statement("AssumeTargetRoles", (ASSUME_ROLE,), arns),) if arns else ()


def heartbeat() -> tuple[Statement, ...]:
    """What allows to write the heartbeat. PutMetricData knows no resources, but this key of conditions.

    Source: service authorization reference, Amazon CloudWatch.
    """
    return (Statement("Heartbeat", (OPERATION,), conditions=(("StringEquals", "cloudwatch:namespace", NAMESPACE),)),)


def policies(name: str, description: str, statements: Sequence[Statement]) -> tuple[Policy, ...]:
    """The statements in as few policies as AWS's limit allows, in their order."""
    packed: list[list[Statement]] = []
    for each in (part for statement in statements for part in _small_enough(statement)):
        if packed and size_of([*packed[-1], each]) <= MOST_CHARACTERS:
            packed[-1].append(each)
        else:
            packed.append([each])
    named = [name] if len(packed) == 1 else [f"{name}-{number}" for number in range(1, len(packed) + 1)]
    return tuple(Policy(each, description, tuple(part)) for each, part in zip(named, packed, strict=True))


def _small_enough(statement: Statement) -> Iterator[Statement]:
    """The statement, halved until each part fits a policy: a thousand roles do not fit one."""
    if size_of([statement]) <= MOST_CHARACTERS:
        yield statement
        return
    by_action = len(statement.actions) > len(statement.resources)
    values = statement.actions if by_action else statement.resources
    middle = len(values) // 2
    for suffix, part in (("A", values[:middle]), ("B", values[middle:])):
        actions, resources = (part, statement.resources) if by_action else (statement.actions, part)
        yield from _small_enough(replace(statement, sid=statement.sid + suffix, actions=actions, resources=resources))


def _scope_of(action: str) -> tuple[str, str]:
    return next(((each.noun, each.resource) for each in _SCOPES if action in each.actions), ("", ANY))


def _camel(service: str) -> str:
    """``AccessAnalyzer`` for ``access-analyzer``: a Sid has letters and digits only."""
    return "".join(part.capitalize() for part in service.split("-"))
