"""What counts as a cache: replication groups, and clusters that belong to none."""

from datetime import UTC, datetime, timedelta
from time import monotonic

from ppbe_observe.aws.inventory import Inventory
from ppbe_observe.model import Found
from support.gathering import LocalSession

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CACHE = "elasticache:cache"


def caches(session: LocalSession) -> Found:
    return Inventory(session, timedelta(minutes=5)).found((CACHE,), NOW, monotonic() + 30)[CACHE]


def test_a_node_of_a_group_is_no_cache_of_its_own(local_session: LocalSession) -> None:
    elasticache = local_session.client("elasticache")
    elasticache.create_replication_group(ReplicationGroupId="ppbe", ReplicationGroupDescription="d")
    given = {"CacheNodeType": "cache.t3.micro", "Engine": "redis", "NumCacheNodes": 1}
    elasticache.create_cache_cluster(CacheClusterId="ppbe-001", ReplicationGroupId="ppbe", **given)
    elasticache.create_cache_cluster(CacheClusterId="alone", Tags=[{"Key": "Environment", "Value": "staging"}], **given)
    found = caches(local_session).resources
    assert [(each.arn.split(":", 5)[5], each.kind) for each in found] == [
        ("replicationgroup:ppbe", CACHE),
        ("cluster:alone", CACHE),
    ]
    assert [each.source.operation for each in found if each.source] == [
        "elasticache:DescribeReplicationGroups",
        "elasticache:DescribeCacheClusters",
    ]


def test_caches_are_unknown_where_either_listing_fails(local_session: LocalSession) -> None:
    local_session.refuse("elasticache:DescribeCacheClusters", "AccessDenied", status=403)
    (failure,) = caches(local_session).failures
    assert (failure.operation, failure.reason) == ("elasticache:DescribeCacheClusters", "denied")
