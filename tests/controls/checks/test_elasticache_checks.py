"""Checks of caches, on what moto holds."""

from typing import Any

import pytest

from support.gathering import LocalSession
from support.judging import judge, only, unseen
from support.queryxml import answered

AT_REST, IN_TRANSIT = "elasticache_encryption_at_rest", "elasticache_encryption_in_transit"
FAILOVER, MULTI_AZ = "elasticache_automatic_failover", "elasticache_multi_az"
RETENTION, AUTH = "elasticache_backup_retention", "elasticache_auth_enabled"
MINOR = "elasticache_minor_version_upgrade"

OF_GROUPS = (AT_REST, IN_TRANSIT, FAILOVER, MULTI_AZ, RETENTION)
KEY = "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/1"


def group(session: LocalSession, name: str = "ppbe", **changed: Any) -> str:
    """The ARN of a new replication group."""
    given = {"ReplicationGroupId": name, "ReplicationGroupDescription": "d", "Engine": "redis", **changed}
    return str(session.client("elasticache").create_replication_group(**given)["ReplicationGroup"]["ARN"])


def group_told_otherwise(session: LocalSession, **changed: Any) -> None:
    """Answer with the groups that moto holds, changed in what it cannot be told."""
    found = session.client("elasticache").describe_replication_groups()["ReplicationGroups"]
    answered(
        session, "elasticache:DescribeReplicationGroups", ReplicationGroups=[{**each, **changed} for each in found]
    )


def cluster(session: LocalSession, name: str = "alone", engine: str = "redis", **changed: Any) -> str:
    """The ARN of a new cluster; moto does not make those of a replication group."""
    given = {
        "CacheClusterId": name,
        "CacheNodeType": "cache.t3.micro",
        "Engine": engine,
        "NumCacheNodes": 1,
        "AutoMinorVersionUpgrade": True,
        **changed,
    }
    return str(session.client("elasticache").create_cache_cluster(**given)["CacheCluster"]["ARN"])


@pytest.mark.parametrize(
    ("changed", "outcome", "reason"),
    [
        (
            {"AtRestEncryptionEnabled": True, "KmsKeyId": KEY},
            "pass",
            f"the group is encrypted at rest with {KEY}",
        ),
        (
            {"AtRestEncryptionEnabled": True},
            "fail",
            "the group is encrypted at rest with a key of the service; a customer-managed one is required",
        ),
        (
            {"AtRestEncryptionEnabled": True, "KmsKeyId": "alias/aws/elasticache"},
            "fail",
            "the group is encrypted at rest with a key of the service; a customer-managed one is required",
        ),
        ({"AtRestEncryptionEnabled": False, "KmsKeyId": KEY}, "fail", "the group is not encrypted at rest"),
        ({}, "fail", "the group is not encrypted at rest"),
    ],
)
def test_encryption_at_rest(local_session: LocalSession, changed: dict[str, Any], outcome: str, reason: str) -> None:
    group(local_session, **changed)
    assert only(local_session, AT_REST) == (outcome, reason)


def test_a_key_of_the_service_may_be_enough(local_session: LocalSession) -> None:
    group(local_session, AtRestEncryptionEnabled=True)
    assert only(local_session, AT_REST, require_cmk=False) == (
        "pass",
        "the group is encrypted at rest with a key of the service; a customer-managed one is not required",
    )


@pytest.mark.parametrize(
    ("changed", "outcome", "reason"),
    [
        (
            {"TransitEncryptionEnabled": True, "TransitEncryptionMode": "required"},
            "pass",
            "TLS is on, mode required; required is asked for",
        ),
        (
            {"TransitEncryptionEnabled": True, "TransitEncryptionMode": "preferred"},
            "fail",
            "TLS is on, mode preferred; required is asked for",
        ),
        (
            {"TransitEncryptionEnabled": True},
            "pass",
            "TLS is on, mode required (AWS tells none); required is asked for",
        ),
        ({"TransitEncryptionEnabled": False}, "fail", "the group is not encrypted in transit"),
        (
            {"TransitEncryptionEnabled": False, "TransitEncryptionMode": "required"},
            "fail",
            "the group is not encrypted in transit",
        ),
    ],
)
def test_encryption_in_transit(local_session: LocalSession, changed: dict[str, Any], outcome: str, reason: str) -> None:
    group(local_session, **changed)
    assert only(local_session, IN_TRANSIT) == (outcome, reason)


@pytest.mark.parametrize(("mode", "outcome"), [("preferred", "pass"), ("required", "pass"), ("none", "fail")])
def test_where_preferred_is_enough(local_session: LocalSession, mode: str, outcome: str) -> None:
    group(local_session, TransitEncryptionEnabled=True, TransitEncryptionMode=mode)
    assert only(local_session, IN_TRANSIT, mode="preferred")[0] == outcome


@pytest.mark.parametrize(
    ("state", "outcome"), [("enabled", "pass"), ("disabled", "fail"), ("enabling", "fail"), ("disabling", "fail")]
)
def test_automatic_failover(local_session: LocalSession, state: str, outcome: str) -> None:
    group(local_session, AutomaticFailoverEnabled=state == "enabled")
    if state.endswith("ing"):
        group_told_otherwise(local_session, AutomaticFailover=state)  # moto is done at once
    assert only(local_session, FAILOVER) == (outcome, f"automatic failover is {state}")


