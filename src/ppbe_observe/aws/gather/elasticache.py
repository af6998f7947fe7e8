"""Cache clusters and replication groups (ElastiCache). I/O."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.aws.gather.gatherer import Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_elasticache import ElastiCacheClient

_CLUSTER = "elasticache:cluster"
_GROUP = "elasticache:replicationgroup"
_DESCRIBE_CLUSTERS = "elasticache:DescribeCacheClusters"
_DESCRIBE_GROUPS = "elasticache:DescribeReplicationGroups"


def _clusters(context: GatherContext) -> Iterator[Resource]:
    elasticache: ElastiCacheClient = context.client("elasticache")
    pages = elasticache.get_paginator("describe_cache_clusters").paginate(ShowCacheNodeInfo=True)
    for page in context.pages(_DESCRIBE_CLUSTERS, pages):
        for each in page["CacheClusters"]:
            dimensions = (("CacheClusterId", each["CacheClusterId"]),)
            yield Resource(each["ARN"], _CLUSTER, context.target, dimensions, facts=each)


def _groups(context: GatherContext) -> Iterator[Resource]:
    elasticache: ElastiCacheClient = context.client("elasticache")
    pages = elasticache.get_paginator("describe_replication_groups").paginate()
    for page in context.pages(_DESCRIBE_GROUPS, pages):
        for each in page["ReplicationGroups"]:
            dimensions = (("ReplicationGroupId", each["ReplicationGroupId"]),)
            nodes = tuple((("CacheClusterId", node),) for node in each.get("MemberClusters", ()))
            yield Resource(each["ARN"], _GROUP, context.target, dimensions, aliases=nodes, facts=each)


CLUSTERS = Gatherer("elasticache", (_CLUSTER,), (_DESCRIBE_CLUSTERS,), _clusters, tagged_as="elasticache")
GROUPS = Gatherer("elasticache", (_GROUP,), (_DESCRIBE_GROUPS,), _groups, tagged_as="elasticache")
