"""Database instances and clusters (RDS). I/O.

The same calls list Neptune and DocumentDB, which CloudWatch files under namespaces of their own: those have no
dimensions here.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ppbe_observe.aws.gather.context import GatherContext, labels
from ppbe_observe.aws.gather.gatherer import Gatherer
from ppbe_observe.model import Labels, Resource

if TYPE_CHECKING:
    from mypy_boto3_rds import RDSClient

_INSTANCE = "rds:db"
_CLUSTER = "rds:cluster"
_DESCRIBE_INSTANCES = "rds:DescribeDBInstances"
_DESCRIBE_CLUSTERS = "rds:DescribeDBClusters"
_OTHER_NAMESPACES = frozenset({"docdb", "neptune"})


def _instances(context: GatherContext) -> Iterator[Resource]:
    rds: RDSClient = context.client("rds")
    for page in context.pages(_DESCRIBE_INSTANCES, rds.get_paginator("describe_db_instances").paginate()):
        for each in page["DBInstances"]:
            dimensions = _dimensions(each["Engine"], "DBInstanceIdentifier", each["DBInstanceIdentifier"])
            tags = labels(each.get("TagList"))
            yield Resource(each["DBInstanceArn"], _INSTANCE, context.target, dimensions, tags, facts=each)


def _clusters(context: GatherContext) -> Iterator[Resource]:
    rds: RDSClient = context.client("rds")
    for page in context.pages(_DESCRIBE_CLUSTERS, rds.get_paginator("describe_db_clusters").paginate()):
        for each in page["DBClusters"]:
            dimensions = _dimensions(each["Engine"], "DBClusterIdentifier", each["DBClusterIdentifier"])
            tags = labels(each.get("TagList"))
            yield Resource(each["DBClusterArn"], _CLUSTER, context.target, dimensions, tags, facts=each)


def _dimensions(engine: str, name: str, value: str) -> Labels:
    return () if engine in _OTHER_NAMESPACES else ((name, value),)


INSTANCES = Gatherer("rds", (_INSTANCE,), (_DESCRIBE_INSTANCES,), _instances)
CLUSTERS = Gatherer("rds", (_CLUSTER,), (_DESCRIBE_CLUSTERS,), _clusters)