@pytest.mark.parametrize(("on", "outcome"), [(True, "pass"), (False, "fail")])
def test_multi_az(local_session: LocalSession, *, on: bool, outcome: str) -> None:
    group(local_session, MultiAZEnabled=on, AutomaticFailoverEnabled=True)
    assert only(local_session, MULTI_AZ) == (outcome, f"Multi-AZ is {'enabled' if on else 'disabled'}")


@pytest.mark.parametrize(("days", "outcome"), [(35, "pass"), (7, "pass"), (6, "fail"), (0, "fail")])
def test_backup_retention(local_session: LocalSession, days: int, outcome: str) -> None:
    group(local_session, SnapshotRetentionLimit=days)
    assert only(local_session, RETENTION) == (outcome, f"automatic backups are kept {days} days; 7 are required")


@pytest.mark.parametrize(
    ("changed", "outcome", "reason"),
    [
        ({"UserGroupIds": ["api", "admin"]}, "pass", "clients authenticate as users of api, admin"),
        ({"AuthToken": "x" * 16, "TransitEncryptionEnabled": True}, "pass", "clients authenticate by an AUTH token"),
        ({}, "fail", "neither a user group nor an AUTH token is set"),
    ],
)
def test_authentication_of_groups(
    local_session: LocalSession, changed: dict[str, Any], outcome: str, reason: str
) -> None:
    group(local_session, **changed)
    assert only(local_session, AUTH) == (outcome, reason)


@pytest.mark.parametrize(
    ("engine", "changed", "outcome", "reason"),
    [
        ("redis", {"AuthToken": "x" * 16}, "pass", "clients authenticate by an AUTH token"),
        (
            "redis",
            {},
            "fail",
            "neither a user group nor an AUTH token is set; the cluster belongs to no replication group",
        ),
        (
            "memcached",
            {},
            "not_applicable",
            "Memcached has no authentication: only its security group keeps clients out",
        ),
    ],
)
def test_authentication_of_clusters_that_belong_to_no_group(
    local_session: LocalSession, *, engine: str, changed: dict[str, Any], outcome: str, reason: str
) -> None:
    cluster(local_session, engine=engine, **changed)
    assert only(local_session, AUTH) == (outcome, reason)


def test_the_nodes_of_a_group_are_judged_through_it(local_session: LocalSession) -> None:
    arn = group(local_session, UserGroupIds=["api"])
    for name in ("ppbe-001", "ppbe-002"):
        cluster(local_session, name, ReplicationGroupId="ppbe")
    alone = cluster(local_session)
    assert {arn: each.outcome.value for arn, each in judge(local_session, AUTH).items()} == {arn: "pass", alone: "fail"}


@pytest.mark.parametrize(("on", "outcome"), [(True, "pass"), (False, "fail")])
def test_minor_version_upgrade(local_session: LocalSession, *, on: bool, outcome: str) -> None:
    cluster(local_session, AutoMinorVersionUpgrade=on)
    assert only(local_session, MINOR) == (outcome, f"automatic minor version upgrade is {'on' if on else 'off'}")


def test_each_node_has_its_upgrades(local_session: LocalSession) -> None:
    group(local_session)
    nodes = [cluster(local_session, f"ppbe-00{each}", ReplicationGroupId="ppbe") for each in (1, 2)]
    assert set(judge(local_session, MINOR)) == set(nodes)


def test_memcached_is_not_upgraded(local_session: LocalSession) -> None:
    cluster(local_session, engine="memcached")
    assert only(local_session, MINOR) == ("not_applicable", "AWS does not upgrade Memcached by itself")


def test_what_aws_always_tells_is_missing(local_session: LocalSession) -> None:
    cluster(local_session, AutoMinorVersionUpgrade=True)
    told = {"CacheClusterId": "alone", "ARN": "arn:aws:elasticache:::cluster:alone", "Engine": "valkey"}
    answered(local_session, "elasticache:DescribeCacheClusters", CacheClusters=[told])
    assert only(local_session, MINOR)[0] == "unknown"


@pytest.mark.parametrize(
    ("check", "operation"),
    [
        *((each, "elasticache:DescribeReplicationGroups") for each in (*OF_GROUPS, AUTH)),
        *((each, "elasticache:DescribeCacheClusters") for each in (AUTH, MINOR)),
    ],
)
def test_caches_that_cannot_be_seen(local_session: LocalSession, check: str, operation: str) -> None:
    group(local_session)
    cluster(local_session)
    unseen(local_session, check, operation, "AccessDenied")


@pytest.mark.parametrize("check", OF_GROUPS)
def test_groups_are_seen_without_their_clusters(local_session: LocalSession, check: str) -> None:
    group(local_session)
    local_session.refuse("elasticache:DescribeCacheClusters", "AccessDenied", status=403)
    assert only(local_session, check)[0] == "fail"


@pytest.mark.parametrize(
    ("check", "kind"),
    [
        *((each, "elasticache:replicationgroup") for each in OF_GROUPS),
        (AUTH, "elasticache:cache"),
        (MINOR, "elasticache:cluster"),
    ],
)
def test_no_cache_at_all(local_session: LocalSession, check: str, kind: str) -> None:
    assert only(local_session, check) == ("not_applicable", f"there is no {kind} here")
