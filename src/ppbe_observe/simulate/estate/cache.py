"""ElastiCache: the Redis replication group of an environment."""

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.network import Network
from ppbe_observe.simulate.estate.places import Environment, tag_list


def build_cache(aws: Aws, env: Environment, network: Network, key: str) -> tuple[str, ...]:
    """The identifiers of the group's nodes."""
    elasticache = aws.client("elasticache")
    elasticache.create_cache_subnet_group(
        CacheSubnetGroupName=env.prefix,
        CacheSubnetGroupDescription="private subnets",
        SubnetIds=list(network.private),
        Tags=tag_list(env.tags),
    )
    nodes = 2 if env.production else 1
    group = elasticache.create_replication_group(
        ReplicationGroupId=env.prefix,
        ReplicationGroupDescription="sessions and cached reports",
        Engine="redis",
        EngineVersion="7.0",
        CacheNodeType="cache.t4g.small",
        NumCacheClusters=nodes,
        AutomaticFailoverEnabled=env.production,
        MultiAZEnabled=env.production,
        AtRestEncryptionEnabled=True,
        TransitEncryptionEnabled=True,
        KmsKeyId=key,
        CacheSubnetGroupName=env.prefix,
        SecurityGroupIds=[network.data_group],
        SnapshotRetentionLimit=7,
        SnapshotWindow="03:00-04:00",
        AutoMinorVersionUpgrade=True,
        Tags=tag_list(env.tags),
    )["ReplicationGroup"]
    return tuple(group["MemberClusters"])
