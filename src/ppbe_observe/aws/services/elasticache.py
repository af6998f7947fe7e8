"""Cache clusters and replication groups (ElastiCache). I/O.

A cache is what clients connect to: a replication group, or a cluster that belongs to none. Serverless caches are not
looked at.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ppbe_observe.aws.gather.context import GatherContext, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_elasticache import ElastiCacheClient

_CLUSTER = "elasticache:cluster"
_GROUP = "elasticache:replicationgroup"
_CACHE = "elasticache:cache"
_DESCRIBE_CLUSTERS = "elasticache:DescribeCacheClusters"
_DESCRIBE_GROUPS = "elasticache:DescribeReplicationGroups"


def _clusters(context: GatherContext) -> Iterator[Resource]:
    elasticache: ElastiCacheClient = context.client("elasticache")
    pages = elasticache.get_paginator("describe_cache_clusters").paginate(ShowCacheNodeInfo=True)
    for page in context.pages(_DESCRIBE_CLUSTERS, pages):
        told = provenance(_DESCRIBE_CLUSTERS, page)
        for each in page["CacheClusters"]:
            dimensions = (("CacheClusterId", each["CacheClusterId"]),)
            yield Resource(each["ARN"], _CLUSTER, context.target, dimensions, facts=each, source=told)


def _groups(context: GatherContext) -> Iterator[Resource]:
    elasticache: ElastiCacheClient = context.client("elasticache")
    pages = elasticache.get_paginator("describe_replication_groups").paginate()
    for page in context.pages(_DESCRIBE_GROUPS, pages):
        told = provenance(_DESCRIBE_GROUPS, page)
        for each in page["ReplicationGroups"]:
            dimensions = (("ReplicationGroupId", each["ReplicationGroupId"]),)
            nodes = tuple((("CacheClusterId", node),) for node in each.get("MemberClusters", ()))
            yield Resource(each["ARN"], _GROUP, context.target, dimensions, aliases=nodes, facts=each, source=told)


def _caches(context: GatherContext) -> Iterator[Resource]:
    alone = (each for each in context.given[_CLUSTER] if not each.facts.get("ReplicationGroupId"))
    for each in (*context.given[_GROUP], *alone):
        yield replace(each, kind=_CACHE)


GATHERERS = (
    Gatherer("elasticache", (_CLUSTER,), (_DESCRIBE_CLUSTERS,), _clusters, tagged_as="elasticache"),
    Gatherer("elasticache", (_GROUP,), (_DESCRIBE_GROUPS,), _groups, tagged_as="elasticache"),
    Gatherer("elasticache", (_CACHE,), (), _caches, tagged_as="elasticache", of=(_GROUP, _CLUSTER)),
)
DETAILS: tuple[Detail, ...] = ()
