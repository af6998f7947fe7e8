"""ElastiCache: the Redis replication group of an environment."""

from typing import Any

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.corrections import set_partition
from ppbe_observe.simulate.estate.network import Network
from ppbe_observe.simulate.estate.places import Environment, tag_list

_NODE_TYPE = "cache.t4g.small"


def build_cache(aws: Aws, env: Environment, network: Network, key: str) -> tuple[str, ...]:
    """The identifiers of the group's nodes."""
    elasticache = aws.client("elasticache")
    elasticache.create_cache_subnet_group(
        CacheSubnetGroupName=env.prefix,
        CacheSubnetGroupDescription="private subnets",
        SubnetIds=list(network.private),
        Tags=tag_list(env.tags),
    )
    replicas = 1 if env.production else 0
    group = elasticache.create_replication_group(
        ReplicationGroupId=env.prefix,
        ReplicationGroupDescription="sessions and cached reports",
        Engine="redis",
        EngineVersion="7.0",
        CacheNodeType=_NODE_TYPE,
        NumNodeGroups=1,
        ReplicasPerNodeGroup=replicas,
        PreferredCacheClusterAZs=list(env.zones[: replicas + 1]),
        AutomaticFailoverEnabled=env.production,
        MultiAZEnabled=env.production,
        AtRestEncryptionEnabled=True,
        TransitEncryptionEnabled=True,
        AuthToken="simulated-only-token",
        KmsKeyId=key,
        CacheSubnetGroupName=env.prefix,
        SecurityGroupIds=[network.data_group],
        SnapshotRetentionLimit=7,
        SnapshotWindow="03:00-04:00",
        AutoMinorVersionUpgrade=True,
        Tags=tag_list(env.tags),
    )["ReplicationGroup"]
    elasticache.add_tags_to_resource(ResourceName=set_partition(env, env.prefix), Tags=tag_list(env.tags))
    nodes = tuple(group["MemberClusters"])
    for node, zone in zip(nodes, env.zones, strict=False):
        _node(elasticache, env, network, node, zone)
    return nodes


def _node(elasticache: Any, env: Environment, network: Network, node: str, zone: str) -> None:
    """Moto does not make the members of a replication group: they are made here."""
    elasticache.create_cache_cluster(
        CacheClusterId=node,
        ReplicationGroupId=env.prefix,
        Engine="redis",
        EngineVersion="7.0",
        CacheNodeType=_NODE_TYPE,
        NumCacheNodes=1,
        PreferredAvailabilityZone=zone,
        CacheSubnetGroupName=env.prefix,
        SecurityGroupIds=[network.data_group],
        SnapshotRetentionLimit=7,
        AutoMinorVersionUpgrade=True,
        TransitEncryptionEnabled=True,
        Tags=tag_list(env.tags),
    )
